"""A Dask cluster that trains the runs of a sweep, by the address of its scheduler."""

import importlib
import logging
import platform
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from .. import __version__
from ..wire.sweep import PlannedRun
from .training import Outcome, sentence

ADDRESS = re.compile(r"(?:(?:tcp|tls|ws|wss|ucx)://)?[^\s/]+:\d+")
TIMEOUT = "10s"  # for the scheduler's first answer


class Cluster:
    """A Dask cluster: each run is one task, which is repeated elsewhere if its worker is lost.

    Results come back as bytes, so workers need no disk in common. A context manager; at its end, tasks that have not
    begun are cancelled.

    Parameters
    ----------
    address : address of the scheduler, such as tcp://127.0.0.1:8786

    Raises
    ------
    ValueError
        If the package distributed is missing or no scheduler answers at the address; when runs are trained, if the
        cluster does not have this package or its scheduler is lost.
    """

    def __init__(self, address: str) -> None:
        if not ADDRESS.fullmatch(address):
            raise ValueError(f"--dask must be the address of a scheduler, such as tcp://host:8786, got {address!r}")
        self._address = address
        self._distributed = _import_distributed()
        for name in ("distributed", "distributed.client"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what concerns the sweep is raised
        try:
            self._client = self._distributed.Client(address, timeout=TIMEOUT, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            raise ValueError(f"--dask: no scheduler answers at {address}: {sentence(error)}") from None

    def __enter__(self) -> Self:
        """Return the cluster."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Release all tasks and leave the cluster."""
        self._client.close()

    @property
    def threads(self) -> int:
        """Number of runs that the cluster's workers train at the same time, now."""
        return sum(worker["nthreads"] for worker in self._client.scheduler_info(n_workers=-1)["workers"].values())

    def train(self, runs: Sequence[PlannedRun]) -> Iterator[Outcome]:
        """Train runs and yield the outcome of each as it ends."""
        train = _sent_by_value()
        sweep = uuid4().hex  # a key that no other sweep has: its results may be those of another version
        numbers = {
            self._client.submit(
                train, run["name"], run["config"], key=f"{run['name']} ({sweep})", priority=-number
            ): number
            for number, run in enumerate(runs)
        }
        with self._client.as_current():
            ended = self._distributed.as_completed(numbers)
        for future in ended:
            outcome = self._outcome(numbers.pop(future), future)
            future.release()  # else the run is repeated if the worker that holds its result is lost
            yield outcome

    def _outcome(self, number: int, future: Any) -> Outcome:
        if future.cancelled():
            raise ValueError(f"--dask: the scheduler at {self._address} was lost; the same command trains the rest")
        error = future.exception()
        if error is None:
            return Outcome(number, future.result())
        if isinstance(error, ModuleNotFoundError) or "deserialization" in str(error):
            needed = f"backprop {__version__} and Python {'.'.join(platform.python_version_tuple()[:2])}"
            raise ValueError(f"--dask: all workers of {self._address} need {needed}, as here")
        return Outcome(number, error=sentence(error))


def _sent_by_value() -> Callable[[str, Mapping[str, Any]], bytes]:
    """Return the task. Dask sends a local function as code: where our package is missing, it fails, not its worker."""

    def train(name: str, config: Mapping[str, Any]) -> bytes:
        data: bytes = importlib.import_module("backprop.workers.training").train_run(name, config)
        return data

    return train


def _import_distributed() -> Any:
    try:
        return importlib.import_module("distributed")
    except ModuleNotFoundError:
        raise ValueError('--dask needs the package distributed: pip install "backprop[sweep]"') from None
