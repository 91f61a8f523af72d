"""The training of one planned run, from its config to the bytes of its run file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..files.run_file import to_bytes
from ..limits import LIMITS
from ..runs.config import RunConfig
from ..runs.record import to_record
from ..runs.run import TrainingRun

SLICE = 0.2  # seconds of training between two calls of `is_ended`


class EndedError(Exception):
    """The sweep ended before the run did."""


@dataclass(frozen=True)
class Outcome:
    """The end of a planned run.

    Attributes
    ----------
    number : place of the run in the sweep, from 0
    data : bytes of its run file; empty if it failed
    error : a sentence about its failure; "" without one
    """

    number: int
    data: bytes = b""
    error: str = ""


def train_run(name: str, config: Mapping[str, Any], is_ended: Callable[[], bool] = lambda: False) -> bytes:
    """Train a run until it stops by itself and return its run file, the same wherever it is trained.

    Parameters
    ----------
    config : whole config of a run, with a maximum number of epochs
    is_ended : asked every fifth of a second

    Raises
    ------
    EndedError
        If `is_ended` returns True before the run stops.
    """
    run = TrainingRun(RunConfig.from_dict(config), name)
    while not run.stopped:
        if is_ended():
            raise EndedError
        run.advance(int(LIMITS["steps"][1]), SLICE)
    run.measure()
    return to_bytes(to_record(run))


def sentence(error: BaseException) -> str:
    """Return a failure in one line: its message, or its kind if it has none."""
    if isinstance(error, MemoryError):
        return "there is not enough memory for this run"
    text = " ".join(str(error).split()) or type(error).__name__
    return text if isinstance(error, ValueError) else f"{type(error).__name__}: {text}"
