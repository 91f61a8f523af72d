"""Twins: one setting apart, trained in lock-step, and what the hashes prove of them."""

import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.runs.config import RunConfig
from backprop.runs.record import from_record, to_record
from backprop.runs.run import TrainingRun
from backprop.runs.twins import advance_together, make_twin, proven
from backprop.session import Session
from tests.python.records import add_record, record_of

SMALL = {"dataset": {"num_samples": 23, "held_out": 0}, "model": {"hidden_dims": [6]}, "trainer": {"batch_size": 5}}


def make() -> TrainingRun:
    return TrainingRun(RunConfig.from_dict(SMALL))


def pair(**changes: Any) -> list[TrainingRun]:
    run = make()
    return [run, make_twin(run, changes)]


def losses(run: TrainingRun) -> list[float]:
    return [float(loss) for loss in run.history.curve(10_000).mean]


def test_twins_with_the_same_value_come_out_the_same_to_the_last_bit() -> None:
    one, other = pair(learning_rate=0.1)
    advance_together([one, other], 60)
    assert losses(one) == losses(other)
    assert one.model.parameters.tobytes() == other.model.parameters.tobytes()
    assert proven([one, other]) == "batches"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"learning_rate": 0.03}, "batches"),
        ({"loss_type": "mse"}, "batches"),
        ({"activation": "tanh"}, "batches"),
        ({"optimizer": "momentum"}, "batches"),
        ({"optimizer": "adam"}, "batches"),
        ({"weight_decay": 0.1}, "batches"),
        ({"clip_norm": 0.01}, "batches"),
        ({"batch_size": 7}, "order"),
    ],
)
def test_what_twins_have_in_common(changes: dict[str, Any], expected: str) -> None:
    one, other = pair(**changes)
    assert one.initial_parameters.tobytes() == other.initial_parameters.tobytes()
    assert proven([one, other]) == expected
    # The first batch on screen holds the same samples, as far as it goes.
    common = min(len(one.trainer.batch), len(other.trainer.batch))
    assert one.trainer.batch[:common].tolist() == other.trainer.batch[:common].tolist()
    advance_together([one, other], 40)
    assert one.trainer.step == other.trainer.step == 40
    assert proven([one, other]) == expected
    assert losses(one) != losses(other)


def test_a_twin_begins_with_the_weights_of_a_run_whose_weights_were_not_drawn_here() -> None:
    """A saved run may come from another machine, whose NumPy rounds otherwise."""
    record = to_record(make())
    record["initial_parameters"] = record["initial_parameters"] + np.float32(0.5)
    run = from_record(record)
    twin = make_twin(run, {"learning_rate": 0.03})
    assert twin.model.parameters.tobytes() == run.initial_parameters.tobytes()
    assert proven([run, twin]) == "batches"


def test_training_one_alone_breaks_the_proof_until_the_other_has_done_the_same() -> None:
    one, other = pair(learning_rate=0.03)
    advance_together([one, other], 10)
    one.train("sample")
    assert proven([one, other]) == "start"
    other.train("batch")
    assert one.trainer.step == other.trainer.step
    assert proven([one, other]) == "order"
    one, other = pair(learning_rate=0.03)
    one.train("sample")
    other.train("sample")
    assert proven([one, other]) == "batches"


def test_the_same_samples_in_batches_of_other_sizes_are_not_the_same_batches() -> None:
    """One takes a single sample and then five, the other five and then one: the same six samples in two steps."""
    one, other = pair(learning_rate=0.03)
    one.train("sample")
    one.train("batch")
    other.train("batch")
    other.train("sample")
    assert one.trainer.samples_visited == other.trainer.samples_visited
    assert proven([one, other]) == "order"


def test_a_changed_batch_size_breaks_the_proof_at_once() -> None:
    one, other = pair(learning_rate=0.03)
    advance_together([one, other], 10)
    other.configure(batch_size=4)
    assert proven([one, other]) == "order"


def test_another_start_proves_nothing() -> None:
    one, other = make(), TrainingRun(RunConfig.from_dict(SMALL | {"model": {"hidden_dims": [6], "seed": 1}}))
    assert proven([one, other]) is None
    other = TrainingRun(RunConfig.from_dict(SMALL | {"trainer": {"batch_size": 5, "seed": 1}}))
    assert proven([one, other]) is None
    other = TrainingRun(RunConfig.from_dict(SMALL | {"dataset": {"num_samples": 23, "seed": 1}}))
    assert proven([one, other]) is None


