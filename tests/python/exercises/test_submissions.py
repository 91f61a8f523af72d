"""pytest over the solutions of a class: right ones pass, wrong ones fail, missing ones are skipped."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from backprop.exercises.exercise import NAMES, Exercise

pytestmark = [pytest.mark.native, pytest.mark.slow]  # starts pytest


def test_a_class_of_two(tmp_path: Path) -> None:
    for learner in ("ada", "bob"):
        (tmp_path / learner).mkdir()
    for number, name in enumerate(NAMES, 1):
        (tmp_path / "ada" / f"{name}.py").write_text(Exercise(number).text("answer.py"), "utf-8")
    (tmp_path / "bob" / "bias_gradient.py").write_text("def bias_gradient(dz):\n    return dz.mean(axis=0)\n", "utf-8")
    result = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "--pyargs",
            "backprop.exercises.classroom.test_submissions",
            "-p",
            "no:cacheprovider",
        ],
        cwd=tmp_path,
        env={**os.environ, "BACKPROP_SUBMISSIONS": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "14 passed" in result.stdout, result.stdout
    assert "1 failed" in result.stdout
    assert "13 skipped" in result.stdout
    assert "bob-bias_gradient" in result.stdout
    assert "Yours is 1/N of the right gradient" in result.stdout
