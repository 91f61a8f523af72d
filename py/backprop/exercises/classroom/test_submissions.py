"""Check the solutions of a class with pytest: a folder for each learner, files named after exercises."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from backprop.exercises.exercise import Exercise, exercises
from backprop.exercises.runner import check_solution

FOLDER = "BACKPROP_SUBMISSIONS"  # environment variable: the folder with the learners' folders


def submissions() -> Iterator[object]:
    """Yield one case for each learner and exercise."""
    folder = Path(os.environ.get(FOLDER, ""))
    learners = sorted(path for path in folder.iterdir() if path.is_dir()) if FOLDER in os.environ else []
    for learner in learners:
        for exercise in exercises():
            yield pytest.param(learner / f"{exercise.name}.py", exercise, id=f"{learner.name}-{exercise.name}")


@pytest.mark.parametrize(("file", "exercise"), submissions())
def test_submission(file: Path, exercise: Exercise) -> None:
    """A solution is right; one that is missing is skipped."""
    if not file.exists():
        pytest.skip("no file")
    report = check_solution(exercise, file.read_text("utf-8"), file.name)
    assert report["solved"], f"line {report['line']}: {report['message']} {report['slip'] or ''}"
