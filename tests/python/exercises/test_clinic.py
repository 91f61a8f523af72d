"""The bug clinic: every patch applies, turns exactly its tensors red, and still trains."""

import importlib
import re
import sys

import pytest

from backprop.exercises.clinic import BUGS, TABLE, Bug
from backprop.exercises.diagnosis import COPY, HIDDEN, broken_lines, check_case, has_embedding
from backprop.gradcheck import RIGHT, WRONG
from backprop.learner.package import ORIGINAL, load_package
from tools.places import ROOT

pytestmark = pytest.mark.native  # in the page: tests/browser/test_exercises.py


def verdicts(bug: Bug, source: str) -> dict[str, str]:
    return {each.name: each.verdict for each in check_case(bug, source)}


@pytest.mark.slow
@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_it_turns_exactly_its_tensors_red(bug: Bug) -> None:
    found = verdicts(bug, bug.patched()[bug.file])
    red = bug.red_tensors(len(HIDDEN) + 1, has_embedding=has_embedding(bug))
    assert red
    assert {name for name, verdict in found.items() if verdict == WRONG} == red
    assert {verdict for name, verdict in found.items() if name not in red} <= {RIGHT}


@pytest.mark.slow
@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_mended_none_is_red(bug: Bug) -> None:
    mended = (ORIGINAL / bug.file).read_text("utf-8")
    assert set(verdicts(bug, mended).values()) == {RIGHT}
    assert COPY not in sys.modules  # while a copy is loaded, every call of a run is under its time limit


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_the_broken_lines_are_those_of_the_patch(bug: Bug) -> None:
    lines = bug.patched()[bug.file].splitlines()
    found = broken_lines(bug)
    assert 1 <= len(found) <= 5
    assert all(1 <= line <= len(lines) for line in found)
    new = set(bug.wrong.splitlines()) - set(bug.right.splitlines())
    assert {part for part in new if not any(part in lines[line - 1] for line in found)} == set()


@pytest.mark.slow
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
