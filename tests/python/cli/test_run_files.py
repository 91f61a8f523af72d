"""`python -m backprop train --save` and `--resume`: a run goes on, bit for bit, as if it had never stopped."""

import hashlib
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from backprop.cli.command_line import main
from backprop.files.run_file import from_bytes, to_bytes
from backprop.runs.record import from_record, to_record
from backprop.runs.run import TrainingRun
from tests.python.cli.command import run as run_command
from tests.python.files.damage import mutated, small_files
from tests.python.files.test_run_file import trained

pytestmark = pytest.mark.native  # starts processes

PACKAGE = Path(__file__).resolve().parents[3] / "py"


def train_alone(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Train in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "backprop", "train", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment, check=False)


def train(*arguments: object) -> subprocess.CompletedProcess[str]:
    return run_command("train", *arguments)


def sha256(path: Path) -> str:
    run = from_record(from_bytes(path.read_bytes()))
    best = run.best.parameters.tobytes() if run.best else b""
    return hashlib.sha256(run.model.parameters.tobytes() + best + run.history.buckets[2:].tobytes()).hexdigest()


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--encoding", "embedding", "--dtype", "float64", "--batch-size", "7"),
        ("--optimizer", "adam", "--learning-rate", "0.01", "--weight-decay", "0.1", "--clip-norm", "0.5"),
    ],
)
def test_to_save_and_resume_changes_no_bit(tmp_path: Path, options: tuple[str, ...]) -> None:
    once, part, rest = (tmp_path / f"{name}.safetensors" for name in ("once", "part", "rest"))
    assert train_alone("--epochs", 30, "--save", once, *options).stdout.splitlines()[-1] == f"saved to {once}"
    train_alone("--epochs", 13, "--save", part, *options)
    before = part.read_bytes()
    assert train_alone("--epochs", 17, "--resume", part, "--save", rest).returncode == 0
    assert sha256(once) == sha256(rest) != sha256(part)
    assert part.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "once.safetensors",
        "part.safetensors",
        "rest.safetensors",
    ]


def test_how_to_train_may_change_on_the_way(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    train("--epochs", 1, "--save", path)
    train("--epochs", 1, "--resume", path, "--save", path, "--learning-rate", 0.5, "--batch-size", 50, "--loss", "mse")
    run = from_record(from_bytes(path.read_bytes()))
    config = run.config.trainer
    assert (config.learning_rate, config.batch_size, config.loss_type) == (0.5, 50, "mse")
    assert run.trainer.step == 8 + 2
    changes = ("--optimizer", "momentum", "--momentum", 0.8, "--clip-norm", 2)
    train("--epochs", 1, "--resume", path, "--save", path, *changes)
    run = from_record(from_bytes(path.read_bytes()))
    config = run.config.trainer
    assert (config.optimizer, config.momentum, config.clip_norm) == ("momentum", 0.8, 2)
    assert [(mark.step, mark.field) for mark in run.changes][-3:] == [
        (10, "optimizer"),
        (10, "momentum"),
        (10, "clip_norm"),
    ]
    train("--epochs", 1, "--resume", path, "--save", path, "--clip-norm", 0)
    assert from_record(from_bytes(path.read_bytes())).config.trainer.clip_norm is None


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """Resume in this process, be refused, and return the sentence."""
    assert main(["train", "--epochs", "1", *map(str, arguments)]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    return err.removeprefix("backprop: ").rstrip()


def test_a_run_of_the_learners_code_is_not_resumed_with_ours(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, run = tmp_path / "mine.safetensors", TrainingRun()
    run.code.running = {"losses.py": "raise SystemExit"}
    path.write_bytes(to_bytes(to_record(run)))
    assert refused(capsys, "--resume", path).startswith("This run is trained by code that has not been run here.")


@pytest.mark.skipif(sys.platform == "win32", reason="has no such devices")
@pytest.mark.parametrize("path", ["/dev/zero", "/dev/random", "/dev/null", "pipe", "."])
def test_what_is_not_a_regular_file_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    assert refused(capsys, "--resume", path) == f"{path} cannot be read: it is not a regular file"


def test_a_file_too_large_for_a_run_is_refused_unread(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "sparse.safetensors"
    with path.open("wb") as file:
        file.truncate(2**40)  # it takes no room on the disk, and would not fit into memory
    assert refused(capsys, "--resume", path).startswith("This file is too large for a run: 1,099,511,627,776 bytes")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process cannot be given less memory")
def test_a_run_that_finds_no_memory_is_refused_in_a_sentence() -> None:
    script = (
        "import resource, sys; from backprop.cli.command_line import main; "
        f"resource.setrlimit(resource.RLIMIT_AS, ({2**29}, {2**29})); sys.exit(main(sys.argv[1:]))"
    )
    wide = ("--hidden", ",".join(["2048", "1"] * 8), "--samples", "1000", "--batch-size", "800", "--dtype", "float64")
    command = [sys.executable, "-c", script, "train", "--epochs", "1", *wide]
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE), "OPENBLAS_NUM_THREADS": "1"}
    result = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert (result.returncode, result.stderr) == (2, "backprop: there is not enough memory for this run\n")


@pytest.mark.slow
def test_fuzzed_files_are_resumed_or_refused_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rng, path, seeds, codes = random.Random(5), tmp_path / "fuzzed", small_files(), []
    for _ in range(500):
        path.write_bytes(mutated(rng.choice(seeds), rng))
        codes.append(main(["train", "--epochs", "1", "--resume", str(path)]))
        out, err = capsys.readouterr()
        assert codes[-1] in {0, 2}
        assert (err.startswith("backprop: "), out) == (True, "") if codes[-1] else out
    assert codes.count(0) > 5


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--resume", "run", "--hidden", "3"], "--hidden does not go with --resume: the run in run has its own"),
        (["--resume", "run", "--seed", "3"], "--seed does not go with --resume"),
        (["--resume", "run", "--master", "abcabc"], "--master does not go with --resume"),
        (["--resume", "run", "--batch-size", "0"], "batch_size must be between 1 and 80"),
        (["--resume", "absent"], "absent cannot be read: "),
        (["--resume", "damaged"], "This file is damaged: its checksum differs"),
        (["--resume", "text"], "This is something else, or only a part of a file, not a run file"),
        (["--save", "absent/run"], "--save must be a file in a folder that exists, got absent/run"),
        (["--save", "."], "--save must be a file in a folder that exists"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    data = bytearray(to_bytes(trained()))
    Path("run").write_bytes(data)
    data[-1] ^= 1
    Path("damaged").write_bytes(data)
    Path("text").write_text("a line of text\n", "utf-8")
    result = train("--epochs", 1, *arguments)
    assert result.returncode == 2
    assert result.stderr.startswith(f"backprop: {sentence}")
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""
