"""Events of chosen code: jumps and calls by sys.monitoring, or instructions by sys.settrace."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any


def code_objects(code: CodeType) -> Iterator[CodeType]:
    """Iterate over a module's code and all functions, classes and comprehensions in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from code_objects(constant)


class CodeEvents:
    """Calls a function at each event of watched code. All other code, as the package's and NumPy's, runs at full speed.

    Parameters
    ----------
    tool : number of a tool of sys.monitoring, 3 or 4: the others are for debuggers, coverage, profilers, optimizers
    count : called at each event, by the watched code's frame; what it raises is raised there
    """

    def __init__(self, tool: int, count: Callable[..., object]) -> None:
        self._tool, self._count = tool, count
        self.codes: dict[int, CodeType] = {}  # by identity: equal code of two packages is not the same
        self._before: Any = None  # a debugger's or coverage's trace, which sees all other code

    def __contains__(self, code: CodeType) -> bool:
        """Return whether this code is watched."""
        return id(code) in self.codes

    def add(self, code: CodeType) -> None:
        """Watch a module's code, with all functions, classes and comprehensions in it."""
        found = {id(each): each for each in code_objects(code)}
        if not self.codes and (monitoring := _monitoring()):
            monitoring.use_tool_id(self._tool, "backprop")
            self._register(self._count)
        self.codes.update(found)
        self._set_events(found.values(), is_on=True)

    def remove(self, code: CodeType) -> None:
        """Stop watching a module's code."""
        found = [each for each in code_objects(code) if self.codes.pop(id(each), None)]
        self._set_events(found, is_on=False)
        if found and not self.codes and (monitoring := _monitoring()):
            self._register(None)
            monitoring.free_tool_id(self._tool)

    @contextmanager
    def traced(self) -> Iterator[None]:
        """Trace in this context what calls watched code; Python 3.12 and newer needs no trace."""
        before = sys.gettrace()
        if _monitoring() or not self.codes or self._is_in(before):
            yield
            return
        outer, self._before = self._before, before
        sys.settrace(self._trace)
        try:
            yield
        finally:
            sys.settrace(before)
            self._before = outer

    def _is_in(self, trace: Any) -> bool:
        """Return whether a trace is ours, or one of ours that hands on to it."""
        while isinstance(owner := getattr(trace, "__self__", None), CodeEvents):
            if owner is self:
                return True
            trace = owner._before
        return False

    def _register(self, count: Callable[..., object] | None) -> None:
        monitoring = _monitoring()
        for event in (monitoring.events.JUMP, monitoring.events.PY_START):
            monitoring.register_callback(self._tool, event, count)

    def _set_events(self, codes: Iterable[CodeType], *, is_on: bool) -> None:
        monitoring = _monitoring()
        for code in codes if monitoring else ():
            monitoring.set_local_events(self._tool, code, (monitoring.events.JUMP | monitoring.events.PY_START) * is_on)

    def _trace(self, frame: FrameType, event: str, argument: object) -> Any:
        if frame.f_code in self:
            frame.f_trace_opcodes = True
            return self._trace_instruction
        if self._before is None:
            return None
        seen = self._before(frame, event, argument)
        sys.settrace(self._trace)  # coverage's trace puts itself in force
        return seen

    def _trace_instruction(self, _frame: FrameType, _event: str, _argument: object) -> Any:
        self._count()  # a line event would not come in a loop of one line
        return self._trace_instruction


def _monitoring() -> Any:
    """Return sys.monitoring, or None before Python 3.12."""
    return getattr(sys, "monitoring", None)
