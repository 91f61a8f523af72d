"""``python -m backprop exercise``: the list, a task, its stub and hints, and the check of a file."""

import json
import subprocess
from pathlib import Path

import pytest

from backprop.exercises.exercise import NAMES, Exercise
from tests.python.cli import command

pytestmark = pytest.mark.native  # learners’ files


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return command.run("exercise", *arguments)


def test_it_lists_the_course() -> None:
    result = run()
    assert result.returncode == 0
    assert [line.split("  ")[0].strip() for line in result.stdout.splitlines()[:14]] == [str(n) for n in range(1, 15)]
    assert json.loads(run("--json").stdout)["exercises"][0] == {
        "number": 1,
        "name": "bias_gradient",
        "title": "Bias gradient",
    }


def test_it_prints_a_task_its_stub_and_its_hints() -> None:
    assert "Return `db`" in run("1").stdout
    assert run("1", "--stub").stdout == Exercise(1).text("stub.py")
    hints = [run("1", "--hint", str(rung)).stdout for rung in (1, 2, 3, 4)]
    assert "dz.sum" not in hints[0] + hints[1]
    assert hints[2].strip() == "return dz.sum(axis=0)"
    assert hints[3] == Exercise(1).text("answer.py")


def test_a_prediction_is_asked_first_and_answered_with_its_reason() -> None:
    text = run("1").stdout
    assert "Predict first: If you took the mean" in text
    assert "  2  Those of the bias gradients" in text
    assert "The weights and inputs do not use this sum" not in text
    assert run("1", "--predict", "2").stdout.startswith("Right. The weights and inputs do not use this sum")
    assert run("1", "--predict", "1").stdout.startswith("It is: Those of the bias gradients. The weights")
    assert "predict must be between 1 and 3" in run("1", "--predict", "4").stderr


def test_progress_files_of_a_class_become_a_table(tmp_path: Path) -> None:
    solved, opened = record(solved="2026-01-31T12:10:00Z", attempts_to_solve=2), record()
    helped = {**solved, "help": {"factor": "2026-01-31T12:05:00.123Z"}}
    tasks = {"bias_gradient": solved, "weight_gradient": helped, "layer": opened, "clinic_2": solved}
    for name in ("Ada", ""):
        content = {"format": "backprop-progress", "version": 1, "name": name, "tasks": tasks}
        (tmp_path / f"{name or 'bob'}.json").write_text(json.dumps(content), "utf-8")
    result = run("--progress", str(tmp_path / "Ada.json"), str(tmp_path / "bob.json"))
    assert result.returncode == 0, result.stderr
    head, ada, bob = result.stdout.splitlines()[:3]
    assert head.split() == ["learner", *map(str, range(1, 15)), "T", "solved", "clinic"]
    assert ada.split() == ["Ada", "2", "2*", ".", "-", *["."] * 11, "2/14", "1/14"]
    assert bob.split()[0] == str(tmp_path / "bob.json")
    data = json.loads(run("--progress", str(tmp_path / "Ada.json"), "--json").stdout)
    assert data["learners"][0]["tasks"]["weight_gradient"] == helped


def record(**changes: object) -> dict[str, object]:
    """The progress in one task."""
    first = {"started": "2026-01-31T12:00:00Z", "solved": None, "attempts": 2, "attempts_to_solve": None}
    return {**first, "predicted": None, "help": {}, "source": "", "solution": "", **changes}


def test_a_right_file_is_right(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(Exercise(3).text("answer.py"), "utf-8")
    result = run("3", str(file))
    assert (result.returncode, result.stdout) == (0, "Input gradient: right. All 4 cases agree.\n")


def test_a_wrong_file_is_told_apart_cell_by_cell_with_its_slip(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("def bias_gradient(dz):\n    return dz.mean(axis=0)\n", "utf-8")
    result = run("1", str(file))
    assert result.returncode == 1
    assert "db is wrong: relative error" in result.stdout
    assert "  db[0]: yours" in result.stdout
    assert "Yours is 1/N of the right gradient" in result.stdout
    data = json.loads(run("1", str(file), "--json").stdout)
    assert (data["solved"], data["stage"], len(data["tensors"][0]["cells"])) == (False, "gradient", 3)


def test_a_syntax_error_has_its_line(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("def bias_gradient(dz):\n    return dz.sum(\n", "utf-8")
    assert "Bias gradient, line 2: Syntax error" in run("1", str(file)).stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["15"], f"number must be between 1 and {len(NAMES)}"),
        (["0"], "number must be between 1"),
        (["1", "missing.py"], "missing.py cannot be read"),
        (["1", "--hint", "5"], "hint must be between 1 and 4"),
    ],
)
def test_an_error_is_one_sentence_and_code_2(arguments: list[str], sentence: str) -> None:
    result = run(*arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert sentence in result.stderr


@pytest.mark.slow
def test_the_default_run_is_trained_by_the_solutions_of_a_folder(tmp_path: Path) -> None:
    for number in (1, 2, 3, 7, 9, 12):
        chosen = Exercise(number)
        (tmp_path / f"{chosen.name}.py").write_text(chosen.text("answer.py"), "utf-8")
    result = run("--train", str(tmp_path))
    assert result.returncode == 0, result.stdout
    assert result.stdout.endswith(": equal\n")
    (tmp_path / "bias_gradient.py").write_text("def bias_gradient(dz):\n    return dz.mean(axis=0)\n", "utf-8")
    result = run("--train", str(tmp_path))
    assert result.returncode == 1
    assert "db is wrong" in result.stdout


def test_a_folder_without_solutions_is_refused(tmp_path: Path) -> None:
    result = run("--train", str(tmp_path))
    assert (result.returncode, result.stderr) == (
        2,
        f"backprop: {tmp_path} must contain solutions, such as bias_gradient.py\n",
    )
