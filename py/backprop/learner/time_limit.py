"""A time limit for loops and recursion in the learner's Python code.

Only the learner's own code objects are watched, so the package and NumPy run at full speed. A loop inside C, such as
``sum(iter(int, 1))``, is not stopped.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

# Events between two looks at the clock.
EVENTS = 256
# sys.monitoring has numbers for six tools; 0 to 2 and 5 are reserved for debuggers, coverage, profilers, optimizers.
TOOL = 4


class TimeLimitError(BaseException):
    """The learner's code ran longer than the limit. No ``except Exception`` catches it."""


@contextmanager
def time_limit(seconds: float, code: CodeType) -> Iterator[None]:
    """Raise `TimeLimitError` inside the learner's code if it still runs after some seconds.

    Parameters
    ----------
    seconds : limit, in seconds
    code : compiled module of the learner; the functions, classes and comprehensions in it are watched too
    """
    deadline = time.perf_counter() + seconds
    watch = _monitor if sys.version_info >= (3, 12) else _trace
    with watch(deadline, set(code_objects(code))):
        yield


def code_objects(code: CodeType) -> Iterator[CodeType]:
    """Iterate over a module's code and all functions, classes and comprehensions in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from code_objects(constant)


def _check(deadline: float) -> None:
    if time.perf_counter() > deadline:
        raise TimeLimitError


@contextmanager
def _monitor(deadline: float, codes: set[CodeType]) -> Iterator[None]:
    """Watch jumps and calls with sys.monitoring, of Python 3.12 or newer."""
    monitoring: Any = vars(sys)["monitoring"]
    events = monitoring.events.JUMP | monitoring.events.PY_START
    jumps = 0

    def count(*_: object) -> None:
        nonlocal jumps
        jumps += 1
        if jumps % EVENTS == 0:
            _check(deadline)

    monitoring.use_tool_id(TOOL, "backprop time limit")
    try:
        for event in (monitoring.events.JUMP, monitoring.events.PY_START):
            monitoring.register_callback(TOOL, event, count)
        for code in codes:
            monitoring.set_local_events(TOOL, code, events)
        yield
    finally:
        for code in codes:
            monitoring.set_local_events(TOOL, code, 0)
        for event in (monitoring.events.JUMP, monitoring.events.PY_START):
            monitoring.register_callback(TOOL, event, None)
        monitoring.free_tool_id(TOOL)


@contextmanager
def _trace(deadline: float, codes: set[CodeType]) -> Iterator[None]:
    """Watch instructions with sys.settrace, for Python 3.11, which reports no line events in a loop of one line."""
    instructions = 0

    def each_instruction(_frame: FrameType, _event: str, _argument: object) -> Any:
        nonlocal instructions
        instructions += 1
        if instructions % EVENTS == 0:
            _check(deadline)
        return each_instruction

    def each_call(frame: FrameType, _event: str, _argument: object) -> Any:
        if frame.f_code not in codes:
            return None
        frame.f_trace_opcodes = True
        return each_instruction

    before = sys.gettrace()
    sys.settrace(each_call)
    try:
        yield
    finally:
        sys.settrace(before)
