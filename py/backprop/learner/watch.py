"""A time limit for every call of the learner's package, for as long as the package is loaded.

Watched are only the code objects of edited files, so NumPy and our own modules run at full speed. Counted is the time
of one stay in watched code, from its outermost function on: training can go on for hours, a single call cannot.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FrameType

from .code_events import CodeEvents
from .time_limit import TimeLimitError

SECONDS = 1.0  # limit of one call of the learner's code
EVENTS = 32  # jumps and calls between two looks at the clock
MAX_GAP = 0.25  # seconds that one look counts at most: a computer that slept is no endless loop
TOOL = 3  # of sys.monitoring


class _Stay:
    """The present stay in watched code."""

    def __init__(self) -> None:
        self.watched = CodeEvents(TOOL, self._count)
        self._events = 0
        self._outermost: FrameType | None = None
        self._seconds = self._last = 0.0

    def _count(self, *_: object) -> None:
        """Count an event of watched code, and look at the clock now and then."""
        self._events += 1
        if self._events % EVENTS == 0:
            self._look(sys._getframe(1))  # documented, and there is no other way to a caller's frame

    def _look(self, frame: FrameType | None) -> None:
        outermost, now = None, time.perf_counter()
        while frame:
            if frame.f_code in self.watched:
                outermost = frame
            frame = frame.f_back
        if outermost is not self._outermost:
            self._outermost, self._seconds = outermost, 0.0
        else:
            self._seconds += min(now - self._last, MAX_GAP)
        self._last = now
        if self._seconds > SECONDS:
            self.leave()
            raise TimeLimitError

    def leave(self) -> None:
        """Forget the present stay, and the numbers that its frame holds."""
        self._outermost = None


_STAY = _Stay()


def watch(code: CodeType) -> None:
    """Watch a module's code, with all functions, classes and comprehensions in it."""
    _STAY.watched.add(code)


def unwatch(code: CodeType) -> None:
    """Stop watching a module's code."""
    _STAY.watched.remove(code)


@contextmanager
def limited() -> Iterator[None]:
    """Hold the time limit in this context, if anything is watched."""
    with _STAY.watched.traced():
        try:
            yield
        finally:
            _STAY.leave()