def test_looking_without_an_update_leaves_the_proof_as_it_is() -> None:
    one, other = pair(learning_rate=0.03)
    advance_together([one, other], 3)
    one.show("epoch")
    one.show("sample", sample=4)
    assert proven([one, other]) == "batches"


def with_the_same_crc(data: bytes) -> bytes:
    """Other bytes with the same CRC-32: the first bit is another, and the last four bytes make up for it."""

    def flipped(content: bytes, bit: int) -> bytes:
        return content[: bit // 8] + bytes([content[bit // 8] ^ 1 << bit % 8]) + content[bit // 8 + 1 :]

    other = flipped(data, 0)
    wanted, bits = zlib.crc32(other) ^ zlib.crc32(data), range(8 * len(data) - 32, 8 * len(data))
    # A CRC is linear: each bit does the same to it whatever the others are. Solved by elimination.
    rows: dict[int, tuple[int, set[int]]] = {}
    for bit in bits:
        effect, made_of = zlib.crc32(flipped(other, bit)) ^ zlib.crc32(other), {bit}
        while effect and effect.bit_length() in rows:
            pivot, its = rows[effect.bit_length()]
            effect, made_of = effect ^ pivot, made_of ^ its
        rows[effect.bit_length()] = effect, made_of
    flips: set[int] = set()
    while wanted:
        pivot, its = rows[wanted.bit_length()]
        wanted, flips = wanted ^ pivot, flips ^ its
    for bit in flips:
        other = flipped(other, bit)
    return other


def test_other_first_weights_are_found_out_even_if_their_crc_is_the_same() -> None:
    one, other = pair(learning_rate=0.03)
    forged = with_the_same_crc(one.initial_parameters.tobytes())
    assert forged != one.initial_parameters.tobytes()
    assert zlib.crc32(forged) == zlib.crc32(one.initial_parameters.tobytes())
    other.initial_parameters[:] = np.frombuffer(forged, other.initial_parameters.dtype)
    assert proven([one, other]) is None


def test_the_proof_survives_saving() -> None:
    runs = pair(learning_rate=0.03)
    advance_together(runs, 17)
    again = [from_record(to_record(run)) for run in runs]
    assert proven(again) == "batches"
    assert again[0].twin_group == again[1].twin_group is not None
    advance_together(again, 9)
    advance_together(runs, 9)
    assert [run.trainer.progress.batches_crc32 for run in again] == [run.trainer.progress.batches_crc32 for run in runs]


@pytest.mark.slow
@given(st.integers(0, 12), st.integers(0, 12), st.lists(st.integers(1, 20), min_size=1, max_size=4))
def test_lock_step_depends_on_the_number_of_steps_alone(ahead: int, behind: int, parts: list[int]) -> None:
    def apart() -> list[TrainingRun]:
        runs = pair(learning_rate=0.03)
        for run, steps in zip(runs, (ahead, behind), strict=True):
            for _ in range(steps):
                run.train("batch")
        return runs

    one, other = apart(), apart()
    assert sum(advance_together(one, part) for part in parts) == advance_together(other, sum(parts)) == sum(parts)
    assert [run.trainer.step for run in one] == [run.trainer.step for run in other]
    assert [run.model.parameters.tobytes() for run in one] == [run.model.parameters.tobytes() for run in other]
    low, high = sorted((ahead, behind))
    caught_up = max(0, sum(parts) - (high - low))
    assert max(run.trainer.step for run in one) == high + caught_up


def test_time_limits_a_slice_for_all_alike() -> None:
    runs = pair(learning_rate=0.03)
    done = advance_together(runs, 1_000_000, 0.02)
    assert 1 <= done < 1_000_000
    assert [run.trainer.step for run in runs] == [done, done]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "changes must name exactly one field, got 0"),
        ({"learning_rate": 1, "batch_size": 2}, "changes must name exactly one field, got 2"),
        ([], "changes must be a dict"),
        ({"hidden_dims": [8]}, "hidden_dims must stay as it is in a twin"),
        ({"seed": 1}, "seed must stay as it is in a twin"),
        ({"dtype": "float64"}, "dtype must stay as it is in a twin"),
        ({"learning_rate": -1}, "learning_rate must be a number between"),
        ({"batch_size": 24}, "batch_size must be between 1 and 23"),
        ({"loss_type": "hinge"}, "loss_type must be one of"),
        ({"activation": "swish"}, "activation must be one of"),
        ({"optimizer": "adagrad"}, "optimizer must be one of"),
        ({"clip_norm": -1}, "clip_norm must be a number between"),
    ],
)
def test_a_refused_twin_changes_nothing(changes: Any, message: str) -> None:
    session = Session()
    session.create_run(config=SMALL)
    before = session.runs()
    with pytest.raises(ValueError, match=message):
        session.twin_run(id=before[1]["id"], changes=changes)
    assert session.runs() == before


