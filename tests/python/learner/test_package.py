"""A copy of the package under another name: the same numbers, with edits only its own, and failures with their line."""

import importlib
import inspect
import linecache
import sys
from pathlib import Path

import numpy as np
import pytest

import backprop
from backprop.learner.code import LearnerError
from backprop.learner.package import EDITABLE, load_package, unload_package
from backprop.learner.watch import _STAY, limited

SOURCES = {file: (Path(backprop.__file__).parent / file).read_text("utf-8") for file in EDITABLE}
RIGHT = "np.add.reduce(grad_z, axis=0, out=self.grad_biases)"
WRONG = "np.mean(grad_z, axis=0, out=self.grad_biases)"
MEAN = {"model.py": SOURCES["model.py"].replace(RIGHT, WRONG)}


def parameters(package: object, steps: int, dtype: str) -> bytes:
    """The parameters of the default run after some steps, computed by a package."""
    name = getattr(package, "__name__", "")
    config = importlib.import_module(f"{name}.runs.config").RunConfig.from_dict({"model": {"dtype": dtype}})
    run = importlib.import_module(f"{name}.runs.run").TrainingRun(config)
    run.advance(steps)
    assert type(run.model).__module__ == f"{name}.model"
    return bytes(run.model.parameters.tobytes())


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_copy_trains_to_the_same_bits(dtype: str) -> None:
    copy = load_package("mine", {})
    assert copy.__name__ == "mine"
    assert parameters(copy, 200, dtype) == parameters(backprop, 200, dtype)


@pytest.mark.slow
def test_a_copy_of_the_very_same_sources_trains_to_the_same_bits() -> None:
    assert parameters(load_package("mine", SOURCES), 50, "float64") == parameters(backprop, 50, "float64")


def test_an_edit_changes_the_copy_alone() -> None:
    before = parameters(backprop, 5, "float64")
    copy = load_package("mine", MEAN)
    assert parameters(copy, 5, "float64") != before
    assert parameters(backprop, 5, "float64") == before
    assert WRONG in inspect.getsource(importlib.import_module("mine.model").Layer.backward)
    assert importlib.import_module("mine.model").Model is not backprop.Model


def test_two_copies_stand_side_by_side() -> None:
    wrong, right = load_package("mine", MEAN), load_package("another", {})
    assert parameters(wrong, 5, "float64") != parameters(right, 5, "float64")


@pytest.mark.parametrize(
    ("source", "says", "line"),
    [
        ("x = (", "was never closed", 1),
        ("\nraise SystemExit", "ends the program", 2),
        ("import numpy\n1 / 0", "ZeroDivisionError", 2),
        ("import nothing_of_this_name", "ModuleNotFoundError", 1),
    ],
)
def test_a_failure_has_its_line_and_the_copy_before_stays(source: str, says: str, line: int) -> None:
    load_package("mine", MEAN)
    model, watched = importlib.import_module("mine.model"), dict(_STAY.watched.codes)
    with pytest.raises(LearnerError, match=says) as caught:
        load_package("mine", {"model.py": source})
    assert caught.value.line == line
    assert watched == _STAY.watched.codes
    assert importlib.import_module("mine.model") is model
    assert importlib.import_module("mine.explain.cell").__name__ == "mine.explain.cell"  # not imported before


def test_a_missing_function_is_named() -> None:
    with pytest.raises(LearnerError, match=r"losses\.py: LOSSES is missing"):
        load_package("mine", {"losses.py": "x = 1"})


def test_a_copy_that_is_unloaded_leaves_nothing_behind() -> None:
    watched, finders = dict(_STAY.watched.codes), list(sys.meta_path)
    load_package("unloaded", MEAN)
    assert len(_STAY.watched.codes) > len(watched)
    with limited():
        assert sys.gettrace() is not None or hasattr(sys, "monitoring")
    unload_package("unloaded")
    assert watched == _STAY.watched.codes
    assert sys.meta_path == finders
    assert not [path for path in linecache.cache if path.startswith("<unloaded>")]
    assert not [name for name in sys.modules if name.startswith("unloaded")]


def test_only_the_mathematics_can_be_edited() -> None:
    with pytest.raises(ValueError, match="files that can be edited are activations"):
        load_package("mine", {"session.py": ""})
    with pytest.raises(ValueError, match="name must be an identifier"):
        load_package("backprop", {})


def test_the_arrays_of_a_copy_are_numpys() -> None:
    model = importlib.import_module("mine.model") if load_package("mine", {}) else None
    assert isinstance(model.Model(2, (3,), 2).forward(np.zeros((1, 2), "f4")), np.ndarray)  # type: ignore[union-attr]
