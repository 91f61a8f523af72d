"""The memory that runs take: estimated from their configs, compared with what is allocated, and refused in time."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from backprop.limits import LIMITS
from backprop.runs.config import RunConfig
from backprop.runs.memory import bytes_in_use, bytes_of
from backprop.runs.record import from_record, to_record
from backprop.runs.run import TrainingRun
from backprop.session import Session
from tests.python.records import record_of
from tests.python.runs.test_record import as_bytes, configs

ADAM = {"optimizer": "adam", "batch_size": 7}
PATIENT = {"early_stopping": True, "monitor": "train_loss", "min_delta": 0}
CASES: dict[str, dict[str, Any]] = {
    "wide": {"model": {"hidden_dims": [700, 600]}, "trainer": ADAM, "stopping": PATIENT},
    "float64": {"model": {"hidden_dims": [500], "dtype": "float64"}, "trainer": ADAM, "stopping": PATIENT},
    "sgd": {"model": {"hidden_dims": [900, 500]}, "stopping": PATIENT},
    "data": {"dataset": {"num_samples": 20_000}, "trainer": {"batch_size": 900}},
    "long": {"dataset": {"num_samples": 4_000, "sequence_length": 64, "master_sequence_length": 99}},
    "float64 data": {"dataset": {"num_samples": 9_000}, "model": {"dtype": "float64"}},
    "embedding": {
        "dataset": {"num_samples": 20_000, "encoding": "embedding", "embedding_dim": 2},
        "trainer": {"batch_size": 1000},
    },
    "batch": {
        "dataset": {"num_samples": 1000},
        "model": {"hidden_dims": [2048, 1] * 4, "dtype": "float64"},
        "trainer": {"batch_size": 300},
    },
}


def allocated(thing: Any) -> int:
    """Bytes of all arrays that are reachable from an object, each owner counted once."""
    owners: dict[int, int] = {}
    seen: set[int] = set()
    waiting = [thing]
    while waiting:
        each = waiting.pop()
        if id(each) in seen or isinstance(each, type):
            continue
        seen.add(id(each))
        if isinstance(each, np.ndarray):
            while isinstance(each.base, np.ndarray):
                each = each.base
            owners[id(each)] = each.nbytes
        elif isinstance(each, dict):
            waiting += each.values()
        elif isinstance(each, list | tuple):
            waiting += each
        elif type(each).__module__.startswith("backprop."):
            waiting += [*getattr(each, "__dict__", {}).values()]
    return sum(owners.values())


def busy(config: RunConfig) -> TrainingRun:
    """A run that has done all that makes it keep something."""
    run = TrainingRun(config)
    run.train("epoch")
    run.train("batch")
    run.train("sample")
    run.show("sample", sample=0)
    run.train("epoch")
    run.configure(batch_size=max(1, config.trainer.batch_size - 1))
    run.train("sample")
    run.configure(batch_size=config.trainer.batch_size)
    run.train("epoch")  # what is on screen belongs to the order of the epoch that has ended
    run.measure()
    return run


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_the_estimate_is_what_is_allocated(name: str) -> None:
    run = busy(RunConfig.from_dict(CASES[name]))
    actual, estimate = allocated(run), bytes_in_use(run)
    assert actual <= estimate + 20_000  # lists of small things
    assert estimate <= 1.3 * actual


@given(configs())
def test_no_run_takes_more_than_its_estimate(config: RunConfig) -> None:
    run = busy(config)
    assert allocated(run) <= bytes_in_use(run) + 20_000


def test_each_field_decides_its_own_part() -> None:
    usual = bytes_of(RunConfig.from_dict())
    for field, section in (
        ("model.hidden_dims", "wide"),
        ("dataset.num_samples", "data"),
        ("trainer.batch_size", "batch"),
    ):
        parts = bytes_of(RunConfig.from_dict(CASES[section]))
        assert max(parts, key=lambda name: parts[name]) == field
        assert parts[field] > 10 * usual[field]


# ---- The budget of all runs of a session ----

BUDGET = 40_000_000
WIDE = {"dataset": {"num_samples": 1000}, "model": {"hidden_dims": [256, 1] * 2, "dtype": "float64"}}
LARGE = {**WIDE, "trainer": {"batch_size": 700}}  # some 18 MB, and a file of 50 kB
SENTENCE = r"would need \d+ MB of memory besides the \d+ MB of all other runs; the limit is 40 MB$"


@pytest.fixture(scope="module", autouse=True)
def budget() -> Iterator[None]:
    """Let all runs of a session have 40 MB, so that two large ones need not be large for this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(LIMITS, "memory", (1, BUDGET))
        yield


