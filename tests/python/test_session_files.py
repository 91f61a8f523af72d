"""Runs as files, through the session: nothing is overwritten, nothing is lost."""

import zlib
from typing import Any

import numpy as np
import pytest

from backprop.files.run_file import from_bytes
from backprop.monitor.history import MAX_POINTS
from backprop.session import Session
from tests.python.records import record_of
from tests.python.runs.test_record import as_bytes


@pytest.fixture
def session() -> Session:
    session = Session()
    session.create_run(name="Net <1>", config={"dataset": {"num_samples": 7}, "trainer": {"batch_size": 3}})
    session.advance(id=session.state()["run_id"], steps=25)
    return session


def active(session: Session) -> str:
    return str(session.state()["run_id"])


def test_a_run_goes_out_and_comes_back_beside_itself(session: Session) -> None:
    run_id = active(session)
    exported = session.export_run(id=run_id)
    assert exported["bytes"].dtype == np.uint8
    assert exported["file_name"] == "backprop-Net-1.safetensors"
    assert exported["step"] == 25
    assert exported["crc32"] == zlib.crc32(exported["bytes"])
    for number in (2, 3):
        *others, copy = session.import_run(bytes=exported["bytes"])
        assert copy["name"] == f"Net <1> ({number})"
        assert copy["id"] not in {run["id"] for run in others}
        assert not copy["active"]
    original, again = record_of(session, run_id), record_of(session, copy["id"])
    drop = frozenset({"id", "name"})
    assert as_bytes(again, drop) == as_bytes(original, drop)
    assert active(session) == run_id
    assert session.import_run(bytes=memoryview(exported["bytes"]), activate=True)[-1]["active"]


def test_a_checkpoint_is_a_short_file_and_the_rows_of_its_history(session: Session) -> None:
    run_id = active(session)
    known = {"generation": 1, "start": 7}
    made = session.checkpoint(id=run_id, **known)
    history = made.pop("history")
    np.testing.assert_equal(made, session.export_run(id=run_id, history=False))
    assert (history["generation"], history["start"], history["values"].size) == (1, 7, 7 * (24 - 7))


def test_elsewhere_a_run_keeps_name_and_id(session: Session) -> None:
    run_id = active(session)
    data = session.export_run(id=run_id)["bytes"].tobytes()
    *_, run = Session().import_run(bytes=data)
    assert (run["id"], run["name"], run["step"]) == (run_id, "Net <1>", 25)


@pytest.mark.parametrize(
    ("name", "copied"),
    [("x" * 100, f"{'x' * 96} (2)"), ("a (2)", "a (3)"), ("a (9)", "a (2)"), ("(2)", "(2) (2)"), ("一", "一 (2)")],
)
def test_a_taken_name_gets_the_next_free_number(session: Session, name: str, copied: str) -> None:
    run_id = active(session)
    session.rename_run(id=run_id, name=name)
    taken = {"a (2)": ["a"]}.get(name, [])
    for other in taken:
        session.create_run(name=other)
    assert session.import_run(bytes=session.export_run(id=run_id)["bytes"])[-1]["name"] == copied


@pytest.mark.parametrize("data", [b"", b"x" * 100, None, "text", np.zeros(3)])
def test_what_is_refused_changes_nothing(session: Session, data: Any) -> None:
    before = session.runs()
    with pytest.raises(ValueError, match=r"^(This is|bytes must) "):
        session.import_run(bytes=data, activate=True)
    assert session.runs() == before


def test_a_run_is_kept_as_checkpoints_and_rows_that_only_grow(session: Session) -> None:
    run_id = active(session)
    kept = np.empty(0)
    for _ in range(4):
        session.advance(id=run_id, steps=10)
        rows = session.checkpoint(id=run_id, generation=1, start=len(kept) // 7)["history"]
        assert (rows["generation"], rows["start"]) == (1, len(kept) // 7)
        assert rows["values"].dtype == np.float64
        assert rows["values"].ndim == 1
        kept = np.concatenate([kept, rows["values"]])
    checkpoint = session.export_run(id=run_id, history=False)["bytes"]
    other = Session()
    *_, run = other.restore_run(bytes=checkpoint, history={"generation": 1, "values": kept}, activate=True)
    assert run["active"]
    assert as_bytes(record_of(other, run_id)) == as_bytes(record_of(session, run_id))
    assert session.export_run(id=run_id)["bytes"].tobytes() == other.export_run(id=run_id)["bytes"].tobytes()


def test_rows_begin_anew_with_another_generation(session: Session) -> None:
    run_id = active(session)
    assert session.checkpoint(id=run_id, generation=2, start=7)["history"]["start"] == 0
    assert session.checkpoint(id=run_id)["history"]["values"].size == 7 * 24
    assert session.checkpoint(id=run_id, generation=1, start=MAX_POINTS)["history"]["values"].size == 0
    assert session.checkpoint(id=run_id, generation=1, start=24)["history"]["start"] == 24


def test_a_checkpoint_alone_is_a_run_with_a_gap_in_its_curve(session: Session) -> None:
    run_id = active(session)
    data = session.export_run(id=run_id, history=False)["bytes"]
    for call in (Session().import_run, Session().restore_run):
        *_, run = call(bytes=data)
        assert run["step"] == 25
        assert run["name"] == "Net <1>"


@pytest.mark.parametrize(
    "history",
    [
        3,
        {},
        {"generation": 1},
        {"generation": "1", "values": np.zeros(7)},
        {"generation": 1, "values": np.zeros(8)},
        {"generation": 1, "values": np.zeros(7, np.float32)},
        {"generation": 1, "values": "x"},
        {"generation": 1, "values": np.full(7, np.nan)},
    ],
    ids=str,
)
def test_rows_that_are_none_are_refused(session: Session, history: Any) -> None:
    data = session.export_run(id=active(session), history=False)["bytes"]
    before = session.runs()
    with pytest.raises(ValueError, match=r"^(history|stride)"):
        session.restore_run(bytes=data, history=history)
    assert session.runs() == before


def test_a_script_and_a_table(session: Session) -> None:
    run_id = active(session)
    script, table = session.export_pytorch(id=run_id), session.history_csv(id=run_id)
    assert script["file_name"] == "backprop-Net-1.py"
    assert "NAME = 'Net <1>'" in script["text"]
    assert table["file_name"] == "backprop-Net-1.csv"
    assert table["text"].count("\n") == 26
    assert from_bytes(session.export_run(id=run_id)["bytes"])["name"] == "Net <1>"


@pytest.mark.parametrize("name", ["export_run", "checkpoint", "export_pytorch", "history_csv"])
def test_an_unknown_run_is_refused(session: Session, name: str) -> None:
    with pytest.raises(ValueError, match=r"^id: there is no run 'x'"):
        getattr(session, name)(id="x")
