"""The loops in force, and the record of a run that says which trained it."""

from collections.abc import Iterator

import numpy as np
import pytest

from backprop.files.run_file import from_bytes, to_bytes
from backprop.loops.installed import LOOPS, MIXED, PLAIN, SIMD, Loops
from backprop.loops.ufuncs import replace_loop
from backprop.runs.record import from_record, to_record
from backprop.runs.run import TrainingRun


class NamedLoops:
    """Loops under another name: on CPython there are none but NumPy's."""

    name = SIMD


@pytest.fixture
def simd(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[NamedLoops]]:
    """Pretend that compiled loops are in force, until `name` is set."""
    monkeypatch.setattr("backprop.loops.installed.LOOPS", NamedLoops)
    yield NamedLoops
    NamedLoops.name = SIMD


def saved(run: TrainingRun) -> TrainingRun:
    return from_record(from_bytes(to_bytes(to_record(run))))


def test_a_run_knows_the_loops_of_all_its_steps(simd: type[NamedLoops]) -> None:
    run = TrainingRun()
    assert (run.loops, to_record(run)["format"]) == (PLAIN, 2)
    run.advance(3)
    assert (run.loops, to_record(run)["format"], saved(run).loops) == (SIMD, 3, SIMD)
    run = saved(run)
    simd.name = PLAIN
    run.advance(1)
    assert (run.loops, saved(run).loops) == (MIXED, MIXED)
    simd.name = SIMD
    run.advance(1)
    assert run.loops == MIXED
    run.reset()
    run.advance(1)
    assert run.loops == SIMD


def test_a_run_of_numpys_own_loops_is_saved_as_before() -> None:
    run = TrainingRun()
    run.advance(3)
    record = to_record(run)
    assert record["format"] == 2
    assert "loops" not in record
    assert saved(run).loops == PLAIN


@pytest.mark.parametrize("loops", ["", "plain", "simd 2", 1, None])
def test_unknown_loops_are_refused(simd: type[NamedLoops], loops: object) -> None:
    assert simd.name == SIMD
    run = TrainingRun()
    run.advance(1)
    with pytest.raises(ValueError, match=r"^loops must be one of simd 1, mixed, got"):
        from_record({**to_record(run), "loops": loops})


def test_without_a_browser_there_is_no_choice() -> None:
    loops = Loops()
    loops.use(True)
    assert (loops.name, loops.reason) == (PLAIN, "they are made for Python in a browser")


def test_another_numpy_keeps_its_own_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(np, "__version__", "3.0.0")
    loops = Loops()
    loops.install({"add_f32": 1})
    assert (loops.name, loops.reason) == (PLAIN, "they were not tested with NumPy 3.0.0")


def test_a_ufunc_without_such_a_loop_is_refused() -> None:
    assert LOOPS.simd == {} or LOOPS.reason == ""
    with pytest.raises(RuntimeError, match=r"numpy\.bitwise_and has no loop for dtype 'd'"):
        replace_loop("bitwise_and", "d", 1)
