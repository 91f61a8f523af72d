"""`python -m backprop`: as people run it, and its options and sentences without a process each."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from backprop.activations import Array
from backprop.cli.command_line import main
from backprop.data.dataset import SequenceDataset
from backprop.model import Layer, Model
from backprop.monitor.percent import percent
from tests.python.cli.command import run
from tools.places import project

pytestmark = pytest.mark.native  # starts processes

PACKAGE = Path(__file__).resolve().parents[3] / "py"


def run_alone(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one command as people do: in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "backprop", *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment, check=False)


@pytest.mark.slow
def test_train_reaches_the_best_and_says_so() -> None:
    result = run_alone("train", "--epochs", "200")
    assert result.returncode == 0
    assert result.stdout.splitlines()[0] == "shape 16 - 32 - 32 - 4, 1732 parameters, 1600 steps"
    floor = SequenceDataset(num_master_sequences=3, held_out=0.2).best_possible
    assert f"\naccuracy {percent(floor.accuracy, 2)} (best possible {percent(floor.accuracy, 2)})\n" in result.stdout
    assert f"(best possible {floor.cross_entropy:.6f})\n" in result.stdout
    assert [line.split()[0] for line in result.stdout.splitlines()[4:]] == 3 * ["held-out"]
    lines = result.stderr.splitlines()
    assert len(lines) == 10
    assert lines[-1].startswith("epoch 200 of 200: loss 0.0")


@pytest.mark.slow
def test_the_same_command_gives_the_same_numbers() -> None:
    command = ("train", "--epochs", "5", "--seed", "3")
    assert run_alone(*command).stdout == run_alone(*command).stdout != run("train", "--epochs", "5").stdout


def test_every_option_reaches_the_run() -> None:
    result = run(
        *("train", "--epochs", "3", "--hidden", "8,7", "--activation", "tanh", "--learning-rate", "0.5"),
        *("--batch-size", "4", "--loss", "mse", "--encoding", "embedding", "--embedding-dim", "3"),
        *("--task", "classification", "--vocabulary", "ab,c,d", "--sequence-length", "4", "--samples", "30"),
        *("--masters", "5", "--master-length", "6-9"),
        *("--dtype", "float64", "--dataset-seed", "1", "--model-seed", "2", "--trainer-seed", "3"),
    )
    assert result.stderr.count("\n") == 3
    assert result.stdout.splitlines()[0] == "shape 12 - 8 - 7 - 5, 216 parameters, 18 steps"
    assert result.returncode == 0


def test_no_hidden_layers() -> None:
    assert "shape 16 - 4, 68 parameters" in run("train", "--epochs", "1", "--hidden", "").stdout


@pytest.mark.parametrize("encoding", ["one_hot", "embedding"])
def test_gradcheck_lists_every_tensor(encoding: str) -> None:
    result = run("gradcheck", "--hidden", "5", "--encoding", encoding)
    assert result.returncode == 0
    lines = result.stdout.splitlines()
    assert [line.split()[0] for line in lines[1:-1]] == [
        f"layers/{k}/{name}" for k in (0, 1) for name in ("weights", "biases")
    ]
    assert all(line.endswith("  right") for line in lines[:-1])
    assert lines[-1] == "5 gradients: 5 right, 0 wrong, 0 too small to be checked by differences"


def test_gradcheck_fails_when_a_gradient_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Planted: the bias gradient is averaged where it must be summed."""
    backward = Layer.backward

    def wrong(self: Layer, grad_a: Array) -> Array:
        grad_x = backward(self, grad_a)
        self.grad_biases /= len(grad_a)
        return grad_x

    monkeypatch.setattr(Layer, "backward", wrong)
    assert main(["gradcheck", "--hidden", "5"]) == 1
    shown = capsys.readouterr().out
    assert shown.count("  WRONG; worst cell [") == 2
    assert re.search(r"^layers/1/biases .* WRONG; worst cell \[\d\]: \S+ by backward, \S+ by differences$", shown, re.M)
    assert shown.endswith("5 gradients: 3 right, 2 wrong, 0 too small to be checked by differences\n")


@pytest.mark.slow
def test_gradcheck_says_what_is_too_small_for_differences() -> None:
    """Twelve layers of sigmoid, a preset: rounding of the loss is larger than the first layers' gradients."""
    result = run("gradcheck", "--hidden", ",".join(["16"] * 12), "--activation", "sigmoid")
    assert result.returncode == 0
    lines = result.stdout.splitlines()
    assert lines[1].startswith("layers/0/weights ")
    assert lines[1].endswith("  too small to be checked by differences (256 of 256 cells)")
    assert lines[-2].endswith("  right")
    assert re.fullmatch(r"27 gradients: \d+ right, 0 wrong, \d+ too small to be checked by differences", lines[-1])


def test_gradcheck_accepts_either_slope_at_the_kink() -> None:
    """The one unit of the first layer is off for some samples: the eight of the next then stand at z = 0 exactly."""
    result = run("gradcheck", "--hidden", "1,8", "--activation", "relu")
    assert result.returncode == 0
    assert result.stdout.endswith("7 gradients: 7 right, 0 wrong, 0 too small to be checked by differences\n")


