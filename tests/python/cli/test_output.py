"""Output of the commands: streams, JSON, pipes that are closed early, and full disks."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from backprop.cli.output import to_json
from backprop.files.run_file import from_bytes
from backprop.runs.record import from_record

pytestmark = [pytest.mark.native, pytest.mark.slow]  # starts processes

PACKAGE = Path(__file__).resolve().parents[3] / "py"


def run(*arguments: str, stdout: int = subprocess.PIPE, encoding: str = "utf-8") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE), "PYTHONIOENCODING": encoding, "PYTHONUNBUFFERED": ""}
    command = [sys.executable, "-m", "backprop", *arguments]
    return subprocess.run(
        command, stdout=stdout, stderr=subprocess.PIPE, text=True, encoding="utf-8", env=environment, check=False
    )


def strict(text: str) -> object:
    """Parse JSON that has no NaN and no infinity, which Python's parser would take."""

    def refuse(constant: str) -> object:
        raise ValueError(constant)

    return json.loads(text, parse_constant=refuse)


def test_train_as_json() -> None:
    result = run("train", "--epochs", "5", "--json")
    assert result.stdout.count("\n") == 1
    data = strict(result.stdout)
    assert (data["shape"], data["parameters"], data["steps"]) == ([16, 32, 32, 4], 1732, 40)
    assert data["training"].keys() == data["held_out"].keys()
    assert 0 < data["training"]["loss"] < data["training"]["perplexity"]
    assert data["config"]["trainer"]["learning_rate"] == 0.1
    assert (data["stopped"], data["saved"]) == (None, None)
    assert result.stderr.startswith("epoch 1 of 5: loss ")
    text = run("train", "--epochs", "5").stdout
    assert f"\nloss {data['training']['loss']:.6f} (best possible 0.000000)\n" in text


def test_numbers_that_are_not_finite_are_null() -> None:
    data = strict(run("train", "--learning-rate", "1000", "--loss", "mse", "--hidden", "none", "--json").stdout)
    assert data["stopped"]["reason"] == "diverged"
    assert to_json({"a": [float("nan"), (float("-inf"), 1.5)]}) == '{"a": [null, [null, 1.5]]}'


def test_gradcheck_as_json() -> None:
    data = strict(run("gradcheck", "--hidden", "5", "--json").stdout)
    assert [check["tensor"] for check in data["gradients"]] == [
        "inputs",
        *(f"layers/{k}/{name}" for k in (0, 1) for name in ("weights", "biases")),
    ]
    assert data["counts"]["right"] == 5
    assert all(check["relative_error"] < 1e-6 and len(check["worst"]["position"]) for check in data["gradients"])


def test_inspect_as_json() -> None:
    data = strict(run("inspect", "--master", "addaccad", "--count", "3", "--json").stdout)
    assert data["masters"] == [list("addaccad")]
    assert len(data["samples"]) == 3
    sample = data["samples"][0]
    assert "".join(sample["input"]) + sample["target"] in "addaccad"
    assert (data["num_samples"], data["num_held_out"]) == (100, 20)


def test_explain_as_json() -> None:
    data = strict(run("explain", "layers/1/grad_weights", "3", "7", "--json").stdout)
    assert data["cell"]["tensor"] == "layers/1/grad_weights"
    assert data["sum"] == pytest.approx(sum(term["product"] for term in data["terms"]))


@pytest.mark.skipif(sys.platform == "win32", reason="its pipes have other errors")
@pytest.mark.parametrize(
    "command", [["inspect"], ["--help"], ["train", "--epochs", "2"], ["inspect", "--json"]], ids=str
)
def test_a_closed_pipe_ends_the_command_quietly(command: list[str]) -> None:
    """As ``head`` closes it: the exit code is that of a tool ended by SIGPIPE."""
    reader, writer = os.pipe()
    os.close(reader)
    result = run(*command, stdout=writer)
    os.close(writer)
    assert result.returncode == 141
    assert [line for line in result.stderr.splitlines() if not line.startswith("epoch ")] == []


@pytest.mark.skipif(sys.platform == "win32", reason="its pipes have other errors")
def test_a_run_is_saved_though_nobody_reads_its_metrics(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    path = tmp_path / "run.safetensors"
    assert run("train", "--epochs", "2", "--save", str(path), stdout=writer).returncode == 141
    os.close(writer)
    assert from_record(from_bytes(path.read_bytes())).trainer.step == 16


@pytest.mark.skipif(sys.platform == "win32", reason="it has no such signal")
def test_ctrl_c_ends_the_command_quietly() -> None:
    # Tests that run in the background of a shell inherit that Ctrl-C is ignored, and would hand it on.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    network = ("--hidden", "256,256", "--samples", "5000")
    command = [sys.executable, "-m", "backprop", "train", "--epochs", "100", *network]
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        signal.signal(signal.SIGINT, before)
        assert process.stderr is not None
        assert process.stderr.readline().startswith("epoch 10 of 100: loss ")
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
    assert process.returncode == 130
    assert [line for line in rest.splitlines() if not line.startswith("epoch ")] == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_a_full_disk_is_reported_in_one_sentence() -> None:
    with Path("/dev/full").open("wb") as full:
        result = run("inspect", stdout=full.fileno())
    assert (result.returncode, result.stderr) == (
        2,
        "backprop: the output cannot be written: No space left on device\n",
    )


def test_an_encoding_without_arrows_gets_question_marks() -> None:
    result = run("inspect", "--count", "1", encoding="ascii")
    assert result.returncode == 0
    assert " ? " in result.stdout
