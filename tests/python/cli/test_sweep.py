"""`python -m backprop sweep`: files and table, interruptions after which it goes on, and what it refuses."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from backprop.cli.command_line import main
from backprop.cli.run_files import read_run
from backprop.session import Session
from tools.places import ROOT

pytestmark = pytest.mark.native  # starts processes

EXAMPLE = ROOT / "docs" / "guide" / "sweep.toml"
SMALL = "epochs = 2\n[values]\nmodel.seed = [0, 1, 2]\n"
SLOW = 'epochs = 3\n[values]\n"dataset.num_samples" = [20, 100000]\n[base.trainer]\nbatch_size = 1\n'  # 2: minutes


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(text: str) -> str:
    Path("small.toml").write_text(text, "utf-8")
    return "small.toml"


def result(capsys: pytest.CaptureFixture[str], text: str = SMALL, *options: str, code: int = 0) -> dict[str, Any]:
    assert main(["sweep", written(text), "--json", "--workers", "1", *options]) == code
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def refusal(capsys: pytest.CaptureFixture[str], text: str, *options: str) -> str:
    assert main(["sweep", written(text), *options]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    return err.removeprefix("backprop: ").removesuffix("\n")


def started(text: str) -> "subprocess.Popen[str]":
    """The command in a process of its own; returns when the first of its runs has ended."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "py"), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "backprop", "sweep", written(text), "--workers", "2"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, encoding="utf-8", env=environment)
    assert process.stderr
    assert process.stderr.readline().startswith("1 of 2: number of samples 20: held-out loss ")
    return process


