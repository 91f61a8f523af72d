"""Stopping: Keras's rule, simulated by hand; targets, limits and divergence; the best weights, to the last bit."""

import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.epochs import METRICS, EpochMetrics
from backprop.limits import LIMITS
from backprop.record import from_record, to_record
from backprop.run_config import RunConfig
from backprop.runfile import from_bytes, to_bytes
from backprop.session import Session
from backprop.stopping import Stopper, StoppingConfig
from backprop.training_run import TrainingRun
from backprop.twins import advance_together, make_twin


def keras_stops_at(values: list[float], monitor: str, mode: str, patience: int, delta: float, start: int) -> int | None:
    """Keras 3's `EarlyStopping.on_epoch_end` as its source says it, epoch by epoch from 0; None if it never stops."""
    less = mode == "min" or (mode == "auto" and not monitor.endswith("accuracy"))
    min_delta = -delta if less else delta
    best, wait = None, 0
    for epoch, current in enumerate(values):
        if epoch < start:
            continue
        wait += 1
        better = best is None or (current - min_delta < best if less else current - min_delta > best)
        if better:
            best, wait = current, 0
            continue
        if wait >= patience and epoch > 0:
            return epoch
    return None


@given(
    st.lists(st.one_of(st.floats(0, 2), st.sampled_from([0.5, 0.5001, 0.50005, 0.4999])), min_size=1, max_size=60),
    st.sampled_from(METRICS),
    st.sampled_from(["auto", "min", "max"]),
    st.integers(0, 6),
    st.sampled_from([0.0, 1e-4, 0.1]),
    st.integers(0, 8),
)
def test_early_stopping_is_keras_rule(
    values: list[float], monitor: str, mode: str, patience: int, delta: float, start: int
) -> None:
    config = StoppingConfig(
        early_stopping=True, monitor=monitor, mode=mode, patience=patience, min_delta=delta, start_from_epoch=start
    )
    stopper, stopped = Stopper(), None
    for epoch, value in enumerate(values):
        metrics = EpochMetrics(9.0, 9.0, 9.0, 9.0)._replace(**{monitor: value})
        if stopper.epoch_ended(config, epoch + 1, metrics):
            stopped = epoch
            break
    assert stopped == keras_stops_at(values, monitor, mode, patience, delta, start)


def make(stopping: dict[str, Any] | None = None, **trainer: Any) -> TrainingRun:
    return TrainingRun(
        RunConfig.from_dict(
            {
                "model": {"hidden_dims": [6], "dtype": "float64"},
                "trainer": {"batch_size": 16, **trainer},
                "stopping": stopping or {},
            }
        )
    )


OVERFITTING = {"learning_rate": 3.0, "seed": 3}  # the held-out loss falls, then rises
EARLY = {"early_stopping": True, "patience": 3}


def snapshot(run: TrainingRun) -> Any:
    """All of a run but its wall times."""
    record = to_record(run)
    timed = {"seconds", "epoch_ms", "epoch_began", "recent_seconds", "id", "created"}

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: plain(item) for name, item in value.items() if name not in timed}
        return value.tobytes() if isinstance(value, np.ndarray) else repr(value)

    return plain(record)


def test_early_stopping_goes_back_to_the_best_weights_to_the_last_bit() -> None:
    run, free = make(EARLY, **OVERFITTING), make({"early_stopping": False}, **OVERFITTING)
    assert len(run.advance(5000)) < 5000
    stop = run.stopped
    assert stop
    assert (stop.reason, stop.step, stop.limit) == ("early_stopping", run.trainer.step, 3)
    ends = []
    while free.trainer.step < run.trainer.step:
        free.train_epoch()
        ends.append((free.epochs.rows[-1].held_out_loss, free.trainer.step, free.model.parameters.copy()))
    losses = [loss for loss, *_ in ends]
    stopped_at = keras_stops_at(losses, "held_out_loss", "auto", 3, 1e-4, 0)
    assert stopped_at == len(ends) - 1
    _, step, parameters = min(ends, key=lambda end: end[0])
    assert run.best
    assert run.best.step == stop.best_step == step < run.trainer.step
    assert np.array_equal(run.model.parameters, parameters)
    assert f"The weights of step {step:,} are restored." in stop.sentence
    assert run.metrics
    assert run.metrics.held_out_loss == pytest.approx(min(losses), rel=1e-12)


def test_without_restoring_the_last_weights_stay() -> None:
    run = make({**EARLY, "restore_best_weights": False}, **OVERFITTING)
    free = make({}, **OVERFITTING)
    run.advance(5000)
    free.advance(run.trainer.step)
    assert run.stopped
    assert np.array_equal(run.model.parameters, free.model.parameters)
    assert run.best
    run.restore_best()
    assert np.array_equal(run.model.parameters, run.best.parameters)


