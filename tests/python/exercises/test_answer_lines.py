"""Lines that answer an exercise: they are found exactly once, and without them no line of the answer is left."""

import pytest

from backprop.exercises import answer_lines as module
from backprop.exercises.answer_lines import PACKAGE, answer_lines
from backprop.exercises.exercise import NAMES
from backprop.exercises.installation import INSTALLATIONS


@pytest.mark.parametrize("name", NAMES)
def test_every_exercise_has_lines_that_stand_in_their_file(name: str) -> None:
    found = answer_lines(name)
    assert found
    for file, first, last, text in found:
        lines = (PACKAGE / file).read_text("utf-8").splitlines()
        assert "\n".join(lines[first - 1 : last]) == text


@pytest.mark.parametrize("name", sorted(INSTALLATIONS.keys() - {"relu", "sigmoid_and_tanh", "gelu"}))
def test_the_lines_that_a_solution_replaces_are_among_them(name: str) -> None:
    hidden = {(lines.file, line.strip()) for lines in answer_lines(name) for line in lines.text.splitlines()}
    for patch in INSTALLATIONS[name]:
        for line in filter(None, patch.right.splitlines()):
            assert any(file == patch.file and text.startswith(line.strip()) for file, text in hidden), line


@pytest.mark.parametrize("lines", [("model.py", "        no such line"), ("model.py", "        return named")])
def test_lines_that_are_not_there_once_are_an_error(lines: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(module.LINES, "relu", (lines,))
    with pytest.raises(ValueError, match=r"model\.py must contain the lines once"):
        answer_lines("relu")


def test_a_function_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(module.FUNCTIONS, "relu", (("model.py", "Layer.missing"),))
    with pytest.raises(ValueError, match=r"model\.py must define Layer\.missing once, got 0"):
        answer_lines("relu")