@pytest.mark.slow
def test_the_example_of_the_guide(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", str(EXAMPLE)]) == 0
    out, err = capsys.readouterr()
    head, *rows, end = out.splitlines()
    assert re.split(r"  +", head) == ["run", "held-out loss", "held-out accuracy", "epochs", "stopped by"]
    assert end == "saved to sweep-Rates-and-shapes"
    assert len(rows) == len(err.splitlines()) == 12
    assert err.splitlines()[-1].startswith("12 of 12: lr 0.")
    losses = [float(re.split(r"  +", row)[1]) for row in rows]
    assert losses == sorted(losses)
    assert rows[0].endswith("  max epochs")
    assert len(list(Path("sweep-Rates-and-shapes").iterdir())) == 12


@pytest.mark.slow
def test_files_are_those_that_the_page_imports(capsys: pytest.CaptureFixture[str]) -> None:
    data = result(capsys)
    session = Session()
    for each in data["runs"]:
        summary = session.import_run(bytes=Path(each["file"]).read_bytes())[-1]
        assert (summary["name"], summary["step"]) == (each["name"], each["steps"])
        assert each["training"]["loss"] == read_run(each["file"]).metrics.loss
    assert (data["name"], data["folder"], data["ordered_by"]) == ("small", "sweep-small", "held_out_loss")
    assert data["failed"] == []


@pytest.mark.slow
def test_runs_that_are_there_are_not_trained_again(capsys: pytest.CaptureFixture[str]) -> None:
    result(capsys)
    missing, *kept = sorted(Path("sweep-small").iterdir())
    before = [path.stat().st_mtime_ns for path in kept]
    missing.unlink()
    assert result(capsys)["resumed"] == 2
    assert missing.exists()
    assert [path.stat().st_mtime_ns for path in kept] == before
    assert main(["sweep", "small.toml"]) == 0
    out, err = capsys.readouterr()
    assert err == "resumed: 3 of 3 were there\n"
    assert len(out.splitlines()) == 5


@pytest.mark.slow
def test_a_file_that_cannot_be_read_is_kept_and_its_run_trained(capsys: pytest.CaptureFixture[str]) -> None:
    result(capsys)
    path = Path("sweep-small/seed-1.safetensors")
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    assert main(["sweep", "small.toml"]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith(f"{path} is kept as seed-1.safetensors.unreadable: ")
    assert lines[1] == "resumed: 2 of 3 were there"
    assert path.with_name("seed-1.safetensors.unreadable").read_bytes() == whole[:-1]
    assert read_run(str(path)).stopped


@pytest.mark.slow
def test_the_file_of_another_run_is_not_replaced(capsys: pytest.CaptureFixture[str]) -> None:
    result(capsys)
    before = {path: path.read_bytes() for path in Path("sweep-small").iterdir()}
    said = refusal(capsys, SMALL.replace("epochs = 2", "epochs = 3"))
    path = Path("sweep-small/seed-0.safetensors")
    assert said == f"{path} is a run with another stopping.max_epochs: choose another folder with --out"
    assert main(["train", "--max-epochs", "9", "--epochs", "2", "--save", str(path)]) == 0
    capsys.readouterr()
    said = refusal(capsys, SMALL.replace("epochs = 2", "epochs = 9"))
    assert said == f"{path} is a run that has not ended: choose another folder with --out"
    assert {each: each.read_bytes() for each in before if each != path} == {
        each: data for each, data in before.items() if each != path
    }


@pytest.mark.slow
def test_after_ctrl_c_the_same_command_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    process = started(SLOW)
    workers = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == 130
    assert err == "\ninterrupted: 1 of 2 runs are finished; the same command trains the others\n"
    assert len(workers) >= 2
    assert psutil.wait_procs(workers)[1] == []
    assert [path.name for path in Path("sweep-small").iterdir()] == ["number-of-samples-20.safetensors"]
    assert result(capsys, SLOW.replace("100000", "21"))["resumed"] == 1


@pytest.mark.slow
def test_processes_end_when_the_command_is_killed() -> None:
    process = started(SLOW)
    workers = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.communicate()
    assert psutil.wait_procs(workers)[1] == []


@pytest.mark.slow
def test_the_order_is_by_accuracy_if_losses_differ(capsys: pytest.CaptureFixture[str]) -> None:
    text = 'epochs = 5\n[values]\n"trainer.loss_type" = ["mse", "cross_entropy"]\n"dataset.held_out" = [0, 0.2]\n'
    data = result(capsys, text)
    assert data["ordered_by"] == "accuracy"
    accuracies = [each["training"]["accuracy"] for each in data["runs"]]
    assert accuracies == sorted(accuracies, reverse=True)
    assert {each["held_out"] is None for each in data["runs"]} == {True, False}


@pytest.mark.slow
def test_a_run_that_diverges_is_last(capsys: pytest.CaptureFixture[str]) -> None:
    text = 'epochs = 9\n[base.trainer]\nloss_type = "mse"\n[values]\n"trainer.learning_rate" = [1000, 0.1]\n'
    data = result(capsys, text)
    assert [each["stopped"] for each in data["runs"]] == ["max_epochs", "diverged"]


@pytest.mark.slow
def test_none_stands_for_no_value(capsys: pytest.CaptureFixture[str]) -> None:
    text = 'epochs = 1\n[base.dataset]\nnum_master_sequences = "none"\n[values]\n"trainer.clip_norm" = ["none", 1]\n'
    data = result(capsys, text)
    found = {each["config"]["trainer"]["clip_norm"] for each in data["runs"]}
    assert found == {None, 1.0}
    assert {each["config"]["dataset"]["num_master_sequences"] for each in data["runs"]} == {None}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("epochs = ", "small.toml is not valid TOML: Invalid value (at end of document)"),
        ("[values]\nmodel.seed = [1]", "small.toml: epochs is missing"),
        ("epochs = 1", "small.toml: values is missing"),
        ("epoch = 1", "small.toml: epoch is not a field of a sweep: use name, epochs, base, values"),
        ("epochs = 1\nvalues = 3", "values must be a dict, got int"),
        ("epochs = 1\nname = 3\n[values]\nmodel.seed = [1]", "name must be text of 1 to 100 characters, got int"),
        ("epochs = 1\n[values]\nmodel.sed = [1]", "model.sed is not a setting: did you mean model.seed?"),
        ("epochs = 1\n[values]\nmodel.seed = 1", "model.seed must be a list of one value or more, got 1"),
        (
            "epochs = 1\n[values]\nmodel.seed = [2020-01-01]",
            "model.seed must be a whole number between 0 and 4,294,967,295, got 2020-01-01 (run “seed 2020-01-01”)",
        ),
    ],
)
def test_a_wrong_file_is_refused_in_one_sentence(text: str, sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert refusal(capsys, text) == sentence
    assert [path.name for path in Path().iterdir()] == ["small.toml"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--workers", "0"], "workers must be between 1 and 256, got 0"),
        (["--workers", "x"], "workers must be a whole number between 1 and 256, got 'x'"),
        (["--out", "small.toml"], "--out: small.toml cannot be made: File exists"),
        (
            ["--dask", "tcp://a:1", "--workers", "2"],
            "--workers does not go with --dask: the cluster has its own workers",
        ),
        (
            ["--dask", "here"],
            "--dask must be the address of a scheduler, such as tcp://host:8786, got 'here'",
        ),
    ],
)
def test_a_wrong_option_is_refused_in_one_sentence(
    options: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refusal(capsys, SMALL, *options) == sentence


def test_the_guide_shows_the_example() -> None:
    shown = EXAMPLE.read_text("utf-8").split("\n", 1)[1]
    assert f"```toml\n{shown}```\n" in EXAMPLE.with_name("sweep-command.md").read_text("utf-8")
