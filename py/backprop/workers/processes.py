"""Processes of this machine that train the runs of a sweep."""

import multiprocessing
import os
import signal
import threading
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent import futures
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Self

from ..wire.sweep import PlannedRun
from .training import Outcome, sentence, train_run

if TYPE_CHECKING:  # a platform without processes has no such module
    from multiprocessing.synchronize import Event

MAX_DEATHS = 2  # of processes that train the same run
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)


def default_count() -> int:
    """Return the number of processes to use: the cores of this machine less one, at least one."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores - 1)


class Processes:
    """A number of processes, each in a pool of its own: the death of one loses only the run that it trains.

    NumPy's matrix products use one thread in each, for as many processes as cores are at work. A context manager; at
    its end the processes end, at the latest after the step under way.

    Parameters
    ----------
    count : number of processes, 1 or more
    """

    def __init__(self, count: int) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._end = self._context.Event()
        self._pools = [self._new_pool() for _ in range(count)]
        self._environment: dict[str, str | None] = {}

    def __enter__(self) -> Self:
        """Set the number of threads that new processes inherit."""
        self._environment = {name: os.environ.get(name) for name in ONE_THREAD}
        os.environ.update(ONE_THREAD)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End all processes and restore the environment."""
        self._end.set()
        for pool in self._pools:
            pool.shutdown(cancel_futures=True)
        for name, value in self._environment.items():
            os.environ.pop(name)
            os.environ.update({} if value is None else {name: value})

    def train(self, runs: Sequence[PlannedRun]) -> Iterator[Outcome]:
        """Train runs and yield the outcome of each as it ends.

        A run whose process dies is trained again; after the second death it has failed.
        """
        waiting, idle = deque(range(len(runs))), list(range(len(self._pools)))
        deaths: Counter[int] = Counter()
        going: dict[futures.Future[bytes], tuple[int, int]] = {}
        while waiting or going:
            while waiting and idle:
                pool, number = idle.pop(), waiting.popleft()
                going[self._submit(pool, runs[number])] = pool, number
            for future in futures.wait(going, return_when=futures.FIRST_COMPLETED).done:
                pool, number = going.pop(future)
                idle.append(pool)
                if isinstance(future.exception(), futures.BrokenExecutor):
                    self._pools[pool] = self._new_pool()
                    deaths[number] += 1
                    if deaths[number] < MAX_DEATHS:
                        waiting.appendleft(number)
                        continue
                yield _outcome(number, future)

    def _new_pool(self) -> futures.ProcessPoolExecutor:
        return futures.ProcessPoolExecutor(1, self._context, initializer=_Process.begin, initargs=(self._end,))

    def _submit(self, pool: int, run: PlannedRun) -> futures.Future[bytes]:
        """Begin a run in a pool; in a new one if its process has died while it was idle."""
        arguments = run["name"], run["config"]
        try:
            return self._pools[pool].submit(_Process.train, *arguments)
        except futures.BrokenExecutor:
            self._pools[pool] = self._new_pool()
            return self._pools[pool].submit(_Process.train, *arguments)


def _outcome(number: int, future: futures.Future[bytes]) -> Outcome:
    error = future.exception()
    if error is None:
        return Outcome(number, future.result())
    if isinstance(error, futures.BrokenExecutor):
        return Outcome(number, error=f"its process died {MAX_DEATHS} times, as for want of memory")
    return Outcome(number, error=sentence(error))


class _Process:
    """One process: it trains until the sweep ends, and ends with the process that began it."""

    end: ClassVar["Event"]

    @classmethod
    def begin(cls, end: "Event") -> None:
        cls.end = end
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes; the first one ends the others
        threading.Thread(target=_end_with_parent, daemon=True).start()

    @classmethod
    def train(cls, name: str, config: Mapping[str, Any]) -> bytes:
        return train_run(name, config, cls.end.is_set)


def _end_with_parent() -> None:
    """Wait for the death of the parent process, which may be killed, and end this one."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
