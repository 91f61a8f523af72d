"""Long measurements of a run, a slice at a time."""

import math
import time

from ..training.slices import Work


class Measuring:
    """The measurement in progress, if any, of the end of an epoch, of a stop, or on demand."""

    def __init__(self) -> None:
        self._work: Work[None] | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether a measurement is in progress."""
        return self._work is not None

    def begin(self, work: Work[None] | None) -> None:
        """Begin a measurement in place of the one in progress; None for none."""
        self._work = work

    def finish(self, deadline: float = math.inf) -> bool:
        """Continue for at least one slice, until a time of `time.perf_counter`.

        Returns
        -------
        whether it was finished in time, or none was in progress
        """
        while self._work is not None:
            if next(self._work, True):  # a slice yields None
                self._work = None
            if time.perf_counter() >= deadline:
                return False
        return True