# ---- Through the session ----


def twin_session() -> tuple[Session, str, str]:
    session = Session()
    run = session.runs()[0]["id"]
    twin = session.twin_run(id=run, changes={"learning_rate": 0.03})[1]["id"]
    return session, run, twin


def by_id(session: Session) -> dict[str, dict[str, Any]]:
    return {run["id"]: run for run in session.runs()}


def test_a_twin_is_made_beside_its_run_and_activates_nothing() -> None:
    session, run, twin = twin_session()
    runs = by_id(session)
    assert runs[run]["active"]
    assert runs[twin]["name"] == "Run 1 twin"
    assert (runs[run]["twins"], runs[twin]["twins"]) == ([twin], [run])
    assert runs[run]["proven"] == runs[twin]["proven"] == "batches"
    session.twin_run(id=twin, changes={"learning_rate": 0.3})
    assert [len(one["twins"]) for one in session.runs()] == [2, 2, 2]


def test_advance_trains_twins_only_when_asked_to() -> None:
    session, run, twin = twin_session()
    frame = session.advance(id=run, steps=10, twins=True, metrics=True)
    assert (frame["step"], frame["slice_steps"]) == (10, 10)
    assert [one["metrics"]["step"] for one in session.runs()] == [10, 10]
    session.advance(id=run, steps=5)
    runs = by_id(session)
    assert (runs[run]["step"], runs[twin]["step"], runs[run]["proven"]) == (15, 10, "start")
    frame = session.advance(id=run, steps=7, twins=True)
    assert (frame["step"], frame["slice_steps"]) == (17, 7)
    assert by_id(session)[twin]["proven"] == "batches"


def test_an_archived_twin_rests() -> None:
    session, run, twin = twin_session()
    assert session.archive_run(id=twin, archived=True)[1]["archived"]
    session.advance(id=run, steps=4, twins=True)
    assert (by_id(session)[run]["step"], by_id(session)[twin]["step"]) == (4, 0)
    session.archive_run(id=twin, archived=False)
    session.advance(id=run, steps=4, twins=True)
    assert (by_id(session)[run]["step"], by_id(session)[twin]["step"]) == (4, 4)


def test_deleting_and_resetting_a_twin_touches_no_other() -> None:
    session, run, twin = twin_session()
    session.advance(id=run, steps=20, twins=True)
    before = by_id(session)[run]
    session.reset_run(id=twin)
    after = by_id(session)
    assert (after[twin]["step"], after[run]["step"]) == (0, 20)
    session.delete_run(id=twin)
    assert session.runs() == [before | {"twins": [], "proven": None}]
    session.advance(id=run, steps=3, twins=True)
    assert session.runs()[0]["step"] == 23


def test_a_duplicate_goes_on_alike_and_is_nobodys_twin() -> None:
    session, run, _ = twin_session()
    session.advance(id=run, steps=12)
    session.archive_run(id=run, archived=True)
    copy = session.duplicate_run(id=run)[2]
    assert copy["name"] == "Run 1 (2)"
    assert (copy["step"], copy["twins"], copy["archived"], copy["active"]) == (12, [], False, False)
    session.advance(id=run, steps=8)
    session.advance(id=copy["id"], steps=8)
    one, other = record_of(session, run), record_of(session, copy["id"])
    assert one["parameters"].tobytes() == other["parameters"].tobytes()
    assert one["trainer"]["visits"] == other["trainer"]["visits"]


def test_a_run_put_back_in_its_place_keeps_id_place_and_twins() -> None:
    session, run, twin = twin_session()
    session.advance(id=run, steps=6, twins=True)
    record, file = record_of(session, run), session.export_run(id=run)["bytes"]
    session.reset_run(id=run)
    runs = session.restore_run(bytes=file, activate=True)
    assert [one["id"] for one in runs] == [run, twin]
    assert (runs[0]["step"], runs[0]["proven"]) == (6, "batches")
    copy = add_record(session, record)[2]
    assert copy["id"] not in (run, twin)
    assert copy["twins"] == []
    session.delete_run(id=run)
    assert add_record(session, record)[-1]["proven"] == "batches"
