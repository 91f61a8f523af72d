"""The time limit: loops and recursion of the learner end with their line, and nothing else is watched."""

import sys
import time
from types import FrameType

import pytest

from backprop.learner.code import LearnerCode, LearnerError, compile_code
from backprop.learner.time_limit import TimeLimitError, time_limit

LOOPS = {
    "while": ("def f():\n    i = 0\n    while True:\n        i += 1\n", {3, 4}),
    "one line": ("def f():\n    while True: pass\n", {2}),
    "comprehension": ("def f():\n    return [0 for _ in iter(int, 1)]\n", {2}),
    "generator": ("def f():\n    return sum(0 for _ in iter(int, 1))\n", {2}),
    "nested function": ("def f():\n    def g():\n        while True:\n            pass\n    g()\n", {3, 4}),
    "method": ("class A:\n    def m(self):\n        while 1: 1 + 1\ndef f():\n    A().m()\n", {3}),
    "calls": ("def g(): pass\ndef f():\n    for _ in iter(int, 1): g()\n", {1, 3}),
}


@pytest.mark.parametrize(("source", "lines"), LOOPS.values(), ids=LOOPS)
def test_an_endless_loop_is_stopped_in_its_line(source: str, lines: set[int]) -> None:
    code = LearnerCode(source, "mine.py")
    with pytest.raises(LearnerError) as caught, code.running(0.1):
        code.names["f"]()
    assert caught.value.kind == "time"
    assert caught.value.line in lines


def test_a_loop_in_the_module_itself_is_stopped() -> None:
    with pytest.raises(LearnerError, match="Stopped after 1 s"):
        LearnerCode("while True: pass", "mine.py")


def test_no_except_exception_catches_it() -> None:
    source = "def f():\n    while True:\n        try:\n            pass\n        except Exception:\n            pass\n"
    code = LearnerCode(source, "mine.py")
    with pytest.raises(LearnerError, match="Stopped"), code.running(0.1):
        code.names["f"]()


def test_it_leaves_nothing_behind() -> None:
    code = compile_code("def f(n):\n    for _ in range(n): pass\n", "mine.py")
    names: dict[str, object] = {}
    exec(code, names)
    function = names["f"]
    assert callable(function)
    trace = sys.gettrace()
    with time_limit(0.0, code):
        pass
    assert sys.gettrace() is trace
    function(10_000)  # after the limit: not watched
    with pytest.raises(TimeLimitError), time_limit(0.0, code):
        function(10_000)


def test_code_of_ours_is_not_watched() -> None:
    code = compile_code("def f(g):\n    g()\n", "mine.py")
    names: dict[str, object] = {}
    exec(code, names)
    function = names["f"]
    assert callable(function)

    def long() -> None:
        until = time.perf_counter() + 0.02
        while time.perf_counter() < until:
            pass

    with time_limit(0.01, code):
        function(long)


def test_the_trace_that_was_in_force_goes_on_seeing_all_other_code() -> None:
    code = compile_code("def f(g):\n    for _ in range(10_000): g()\n", "mine.py")
    names: dict[str, object] = {}
    exec(code, names)
    function = names["f"]
    assert callable(function)
    seen = set()

    def trace(frame: FrameType, event: str, argument: object) -> None:
        seen.add(frame.f_code.co_name)
        sys.settrace(trace)  # as coverage's does at each call

    def ours() -> None:
        pass

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        with pytest.raises(TimeLimitError), time_limit(0.0, code):
            function(ours)
        assert sys.gettrace() is trace
    finally:
        sys.settrace(before)
    assert "ours" in seen