def everything(session: Session) -> Any:
    return session.runs(), [as_bytes(record_of(session, run["id"])) for run in session.runs()]


@pytest.fixture(scope="module")
def crowded() -> Session:
    """A session with two runs of some 18 MB each, as large as two may be."""
    session = Session()
    for _ in range(2):
        session.create_run(config=LARGE)
    return session


@pytest.fixture(scope="module")
def large_file(crowded: Session) -> Any:
    exported = crowded.export_run(id=crowded.runs()[-1]["id"])["bytes"]
    assert len(exported) < BUDGET / 200
    return exported


@pytest.mark.parametrize(
    ("action", "beginning"),
    [
        (lambda session, _: session.create_run(config=LARGE), r"trainer.batch_size must be smaller: this run "),
        (lambda session, _: session.plan_run(config=LARGE), r"trainer.batch_size must be smaller: this run "),
        (lambda session, _: session.duplicate_run(id=session.runs()[-1]["id"]), "The copy "),
        (lambda session, _: session.twin_run(id=session.runs()[-1]["id"], changes={"batch_size": 699}), "The twin "),
        (lambda session, data: session.import_run(bytes=data), "This run "),
    ],
    ids=["create", "plan", "duplicate", "twin", "import"],
)
def test_what_would_pass_the_budget_is_refused_and_changes_nothing(
    crowded: Session, large_file: Any, action: Any, beginning: str
) -> None:
    before = everything(crowded)
    with pytest.raises(ValueError, match=f"^{beginning}{SENTENCE}"):
        action(crowded, large_file)
    assert everything(crowded) == before


@pytest.mark.parametrize("method", ["update_batch_size", "trainer_config"])
def test_a_batch_size_that_would_pass_the_budget_is_refused(crowded: Session, method: str) -> None:
    *_, run = crowded.create_run(config=WIDE)
    before = everything(crowded)
    with pytest.raises(ValueError, match=f"^batch_size must be another: this run {SENTENCE}"):
        getattr(crowded, method)(batch_size=500)
    assert everything(crowded) == before
    assert getattr(crowded, method)(batch_size=100)["batch_size"] == 100
    crowded.delete_run(id=run["id"])


def test_what_was_saved_comes_back_though_it_has_grown(crowded: Session) -> None:
    """The same runs in a session that begins with one more: what was within the budget is never refused at a start."""
    session = Session()
    for run in crowded.runs():
        session.restore_run(bytes=crowded.export_run(id=run["id"], history=False)["bytes"])
    assert len(session.runs()) == len(crowded.runs()) + 1


def test_one_file_cannot_ask_for_more_than_there_is() -> None:
    record = to_record(TrainingRun(RunConfig.from_dict(WIDE)))
    dataset = {"num_samples": 3000, "held_out": 0.0}
    record["config"] = RunConfig.from_dict({**LARGE, "dataset": dataset}).to_dict()
    record["last_pass"]["batch"] = np.arange(3000, dtype=np.int32)
    with pytest.raises(ValueError, match=r"^This run would need \d+ MB of memory; the limit is 53 MB$"):
        from_record(record)
    with pytest.raises(ValueError, match=r"^This run would need \d+ MB of memory; the limit is 53 MB$"):
        from_record({**record, "last_pass": {**record["last_pass"], "batch": bytes(4 * 3000)}})
