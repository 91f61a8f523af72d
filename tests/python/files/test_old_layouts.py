"""Run files in every layout that was ever written are read; and a layout cannot change without its number."""

import json
import random
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backprop.files.history_rows import complete_record, history_rows
from backprop.files.run_file import from_bytes, to_bytes
from backprop.files.safetensors import pack, unpack
from backprop.learner.package import EDITABLE
from backprop.monitor.history import BUCKETS
from backprop.runs.config import RunConfig
from backprop.runs.record import from_record, to_record
from backprop.runs.run import TrainingRun
from backprop.session import Session
from tests.python.files.damage import mutated, odd, refusal

pytestmark = pytest.mark.native  # reads tests/data

DATA = Path(__file__).resolve().parents[2] / "data"
OLD = sorted((DATA / "old_layouts").glob("*.safetensors"))
LAYOUTS = ("2", "3")  # of runs without the learner's code, and with it


def read(data: bytes) -> TrainingRun:
    return from_record(complete_record(from_bytes(data)))


def expected(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.with_suffix(".json").read_text("utf-8"))["run"]
    return found


def losses(run: TrainingRun) -> list[float]:
    return [*run.history.buckets[3].tolist(), *run.history.recent[2].tolist()]


def test_there_is_a_file_of_every_layout() -> None:
    made = re.findall(r'^    "(1-[a-z0-9-]+)":', (DATA / "make_old_layouts.py").read_text("utf-8"), re.MULTILINE)
    assert sorted(made) == [path.stem for path in OLD]
    assert len(made) == 14


@pytest.mark.parametrize("path", OLD, ids=lambda path: path.stem)
def test_a_run_of_every_layout_goes_on(path: Path) -> None:
    wanted, run = expected(path), read(path.read_bytes())
    assert run.trainer.step == wanted["step"]
    assert run.model.parameters.tolist() == wanted["parameters"]
    assert run.initial_parameters.tolist() == wanted["initial_parameters"]
    assert losses(run) == wanted["losses"]
    config = run.config.to_dict()
    for section, options in wanted["config"].items():
        assert {name: config[section][name] for name in options} == options
    # Another NumPy may sum in another order: the losses that follow are equal but for rounding.
    assert np.allclose(run.advance(12), wanted["later_losses"], rtol=1e-6)


@pytest.mark.parametrize("path", OLD, ids=lambda path: path.stem)
def test_a_run_of_every_layout_is_written_in_the_newest(path: Path) -> None:
    run = read(path.read_bytes())
    data = to_bytes(to_record(run))
    assert unpack(data)[0]["format"] == "2"  # 3 is that of runs with the learner's code
    assert to_bytes(to_record(read(data))) == data
    run.advance(30)
    data = to_bytes(to_record(run))
    assert to_bytes(to_record(read(data))) == data


@pytest.mark.parametrize("path", OLD, ids=lambda path: path.stem)
def test_all_calls_answer_for_a_run_of_every_layout(path: Path) -> None:
    session = Session()
    (run,) = [run for run in session.import_run(bytes=path.read_bytes(), activate=True) if run["active"]]
    session.state()
    session.phases()
    session.gradient_flow()
    session.confusion()
    session.loss_curves()
    session.epoch_metrics()
    session.history_csv(id=run["id"])
    session.duplicate_run(id=run["id"])
    session.reset_run(id=run["id"])
    session.advance(id=run["id"], steps=20)


@pytest.mark.parametrize("path", OLD, ids=lambda path: path.stem)
def test_an_old_file_in_which_a_field_of_its_layout_is_missing_is_refused(path: Path) -> None:
    """Also if the file would then look like one of a layout between two others."""
    metadata, arrays = unpack(path.read_bytes())
    newest_of_format_1 = ("archived", "last_pass", "marks", "flow", "epochs", "stopper", "stops")
    present = [name for name in newest_of_format_1 if name in metadata]
    for name in {*metadata} - {"kind", "format", *present[-1:], "twin_group", "stopped"}:
        with pytest.raises(ValueError, match=r"missing|no run"):
            from_bytes(pack({key: text for key, text in metadata.items() if key != name}, arrays))


@pytest.mark.slow
def test_damaged_old_files_are_refused_in_a_sentence_or_go_round() -> None:
    """Fields of one layout in the file of another, too."""
    rng = random.Random(2)
    files = [path.read_bytes() for path in OLD]
    sentences = []
    for _ in range(500):
        metadata, arrays = unpack(rng.choice(files))
        others = unpack(rng.choice(files))[0]
        for name in rng.sample(sorted(others), rng.choice([0, 1, 3])):
            metadata[name] = others[name]
        sentences.append(refusal(mutated(pack(metadata, arrays), rng)))
    assert odd(sentences) == []
    assert 5 < sentences.count(None) < 500