@given(st.lists(st.integers(1, 60), min_size=1, max_size=6), st.booleans())
def test_slices_and_records_make_no_difference_with_stops_too(parts: list[int], kept: bool) -> None:
    """100 steps twice are 200 at once, wherever it stops, and a run saved in mid-patience goes on bit for bit."""
    one, other = make(EARLY, **OVERFITTING), make(EARLY, **OVERFITTING)
    other.advance(sum(parts))
    for steps in parts:
        one.advance(steps)
        if kept:
            one = from_record(from_bytes(to_bytes(to_record(one))))
    assert snapshot(one) == snapshot(other)


def test_a_stopped_run_does_nothing_until_it_is_let_go_on() -> None:
    run = make(EARLY, **OVERFITTING)
    run.advance(5000)
    before, step = snapshot(run), run.trainer.step
    assert len(run.advance(100)) == 0
    assert snapshot(run) == before
    run.go_on()
    assert (run.stopped, run.stopper.wait) == (None, 0)
    assert len(run.advance(15)) == 15  # three epochs of patience
    assert run.trainer.step == step + 15


@pytest.mark.parametrize(
    ("stopping", "reached"),
    [
        ({"target": 0.5, "monitor": "train_loss"}, lambda row: row.train_loss <= 0.5),
        ({"target": 0.8, "monitor": "held_out_accuracy"}, lambda row: row.held_out_accuracy >= 0.8),
        ({"target": 0.7, "monitor": "train_accuracy"}, lambda row: row.train_accuracy >= 0.7),
    ],
)
def test_a_target_stops_at_the_first_epoch_that_reaches_it(stopping: dict[str, Any], reached: Any) -> None:
    run = make(stopping, learning_rate=0.3)
    run.advance(5000)
    assert run.stopped
    assert run.stopped.reason == "target"
    assert [reached(row) for row in run.epochs.rows] == [False] * (len(run.epochs.rows) - 1) + [True]
    run.go_on()
    assert len(run.advance(5)) == 5  # it is still there, which is no reason to stop again


def test_it_stops_after_so_many_epochs_once() -> None:
    run = make({"max_epochs": 7})
    assert len(run.advance(1000)) == 35
    assert run.stopped
    assert run.stopped.sentence == "Stopped after 7 epochs: 7 were to be trained."
    run.go_on()
    assert len(run.advance(50)) == 50
    run.configure_stopping(max_epochs=20)
    assert len(run.advance(100)) == 15


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
@pytest.mark.parametrize("loss_type", ["mse", "cross_entropy"])
def test_a_run_that_diverges_stops_with_its_last_finite_weights(dtype: str, optimizer: str, loss_type: str) -> None:
    config = {
        "model": {"hidden_dims": [8, 8], "activation": "identity", "dtype": dtype},
        "trainer": {"learning_rate": 1000.0, "loss_type": loss_type, "optimizer": optimizer},
    }
    run = TrainingRun(RunConfig.from_dict(config))
    losses = run.advance(20_000)
    if not run.stopped:
        return  # Adam's steps have a size of their own: it need not diverge
    stop = run.stopped
    assert stop.reason == "diverged"
    assert np.isfinite(losses).all()
    assert np.isfinite(run.model.parameters).all()
    assert all(np.isfinite(vector).all() for vector in run.trainer.optimizer.state.values())
    assert run.trainer.step == len(losses) == stop.step
    assert stop.tensor_step in {stop.step, stop.step + 1}
    assert f"the loss of step {stop.step + 1:,} is not a finite number" in stop.sentence
    assert not run.updated
    loaded = from_record(to_record(run))
    assert snapshot(loaded) == snapshot(run)
    assert repr(loaded.advance(1)) == repr(run.advance(1))
    if stop.tensor != "loss" and stop.tensor_step == stop.step + 1:
        name = str(stop.tensor)
        layer, kind = run.model.layers[int(name.split("/")[1])], name.rsplit("/", maxsplit=1)[1]
        assert not np.isfinite(getattr(layer, kind)).all()
        for earlier in run.model.layers[: int(name.split("/")[1])]:
            assert np.isfinite(earlier.pre_activations).all()


def test_the_plain_optimizer_does_diverge() -> None:
    run = make(learning_rate=1000.0, loss_type="mse")
    run.advance(1000)
    assert run.stopped
    assert run.stopped.reason == "diverged"
    run.configure(learning_rate=1e-9)
    run.reset()
    assert run.stopped is None
    assert len(run.advance(100)) == 100