def test_gradcheck_counts_the_cells_that_are_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every unit stands a millionth above the kink."""
    draw = Model._draw_parameters

    def near_the_kink(self: Model) -> None:
        draw(self)
        self.layers[0].weights[:], self.layers[0].biases[:] = 0, 1e-6

    monkeypatch.setattr(Model, "_draw_parameters", near_the_kink)
    assert main(["gradcheck", "--hidden", "5", "--activation", "relu"]) == 0
    assert "too small to be checked by differences; 5 of 5 cells left out: kink\n" in capsys.readouterr().out


def test_inspect_shows_masters_and_samples() -> None:
    lines = run("inspect", "--master", "abccaabb", "--master", "addaccad", "--count", "100").stdout.splitlines()
    assert lines[:2] == ["M1: abccaabb", "M2: addaccad"]
    assert "adda → c  (M2: addaccad, position 0)" in lines
    assert lines[-1].startswith("100 samples, ")


def test_inspect_without_masters() -> None:
    lines = run("inspect", "--masters", "0", "--count", "3").stdout.splitlines()
    assert len(lines) == 4
    assert "(" not in "".join(lines[:3])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["train", "--samples", "0"], "dataset.num_samples must be between 1 and 100,000, got 0"),
        (
            ["train", "--samples", "many"],
            "dataset.num_samples must be a whole number between 1 and 100,000, got 'many'",
        ),
        (
            ["train", "--batch-size", "101"],
            "trainer.batch_size must be between 1 and 80 (the number of training samples), got 101",
        ),
        (["train", "--hidden", "32,x"], "got 'x'"),
        (["train", "--learning-rate", "nan"], "trainer.learning_rate must be"),
        (["train", "--learning-rate", "0,05,1"], "trainer.learning_rate must be a number between"),
        (["train", "--held-out", "95%"], "dataset.held_out must be a number between 0 and 0.9, got 0.95"),
        (["train", "--held-out", "%"], "dataset.held_out must be a number between 0 and 0.9, got '%'"),
        (["train", "--samples", "2,5"], "dataset.num_samples must be a whole number between 1 and 100,000, got 2.5"),
        (["train", "--samples", "20%"], "dataset.num_samples must be a whole number between 1 and 100,000, got '20%'"),
        (["train", "--early-stopping", "1"], "stopping.early_stopping must be true or false, got '1'"),
        (["train", "--optimizer", "adagrad"], "trainer.optimizer must be one of sgd, momentum,"),
        (["train", "--beta1", "1"], "trainer.beta1 must be a number between 0 and 0.9999, got 1"),
        (["train", "--epochs", "0"], "epochs must be between 1 and 1,000,000, got 0"),
        (["train", "--activation", "softmax"], "model.activation must be one of gelu, "),
        (["gradcheck", "--vocabulary", "aab"], "dataset.vocabulary must not hold a token twice, got 'a'"),
        (["inspect", "--master", "abcde"], "dataset.master_sequences must use only tokens of the vocabulary, got 'e'"),
        (["inspect", "--count", "0"], "count must be between 1 and 100"),
        (["inspect", "--colour"], "unrecognized arguments: --colour"),
        (["dance"], "invalid choice: 'dance'"),
        ([], "required"),
    ],
    ids=str,
)
def test_an_error_is_one_sentence_and_code_2(arguments: list[str], sentence: str) -> None:
    result = run(*arguments) if arguments else run_alone()
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert result.stderr.startswith("backprop")
    assert sentence in result.stderr


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "openpty"), reason="this system has no pseudo-terminals")
def test_a_terminal_gets_a_bar() -> None:
    outer, inner = os.openpty()
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "backprop", "train", "--epochs", "4"]
    with os.fdopen(outer, "rb", buffering=0) as screen:
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=inner, env=environment, check=True)
        os.close(inner)
        shown = screen.read(4096).decode()
    assert "\r" + "█" * 30 + " epoch 4 of 4  loss " in shown
    assert shown.count("\n") == 1


def test_help_names_every_option_and_its_default() -> None:
    text = " ".join(run("train", "--help").stdout.split())
    for flag in ("--vocabulary", "--samples", "--hidden", "--loss", "--dtype", "--seed", "--epochs"):
        assert flag in text
    assert "(default 32,32)" in text
    assert "(default 8-12)" in text


def test_help_groups_the_options_by_section() -> None:
    text = run("train", "--help").stdout
    assert text.startswith("usage: backprop train [options]\n")
    headings = ["options:", "dataset options:", "model options:", "training options:", "stopping options:"]
    assert re.findall(r"^[a-z]+ ?[a-z]*:$", text, re.MULTILINE) == headings
    assert headings[3] in text.split("  --learning-rate")[0]
    assert headings[4] not in text.split("  --learning-rate")[0]


@pytest.mark.slow
def test_version() -> None:
    assert run_alone("--version").stdout == f"backprop {project()['project']['version']}\n"
