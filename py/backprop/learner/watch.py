"""A time limit for every call of the learner's package, for as long as the package is loaded.

Watched are only the code objects of edited files, so NumPy and our own modules run at full speed. Counted is the time
of one stay in watched code, from its outermost function on: training can go on for hours, a single call cannot.
"""

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

from .time_limit import TimeLimitError, code_objects

SECONDS = 1.0  # limit of one call of the learner's code
EVENTS = 32  # jumps and calls between two looks at the clock
MAX_GAP = 0.25  # seconds that one look counts at most: a computer that slept is no endless loop
# sys.monitoring has numbers for six tools; see `time_limit.TOOL` for another one of ours.
TOOL = 3


class _Stay:
    """The present stay in watched code."""

    def __init__(self) -> None:
        self.codes: dict[int, CodeType] = {}  # by identity: equal code of two packages is not the same
        self._events = 0
        self._outermost: FrameType | None = None
        self._seconds = self._last = 0.0

    def count(self, *_: object) -> None:
        """Count an event of watched code, and look at the clock now and then."""
        self._events += 1
        if self._events % EVENTS == 0:
            self._look(sys._getframe(1))  # documented, and there is no other way to a caller's frame

    def _look(self, frame: FrameType | None) -> None:
        outermost, now = None, time.perf_counter()
        while frame:
            if id(frame.f_code) in self.codes:
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
    found = {id(each): each for each in code_objects(code)}
    if not _STAY.codes and (monitoring := _monitoring()):
        monitoring.use_tool_id(TOOL, "backprop")
        for event in (monitoring.events.JUMP, monitoring.events.PY_START):
            monitoring.register_callback(TOOL, event, _STAY.count)
    _STAY.codes.update(found)
    _set_events(found.values(), is_on=True)


def unwatch(code: CodeType) -> None:
    """Stop watching a module's code."""
    found = [each for each in code_objects(code) if _STAY.codes.pop(id(each), None)]
    _set_events(found, is_on=False)
    if found and not _STAY.codes and (monitoring := _monitoring()):
        for event in (monitoring.events.JUMP, monitoring.events.PY_START):
            monitoring.register_callback(TOOL, event, None)
        monitoring.free_tool_id(TOOL)


@contextmanager
def limited() -> Iterator[None]:
    """Hold the time limit in this context, if anything is watched."""
    if not _STAY.codes or sys.gettrace() is _trace:
        yield
        return
    before = sys.gettrace()
    if not _monitoring():
        sys.settrace(_trace)
    try:
        yield
    finally:
        _STAY.leave()
        if not _monitoring():
            sys.settrace(before)


def _monitoring() -> Any:
    """Return sys.monitoring, or None before Python 3.12."""
    return getattr(sys, "monitoring", None)


def _set_events(codes: Iterable[CodeType], *, is_on: bool) -> None:
    monitoring = _monitoring()
    for code in codes if monitoring else ():
        monitoring.set_local_events(TOOL, code, (monitoring.events.JUMP | monitoring.events.PY_START) * is_on)


def _trace(frame: FrameType, _event: str, _argument: object) -> Any:
    """Watch instructions with sys.settrace, for Python 3.11, which has no sys.monitoring."""
    if id(frame.f_code) not in _STAY.codes:
        return None
    frame.f_trace_opcodes = True
    return _trace_instruction


def _trace_instruction(_frame: FrameType, _event: str, _argument: object) -> Any:
    _STAY.count()
    return _trace_instruction