def test_another_metric_begins_anew() -> None:
    run = make(learning_rate=0.3)
    run.advance(50)
    assert run.best
    assert run.best_value == run.best.metrics.held_out_loss
    run.configure_stopping(monitor="train_accuracy")
    assert run.best is None
    run.train_epoch()
    assert run.best_value == run.epochs.rows[-1].train_accuracy
    run.configure_stopping(mode="max", patience=5)
    assert run.best is not None  # which is what auto meant


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"patience": -1}, "patience must be between 0 and 1,000,000, got -1"),
        ({"patience": 1.5}, "patience must be a whole number between"),
        ({"min_delta": -1e-9}, "min_delta must be a number between"),
        ({"min_delta": math.nan}, "min_delta must be a number between"),
        ({"monitor": "loss"}, f"monitor must be one of {', '.join(METRICS)}, got 'loss'"),
        ({"mode": "up"}, "mode must be one of auto, min, max, got 'up'"),
        ({"early_stopping": 1}, "early_stopping must be true or false, got 1"),
        ({"restore_best_weights": None}, "restore_best_weights must be true or false, got nothing"),
        ({"start_from_epoch": -1}, "start_from_epoch must be between"),
        ({"target": "low"}, "target must be a number between"),
        ({"max_epochs": 0}, "max_epochs must be between 1 and 1,000,000,000, got 0"),
        ({"baseline": 1}, "baseline must be one of the stopping settings: early_stopping"),
    ],
)
def test_a_refused_value_changes_nothing(changes: dict[str, Any], sentence: str) -> None:
    run = make()
    before = run.config
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}"):
        run.configure_stopping(**changes)
    assert run.config == before
    if "baseline" not in changes:
        with pytest.raises(ValueError, match=f"^stopping.{re.escape(sentence)}"):
            RunConfig.from_dict({"stopping": changes})


def test_nothing_held_out_cannot_be_monitored() -> None:
    with pytest.raises(ValueError, match=r"^stopping.monitor must be train_loss or train_accuracy where no sample"):
        RunConfig.from_dict({"dataset": {"held_out": 0}, "stopping": {"monitor": "held_out_loss"}})
    assert RunConfig.from_dict({"dataset": {"held_out": 0}}).stopping.monitor == "train_loss"
    assert set(LIMITS) >= {"patience", "min_delta", "target", "max_epochs", "start_from_epoch"}


@pytest.mark.parametrize("parts", [[400], [1] * 30 + [370], [97, 203, 100]])
def test_a_twin_that_has_stopped_waits_and_the_other_goes_on(parts: list[int]) -> None:
    run = make(EARLY, **OVERFITTING)
    twin = make_twin(run, {"learning_rate": 0.01})
    alone = make(EARLY, **OVERFITTING)
    alone.advance(400)
    for steps in parts:
        advance_together([run, twin], steps)
    assert run.trainer.step == alone.trainer.step < twin.trainer.step
    assert np.array_equal(run.model.parameters, alone.model.parameters)
    twin.configure_stopping(early_stopping=False)
    run.configure_stopping(early_stopping=False)
    run.go_on()
    twin.go_on()
    advance_together([run, twin], 1000)
    assert run.trainer.step == twin.trainer.step  # it has caught up


def test_through_the_session() -> None:
    session = Session()
    session.create_run(config={"stopping": {"max_epochs": 2}})
    run_id = session.runs()[-1]["id"]
    frame = session.advance(id=run_id, steps=100)
    assert (frame["step"], frame["slice_steps"], frame["stopped"]["reason"]) == (16, 16, "max_epochs")
    assert session.advance(id=run_id, steps=100)["slice_steps"] == 0
    assert session.advance(id=run_id, steps=10, go_on=True)["stopped"] is None
    best = session.runs()[-1]["best_step"]
    session.advance(id=run_id, steps=300)
    [*_, summary] = session.restore_best(id=run_id)
    assert summary["best_step"] >= best
    assert summary["metrics"]["held_out_loss"] == pytest.approx(summary["best_value"], rel=1e-6)
    session.create_run()
    with pytest.raises(ValueError, match=r"^best weights must be there"):
        session.restore_best(id=session.runs()[-1]["id"])


def test_the_confusion_matrix_counts_every_sample() -> None:
    session = Session()
    session.create_run(config={"dataset": {"task": "classification"}})
    session.advance(id=session.runs()[-1]["id"], steps=30)
    answer, run = session.confusion(), session._manager.active
    for name, samples in (("train", run.dataset.train), ("held_out", run.dataset.held_out)):
        counts = np.zeros((3, 3), int)
        for index in samples:
            logits = run.model.predict(run.dataset.inputs[index : index + 1])[0]
            counts[run.dataset.targets[index], int(np.argmax(logits))] += 1
        assert answer[name].reshape(3, 3).tolist() == counts.tolist()
    assert answer["labels"] == ["M1", "M2", "M3"]
    metrics = run.measure()
    assert np.trace(answer["train"].reshape(3, 3)) / len(run.dataset.train) == pytest.approx(metrics.accuracy)
