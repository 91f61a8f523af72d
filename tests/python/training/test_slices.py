"""What takes long is done in slices: the same outcome, whatever their number, and no call that lasts."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from backprop.files.run_file import from_bytes, to_bytes
from backprop.runs.config import RunConfig
from backprop.runs.record import from_record, to_record
from backprop.runs.run import TrainingRun
from backprop.runs.twins import advance_together, make_twin
from backprop.session import Session
from backprop.training.evaluation import EVALUATION_WORK
from backprop.training.slices import finish
from tests.python.training.test_stopping import snapshot

# A network so large that 500 held-out samples take several slices.
CONFIG: dict[str, Any] = {
    "dataset": {"num_samples": 556, "held_out": 0.9},
    "model": {"hidden_dims": [512, 256]},
    "trainer": {"batch_size": 28, "learning_rate": 0.01},  # two steps in an epoch
    "stopping": {"early_stopping": True, "patience": 1, "min_delta": 1e9},  # the first epoch is the best that counts
}
AT_ONCE = 1e-9  # seconds: less than anything takes


def make(**sections: Any) -> TrainingRun:
    return TrainingRun(RunConfig.from_dict({**CONFIG, **sections}))


def slices(run: TrainingRun) -> int:
    """How many it takes to measure the held-out samples; the others take one."""
    return -(-500 // (EVALUATION_WORK // run.model.parameters.size))


def test_work_yields_between_slices_and_returns_its_result() -> None:
    def count() -> Iterator[None]:
        yield
        yield
        return 3

    assert finish(count()) == 3  # type: ignore[arg-type]


def test_an_evaluation_is_the_same_whenever_it_pauses() -> None:
    run = make()
    held_out = run.dataset.held_out
    work = run.trainer.evaluation(held_out)
    assert slices(run) > 2
    for _ in range(slices(run) - 1):
        assert next(work, "done") is None
        run.show("batch")  # what is looked at in between makes no difference
    with pytest.raises(StopIteration) as end:
        next(work)
    loss, accuracy = end.value.value
    assert (loss, accuracy) == run.trainer.evaluate(held_out)
    logits = run.model.predict(run.dataset.inputs[held_out].astype(np.float32))
    assert accuracy == (logits.argmax(axis=1) == run.dataset.targets[held_out]).mean()


def test_each_call_makes_one_step_or_one_slice_once_its_time_is_over() -> None:
    run = make()
    assert [len(run.advance(1, AT_ONCE)), run.is_measuring] == [1, False]
    assert [len(run.advance(1, AT_ONCE)), run.is_measuring] == [1, True]
    for left in reversed(range(slices(run))):
        assert len(run.advance(1, AT_ONCE)) == 0
        assert (run.trainer.step, run.is_measuring, len(run.epochs.rows)) == (2, left > 0, int(left == 0))
    assert [len(run.advance(1, AT_ONCE)), run.is_measuring] == [1, False]


@pytest.mark.parametrize("kept", [False, True])
def test_slices_of_any_length_come_to_the_same(kept: bool) -> None:
    """Up to the stop after the second epoch and what is measured then; also if it is saved and comes back each time."""
    one, other = make(), make()
    other.advance(99)
    assert other.stopped
    calls = 0
    while not one.stopped or one.is_measuring:
        one.advance(1, AT_ONCE)
        calls += 1
        if kept and calls % 4 == 0:
            again = from_record(from_bytes(to_bytes(to_record(one))))
            assert again.is_measuring == one.is_measuring
            finish_measuring(again)
            one = again
    assert snapshot(one) == snapshot(other)
    if not kept:
        assert calls == 4 + 2 * slices(one) + (slices(one) + 1)  # steps; two ends of epochs; both sets where it stopped


def finish_measuring(run: TrainingRun) -> None:
    """What comes back begins anew with what it was measuring."""
    while run.is_measuring:
        run.advance(1, AT_ONCE)


def test_twins_are_measured_in_slices_too() -> None:
    def pair() -> list[TrainingRun]:
        run = make(stopping={})
        return [run, make_twin(run, {"batch_size": 14})]

    one, other = pair(), pair()
    while one[0].trainer.step < 7:
        measuring, before = any(run.is_measuring for run in one), [run.trainer.step for run in one]
        steps = advance_together(one, 7 - before[0], AT_ONCE)
        # Without a step it was spent on measuring, and there is more to measure.
        assert steps == int(not measuring or not any(run.is_measuring for run in one))
        assert [run.trainer.step for run in one] == [step + steps for step in before]
    advance_together(other, 7)
    for run, same in zip(one, other, strict=True):
        run.finish_measuring()
        assert {**snapshot(run), "twin_group": ""} == {**snapshot(same), "twin_group": ""}


def measuring() -> TrainingRun:
    run = make()
    run.advance(2, AT_ONCE)
    run.advance(1, AT_ONCE)
    assert run.is_measuring
    return run


@pytest.fixture(scope="module")
def first_epoch() -> tuple[float, ...]:
    """What is measured at the end of the first epoch of a run that is left alone."""
    run = make()
    run.advance(2)
    return run.epochs.rows[0][3:]


@pytest.mark.parametrize(
    "action",
    [
        lambda run: run.train("sample"),
        lambda run: run.train("batch"),
        lambda run: run.configure(loss_type="mse"),
        lambda run: run.configure_stopping(monitor="train_loss"),
        lambda run: run.restore_best(),
        lambda run: run.restore_first(),
        lambda run: run.measure(),
    ],
    ids=["sample", "batch", "loss", "stopping", "best", "first", "measure"],
)
def test_what_would_change_the_outcome_waits_until_all_is_measured(action: Any, first_epoch: tuple[float, ...]) -> None:
    run = measuring()
    action(run)
    assert not run.is_measuring
    assert run.epochs.rows[0][3:] == first_epoch


def test_a_reset_forgets_what_was_to_be_measured() -> None:
    run = measuring()
    run.reset()
    assert not run.is_measuring
    assert len(run.advance(1)) == 1


def test_through_the_session_metrics_come_when_they_are_measured() -> None:
    session = Session()
    session.create_run(config={**CONFIG, "stopping": {}})
    run_id = session.runs()[-1]["id"]
    frame = session.advance(id=run_id, steps=1, max_ms=0.1, metrics=True)
    assert (frame["measuring"], frame["metrics"], frame["slice_steps"]) == (True, None, 1)
    while frame["metrics"] is None:
        frame = session.advance(id=run_id, steps=1, max_ms=0.1)
        assert frame["slice_steps"] == int(frame["metrics"] is not None)
    assert frame["metrics"]["step"] == 1
    at_once = session.advance(id=run_id, steps=1, metrics=True)
    assert (at_once["measuring"], at_once["metrics"]["step"]) == (False, 3)


@pytest.mark.slow
@pytest.mark.parametrize("twins", [0, 2])
@pytest.mark.parametrize("stopping", [{}, {"max_epochs": 3}])
def test_without_a_step_there_is_more_to_measure_or_all_have_stopped(twins: int, stopping: dict[str, int]) -> None:
    """Whenever the time of a call is over: also as the last of its measuring ends."""
    session = Session()
    session.create_run(config={**CONFIG, "stopping": stopping})
    run_id = session.runs()[-1]["id"]
    for i in range(twins):
        session.twin_run(id=run_id, changes={"learning_rate": 0.02 + i})
    frame = {"ended": False}
    asked = 0
    while not frame["ended"] and asked < (400 if stopping else 80):
        frame = session.advance(id=run_id, steps=3, max_ms=0.1, twins=True, metrics=asked in {5, 30})
        asked += 1
        assert frame["slice_steps"] > 0 or frame["measuring"] or frame["ended"]
        assert not frame["ended"] or frame["stopped"]["sentence"]
    assert frame["ended"] == bool(stopping)
    if stopping:
        assert session.advance(id=run_id, steps=3, twins=True)["ended"]
        assert not session.advance(id=run_id, steps=1, twins=True, go_on=True)["ended"]