def test_epochs_that_were_not_measured_have_times_and_no_metrics() -> None:
    run = read((DATA / "old_layouts" / "1-last-pass.safetensors").read_bytes())
    assert [row.epoch for row in run.epochs.rows] == list(range(1, run.trainer.samples_visited // 12 + 1))
    ends = [int(np.flatnonzero(run.history.curve(10**6).epoch >= row.epoch)[0]) + 1 for row in run.epochs.rows]
    assert [row.step for row in run.epochs.rows] == ends
    assert np.isnan([row.train_loss for row in run.epochs.rows]).all()


def test_answers_that_were_not_counted_are_no_accuracy() -> None:
    """In the middle of an epoch, whose answers so far nobody counted, its accuracy is not known; the next one's is."""
    run = read((DATA / "old_layouts" / "1-last-pass.safetensors").read_bytes())
    assert run.trainer.samples_visited % 12
    run.train("epoch")
    assert np.isnan(run.epochs.rows[-1].train_accuracy)
    assert read(to_bytes(to_record(run))).trainer.progress.epoch_accuracy is None
    run.train("epoch")
    assert 0 <= run.epochs.rows[-1].train_accuracy <= 1


# ---- A layout has a number ----


def kinds(name: str, value: object) -> list[tuple[str, str]]:
    """Name and kind of everything in a value of JSON; null tells no kind."""
    if isinstance(value, dict):
        return [pair for field, item in value.items() for pair in kinds(f"{name}.{field}", item)]
    if isinstance(value, list):
        return [(name, "list"), *(pair for item in value for pair in kinds(f"{name}[]", item))]
    if value in {"NaN", "Infinity", "-Infinity"}:
        return [(name, "number")]
    return [(name, {int: "number", float: "number", str: "text", bool: "flag", type(None): "null"}[type(value)])]


def layout(files: list[bytes]) -> str:
    """Every field and array of run files, with its kind, one in a line."""
    found: dict[str, set[str]] = {"row of history": {", ".join(("step", *BUCKETS))}}
    for metadata, arrays in map(unpack, files):
        for name, array in arrays.items():
            kind = "the model's dtype" if "weights" in name or "biases" in name or "previous" in name else array.dtype
            found.setdefault(f"array {re.sub('[0-9]+', 'N', name)}", set()).add(f"{array.ndim} × {kind}")
        for name, text in metadata.items():
            is_text = name in {"kind", "format", "id", "name", "created"}
            for field, kind in [(name, "text")] if is_text else kinds(name, json.loads(text)):
                found.setdefault(field, set()).add(kind)
    lines = [f"{name}: {' or '.join(sorted(kinds - {'null'}) or kinds)}\n" for name, kinds in sorted(found.items())]
    return "".join(lines)


def runs() -> list[TrainingRun]:
    """Runs that together have every field there is."""
    data = {"num_samples": 12, "encoding": "embedding", "held_out": 0.25, "num_master_sequences": 2}
    ends = {"early_stopping": True, "patience": 2, "monitor": "train_loss", "max_epochs": 40, "target": 0.01}
    adam = {"optimizer": "adam", "batch_size": 4, "clip_norm": 1.0}
    stopped = TrainingRun(RunConfig.from_dict({"dataset": data, "trainer": adam, "stopping": ends}))
    stopped.advance(400)
    stopped.resume()
    stopped.configure(learning_rate=0.3)
    stopped.advance(400)
    wild = {"learning_rate": 1000.0, "batch_size": 4, "optimizer": "momentum", "loss_type": "mse"}
    diverged = TrainingRun(RunConfig.from_dict({"trainer": wild, "model": {"dtype": "float64"}}))
    diverged.advance(400)
    assert stopped.stops
    assert diverged.stopped
    masters = {"master_sequences": [["a", "b", "c", "d", "a", "b"]], "vocabulary": ["a", "b", "c", "d"]}
    fresh = TrainingRun(RunConfig.from_dict({"dataset": masters}))
    trained = TrainingRun()
    trained.twin_group = "twins"
    trained.advance(90)  # the next step's flow is measured
    return [stopped, diverged, fresh, trained]


def coded() -> TrainingRun:
    """A run with drafts of every file, and with a version of the learner's code that has trained it."""
    run = TrainingRun()
    run.advance(20)
    for file in EDITABLE:
        run.code.edit(file, "draft")
    run.code.running = {"model.py": "version"}
    run.code.begin_span(3)
    return run


def present_layout(number: str) -> str:
    return layout([to_bytes(to_record(run)) for run in (*runs(), *([coded()] if number == "3" else []))])


@pytest.mark.parametrize("number", LAYOUTS)
def test_the_layout_of_a_format_never_changes(number: str) -> None:
    """Another layout needs another number.

    Raise FORMAT in record.py and run_file.py; read the old one; add it to
    tests/data/make_old_layouts.py. Then write the new one:
    python -m tests.python.files.test_old_layouts NUMBER > tests/data/layout_NUMBER.txt
    """
    written = (DATA / f"layout_{number}.txt").read_text("utf-8")
    assert present_layout(number).splitlines() == written.splitlines()


def test_rows_of_the_history_have_a_column_for_each_name() -> None:
    record = to_record(TrainingRun())
    assert history_rows(record["history"]).shape == (0, 1 + len(BUCKETS))


if __name__ == "__main__":
    print(present_layout(sys.argv[1]), end="")


OLD_STOPS: dict[str, tuple[dict[str, Any], str]] = {
    "early_stopping": (
        {"monitor": "train_loss", "limit": 30, "value": 0.5},
        "Stopped early: train loss has not improved by more than 0.0001 for 30 epochs. The best train loss was 0.5",
    ),
    "max_epochs": ({"limit": 60}, "Stopped after 67 epochs (maximum 60)."),
    "diverged": ({"tensor": "loss", "tensor_step": 135}, "Diverged: step 135 was not made"),
}


@pytest.mark.parametrize("reason", OLD_STOPS)
def test_a_stop_of_an_old_layout_has_its_sentence(reason: str) -> None:
    fields, sentence = OLD_STOPS[reason]
    nothing = dict.fromkeys(("monitor", "limit", "value", "best_step", "tensor", "tensor_step"))
    stop = nothing | {"reason": reason, "step": 134, "epoch": 67.0, "restored": False} | fields
    old = from_bytes((DATA / "old_layouts" / "1-stopping.safetensors").read_bytes())
    run = from_record(complete_record({**old, "stopped": stop}))
    assert run.stopped
    assert run.stopped.sentence.startswith(sentence)
    best = (0.5, 134) if reason == "early_stopping" else (None, None)
    assert (run.stopped.best_value, run.stopped.best_step) == best
