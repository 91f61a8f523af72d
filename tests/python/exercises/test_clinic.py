"""The bug clinic: every patch applies, turns exactly its tensors red, and still trains."""

import importlib
import re
from typing import Any

import numpy as np
import pytest

from backprop.exercises.clinic import BUGS, TABLE, Bug
from backprop.gradcheck import RIGHT, WRONG, check_gradients
from backprop.learner.package import ORIGINAL, load_package
from backprop.randomness import seeded_generator
from tools.places import ROOT

pytestmark = pytest.mark.native  # the page does not have the clinic

VOCABULARY, POSITIONS, CLASSES = 3, 3, 3
HIDDEN = (4, 4)


def verdicts(package: Any, count: int, *, has_embedding: bool) -> dict[str, str]:
    """The verdict on each parameter tensor of a copy's network, after a pass with other samples."""
    model_of = importlib.import_module(f"{package.__name__}.model").Model
    loss = importlib.import_module(f"{package.__name__}.losses").cross_entropy
    options = {"vocabulary_size": VOCABULARY, "embedding_dim": 2} if has_embedding else {}
    model = model_of(POSITIONS * 2, HIDDEN, CLASSES, dtype="float64", **options)
    generator = seeded_generator(1)
    model.parameters[:] = generator.uniform(-1.5, 1.5, model.parameters.size)

    def draw() -> np.ndarray:
        if has_embedding:
            return generator.integers(VOCABULARY, size=(count, POSITIONS))
        return generator.uniform(-2, 2, (count, POSITIONS * 2))

    model.forward(draw())
    checks = check_gradients(model, draw(), generator.integers(CLASSES, size=count), loss)
    return {check.name: check.verdict for check in checks if check.name != "inputs"}


@pytest.mark.parametrize("count", [10, 7])
@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_it_turns_exactly_its_tensors_red(bug: Bug, count: int) -> None:
    has_embedding = TABLE in bug.red
    found = verdicts(load_package("broken", bug.patched()), count, has_embedding=has_embedding)
    red = bug.red_tensors(len(HIDDEN) + 1, has_embedding=has_embedding)
    assert red
    assert {name for name, verdict in found.items() if verdict == WRONG} == red
    assert {verdict for name, verdict in found.items() if name not in red} <= {RIGHT}


@pytest.mark.parametrize("has_embedding", [True, False])
def test_mended_none_is_red(has_embedding: bool) -> None:
    mended = {"model.py": (ORIGINAL / "model.py").read_text("utf-8")}
    assert set(verdicts(load_package("mended", mended), 10, has_embedding=has_embedding).values()) == {RIGHT}


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_it_trains(bug: Bug) -> None:
    """An epoch of the default run, and one with an embedding, raise nothing."""
    package = load_package("broken", bug.patched())
    run_of = importlib.import_module("broken.runs.run").TrainingRun
    config_of = importlib.import_module("broken.runs.config").RunConfig.from_dict
    for encoding in ("one_hot", "embedding"):
        run = run_of(config_of({"dataset": {"encoding": encoding}}))
        run.train("epoch")
        assert run.trainer.step > 0
    assert package.__name__ == "broken"


def test_there_are_fourteen_with_names_of_their_own() -> None:
    assert len({bug.name for bug in BUGS}) == 14
    assert all(len(bug.wrong.splitlines()) <= len(bug.right.splitlines()) + 2 for bug in BUGS)


def test_a_patch_that_does_not_apply_is_an_error() -> None:
    bug = BUGS[0]._replace(right="no such text")
    with pytest.raises(ValueError, match="must contain the text once, got 0"):
        bug.patched()


def test_the_guide_lists_each_bug_with_its_tensors() -> None:
    letters = {"weights": "W", "biases": "b", TABLE: "E"}
    places = {"all": "of all layers", "hidden": "of all layers but the last", "first": "of the first layer"}
    guide = (ROOT / "docs" / "guide" / "exercises.md").read_text("utf-8")
    rows = re.findall(r"^\| \d+ \| (.+?) \| `(.+?)` \| (.+?) \| (.+?) \|$", guide, re.MULTILINE)
    assert len(rows) == len(BUGS)
    for (name, file, red, why), bug in zip(rows, BUGS, strict=True):
        layers = ", ".join(letters[kind] for kind in bug.red if kind != TABLE)
        expected = [f"{layers} {places[bug.layers]}"] * bool(layers) + ["E"] * (TABLE in bug.red)
        assert (name, file, red, why) == (bug.name, bug.file, "; ".join(expected), bug.why)
