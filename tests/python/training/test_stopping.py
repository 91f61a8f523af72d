"""Stopping: Keras's rule, simulated by hand; targets, limits and divergence; the best weights, to the last bit."""

import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.files.run_file import from_bytes, to_bytes
from backprop.runs.config import RunConfig, all_limits
from backprop.runs.record import from_record, to_record
from backprop.runs.run import TrainingRun
from backprop.runs.twins import advance_together, make_twin
from backprop.session import Session
from backprop.training.epochs import METRICS, EpochMetrics
from backprop.training.stop import MAX_STOPS, Stop, with_stop
from backprop.training.stopping import MONITORS, EarlyStopping, StoppingConfig


def keras(
    values: list[float], monitor: str, mode: str, patience: int, delta: float, start: int
) -> tuple[int | None, int | None]:
    """Keras 3's `EarlyStopping.on_epoch_end` as its source says it, epoch by epoch from 0.

    Returns the epoch at which it stops, None if it never does, and the one whose weights it restores then.
    """
    less = mode == "min" or (mode == "auto" and not monitor.endswith("accuracy"))
    min_delta = -delta if less else delta
    best, wait, best_epoch = None, 0, None
    for epoch, current in enumerate(values):
        if epoch < start:
            continue
        wait += 1
        better = best is None or (current - min_delta < best if less else current - min_delta > best)
        if better:
            best, wait, best_epoch = current, 0, epoch
            continue
        if wait >= patience and epoch > 0:
            return epoch, best_epoch
    return None, best_epoch


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
    stopper, stopped, weights = EarlyStopping(), None, np.zeros(1)
    for epoch, value in enumerate(values):
        metrics = EpochMetrics(9.0, 9.0, 9.0, 9.0)._replace(**{monitor: value})
        weights[:] = epoch  # the same array, as a model's is
        if stopper.on_epoch_end(config, epoch + 1, metrics, step=3 * epoch, parameters=weights):
            stopped = epoch
            break
    expected, best_epoch = keras(values, monitor, mode, patience, delta, start)
    assert stopped == expected
    assert (stopper.best is None) == (best_epoch is None)
    if stopper.best and best_epoch is not None:
        assert stopper.best.value == values[best_epoch]
        assert stopper.best.step == 3 * best_epoch
        assert stopper.best.parameters == [best_epoch]


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


def ends_of(run: TrainingRun, steps: int) -> list[tuple[float, int, Any]]:
    """Held-out loss, step and parameters at the end of each epoch of a run that nothing stops."""
    ends = []
    while run.trainer.step < steps:
        run.train("epoch")
        ends.append((run.epochs.rows[-1].held_out_loss, run.trainer.step, run.model.parameters.copy()))
    return ends


@pytest.mark.parametrize(
    ("start", "delta"), [(0, 1e-4), (0, 0.0), (20, 1e-4), (0, 0.1), (12, 0.02)], ids=lambda value: f"{value:g}"
)
def test_early_stopping_goes_back_to_its_best_weights_to_the_last_bit(start: int, delta: float) -> None:
    run, free = make({**EARLY, "start_from_epoch": start, "min_delta": delta}, **OVERFITTING), make({}, **OVERFITTING)
    assert len(run.advance(5000)) < 5000
    stop = run.stopped
    assert stop
    assert (stop.reason, stop.step, stop.limit) == ("early_stopping", run.trainer.step, 3)
    ends = ends_of(free, stop.step)
    stopped_at, best = keras([loss for loss, *_ in ends], "held_out_loss", "auto", 3, delta, start)
    assert stopped_at == len(ends) - 1
    assert best is not None
    assert best >= start
    loss, step, parameters = ends[best]
    assert (stop.best_step, stop.best_value, stop.restored) == (step, loss, True)
    assert np.array_equal(run.model.parameters, parameters)
    assert f"was {loss:.5g}, at step {step:,}; the weights of that step were restored." in stop.sentence
    assert (" by more than" in stop.sentence) == (delta > 0)
    assert run.metrics
    assert run.metrics.held_out_loss == pytest.approx(loss, rel=1e-12)
    # The star is the best of all epochs, whatever counts for early stopping.
    assert run.best
    assert run.best.step == min(ends, key=lambda end: end[0])[1]


def test_the_best_of_a_warm_up_is_not_restored() -> None:
    run = make({**EARLY, "start_from_epoch": 20}, **OVERFITTING)
    run.advance(5000)
    assert run.best
    assert run.stopped
    assert run.best.step <= 20 * 5 < int(run.stopped.best_step or 0)


@pytest.mark.parametrize(
    ("stopping", "reason"), [({"max_epochs": 12}, "max_epochs"), ({"target": 1e9, "monitor": "train_loss"}, "target")]
)
def test_whatever_ends_training_early_stopping_goes_back_to_its_best(stopping: dict[str, Any], reason: str) -> None:
    rules = {**EARLY, "patience": 100, "min_delta": 0.02, **stopping}
    run = make(rules, **OVERFITTING)
    if reason == "target":
        run = make({**rules, "target": None}, **OVERFITTING)
        run.advance(60)
        run.configure_stopping(target=1e9)
    run.advance(5000)
    stop = run.stopped
    assert stop
    assert (stop.reason, stop.restored) == (reason, True)
    assert stop.best_step
    assert stop.best_step < stop.step
    free = make({}, **OVERFITTING)
    free.advance(stop.best_step)
    assert np.array_equal(run.model.parameters, free.model.parameters)
    assert f"at step {stop.best_step}; the weights of that step were restored." in stop.sentence
    off = make({**stopping, "early_stopping": False}, **OVERFITTING)
    off.advance(5000)
    assert off.stopped
    assert not off.stopped.restored
    assert "restored" not in off.stopped.sentence


def test_what_is_best_stays_so_when_a_stopped_run_goes_on() -> None:
    run = make(EARLY, **OVERFITTING)
    run.advance(5000)
    first = run.stopped
    assert first
    run.configure(learning_rate=1e-9)  # nothing is better than it was any more
    run.resume()
    assert len(run.advance(5000)) == 15
    second = run.stopped
    assert second
    assert (second.best_step, second.best_value) == (first.best_step, first.best_value)
    assert second.step == first.step + 15
    assert f"was {first.best_value:.5g}, at step {first.best_step}; the weights" in second.sentence


def test_patience_begins_when_early_stopping_is_turned_on() -> None:
    run = make({"patience": 3}, **OVERFITTING)
    run.advance(300)
    assert (run.early_stopping.wait, run.early_stopping.best) == (0, None)
    run.configure_stopping(early_stopping=True)
    assert len(run.advance(15)) == 15  # of three epochs the first is the best yet
    assert run.stopped is None or run.stopped.step >= 315
    run.advance(5000)
    assert run.stopped
    assert run.stopped.best_step
    assert run.stopped.best_step > 300
    assert run.best
    assert run.best.step < 300


@pytest.mark.parametrize("changes", [{"early_stopping": False}, {"monitor": "train_loss"}, {"start_from_epoch": 9}])
def test_patience_begins_anew_where_what_counts_is_changed(changes: dict[str, Any]) -> None:
    run = make({**EARLY, "patience": 1000}, **OVERFITTING)
    run.advance(200)
    assert run.early_stopping.wait > 0
    run.configure_stopping(patience=900, min_delta=0.0, restore_best_weights=False)
    assert run.early_stopping.best
    run.configure_stopping(**changes)
    assert (run.early_stopping.wait, run.early_stopping.best) == (0, None)


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
    run.resume()
    assert (run.stopped, run.early_stopping.wait) == (None, 0)
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
    run.resume()
    assert len(run.advance(5)) == 5  # it is still there, which is no reason to stop again


def test_it_stops_after_so_many_epochs_once() -> None:
    run = make({"max_epochs": 7})
    assert len(run.advance(1000)) == 35
    assert run.stopped
    assert run.stopped.sentence == "Stopped after 7 epochs (maximum 7)."
    run.resume()
    assert len(run.advance(50)) == 50
    run.configure_stopping(max_epochs=20)
    assert len(run.advance(100)) == 15


LINEAR = {"hidden_dims": [8, 8], "activation": "identity"}


def linear(dtype: str = "float64", **trainer: Any) -> TrainingRun:
    return TrainingRun(RunConfig.from_dict({"model": {**LINEAR, "dtype": dtype}, "trainer": trainer}))


def in_order(run: TrainingRun) -> list[tuple[str, Any]]:
    """All that a step of momentum computes, in the order of the formulas."""
    layers, backward = run.model.layers, []
    forward = [
        (f"layers/{k}/{kind}", getattr(layers[k], kind))
        for k in range(3)
        for kind in ("pre_activations", "activations")
    ]
    for k in (2, 1, 0):
        kinds = ("grad_activations", "grad_pre_activations", "grad_weights", "grad_biases")
        backward += [(f"layers/{k}/{kind}", getattr(layers[k], kind)) for kind in kinds]
    return [*forward, ("loss", run.trainer.batch_loss), *backward]


@pytest.mark.parametrize("rate", [3.0, 1000.0])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", ["sgd", "momentum"])
@pytest.mark.parametrize("loss_type", ["mse", "cross_entropy"])
def test_a_run_that_diverges_stops_with_its_last_finite_weights(
    dtype: str, optimizer: str, loss_type: str, rate: float
) -> None:
    run = linear(dtype, learning_rate=rate, loss_type=loss_type, optimizer=optimizer)
    losses = run.advance(1000)
    stop = run.stopped
    assert stop
    assert stop.reason == "diverged"
    assert np.isfinite(losses).all()
    assert np.isfinite(run.model.parameters).all()
    assert all(np.isfinite(vector).all() for vector in run.trainer.optimizer.state.values())
    assert run.trainer.step == len(losses) == stop.step
    assert f"Diverged: step {stop.step + 1:,} was not made" in stop.sentence
    assert stop.sentence.endswith("The run has kept its last finite weights.")
    assert not run.updated
    loaded = from_record(to_record(run))
    assert snapshot(loaded) == snapshot(run)
    assert repr(loaded.advance(1)) == repr(run.advance(1))
    # The pass on screen is the one in which it went wrong, and its first number that did is named.
    wrong = [name for name, values in in_order(run) if not np.isfinite(values).all()]
    if stop.tensor_step == stop.step + 1:
        assert stop.tensor == wrong[0]
    else:
        assert (stop.tensor_step, stop.tensor in wrong[:1] or "velocity" in str(stop.tensor)) == (stop.step, True)


@pytest.mark.parametrize(("dtype", "rate"), [("float32", 3.0), ("float64", 1000.0)])
def test_a_square_that_overflows_is_the_loss_and_no_gradient(dtype: str, rate: float) -> None:
    run = linear(dtype, learning_rate=rate, loss_type="mse")
    run.advance(1000)
    assert run.stopped
    assert np.isfinite(run.model.layers[-1].pre_activations).all()
    assert not np.isfinite(run.model.gradients).all()
    assert (run.stopped.tensor, run.stopped.tensor_step) == ("loss", run.stopped.step + 1)
    assert "The first non-finite number is in the loss." in run.stopped.sentence


def test_adam_takes_steps_of_a_size_of_its_own_and_does_not_diverge() -> None:
    run = linear("float32", learning_rate=1000.0, loss_type="mse", optimizer="adam")
    assert len(run.advance(300)) == 300


@pytest.mark.parametrize(("decay", "tensor"), [(0.0, "layers/2/velocity_biases"), (10.0, "layers/0/weights")])
def test_what_an_update_spoils_is_named_in_the_order_in_which_it_is_computed(decay: float, tensor: str) -> None:
    """Decay shrinks the parameters, or blows them up; then the velocity; then the parameters move."""
    run = linear(learning_rate=1.0, optimizer="momentum")
    run.advance(3)
    run.configure(weight_decay=decay)
    run.model.parameters[:] = 0
    run.model.parameters[0] = 1e308  # nothing that follows lets it through to the loss
    run.trainer.optimizer.state["velocity"][-1] = 1.5e308
    run.trainer.optimizer.momentum = 2.0
    run.advance(1)
    assert run.stopped is None
    run.advance(1)
    assert run.stopped
    assert (run.stopped.tensor, run.stopped.tensor_step) == (tensor, 4)
    assert np.isfinite(run.model.parameters).all()
    assert np.isfinite(run.trainer.optimizer.state["velocity"]).all()


def test_numbers_that_were_not_finite_before_are_said_to_be_older() -> None:
    run = linear(learning_rate=0.1, optimizer="adam", loss_type="mse")
    run.advance(3)
    # Its weight would not move any more, and nothing else would follow: every loss stays finite.
    for state in (run.trainer.optimizer.state, run.trainer.snapshot.state):
        state["second_moment"][0] = math.inf
    assert len(run.advance(3)) == 0
    assert run.stopped
    assert (run.stopped.tensor, run.stopped.tensor_step) == ("layers/0/second_moment_weights", None)
    sentence = "layers/0/second_moment_weights has not been finite since an earlier step. The run"
    assert sentence in run.stopped.sentence
    assert from_record(from_bytes(to_bytes(to_record(run)))).stopped == run.stopped
    run.resume()
    assert len(run.advance(3)) == 3  # the optimizer has begun anew


@pytest.mark.parametrize("activation", ["identity", "relu"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_no_step_is_made_from_numbers_that_are_not_finite(optimizer: str, dtype: str, activation: str) -> None:
    """Also where the loss hides them: behind a unit of ReLU, in a second moment, in the row of an absent token."""
    for rate, weight_decay in ((1000.0, 0.0), (1000.0, 1.0), (30.0, 0.0)):
        config = {
            "dataset": {"num_samples": 40, "encoding": "embedding"},
            "model": {"activation": activation, "dtype": dtype},
            "trainer": {
                "loss_type": "mse",
                "learning_rate": rate,
                "weight_decay": weight_decay,
                "optimizer": optimizer,
            },
        }
        run = TrainingRun(RunConfig.from_dict(config))
        for _ in range(400):
            step = run.trainer.step
            finite = [np.isfinite(v).all() for v in (run.model.parameters, *run.trainer.optimizer.state.values())]
            run.advance(1)
            assert all(finite) == (run.trainer.step > step) or run.stopped
            if run.stopped:
                break
        assert np.isfinite(run.model.parameters).all()
        assert all(np.isfinite(vector).all() for vector in run.trainer.optimizer.state.values()) or not run.stopped


def test_a_second_moment_that_overflows_is_found_in_the_next_step_and_named() -> None:
    config = {
        "model": {"activation": "identity"},
        "trainer": {"loss_type": "mse", "learning_rate": 1000, "optimizer": "adam"},
    }
    run = TrainingRun(RunConfig.from_dict(config))
    run.advance(5000)
    assert run.stopped
    assert "second_moment" in str(run.stopped.tensor)
    assert (run.stopped.tensor_step, run.stopped.step) == (run.trainer.step, run.trainer.step)
    assert np.isfinite(run.trainer.optimizer.state["second_moment"]).all()
    assert str(run.stopped.tensor) in run.stopped.sentence


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
@pytest.mark.parametrize("activation", ["relu", "gelu", "silu"])
def test_a_parameter_that_the_loss_does_not_see_is_found(activation: str, optimizer: str) -> None:
    """Its unit is 0 for every sample; and a token that no sample has."""
    trainer = {"optimizer": optimizer}
    run = TrainingRun(RunConfig.from_dict({"model": {"activation": activation}, "trainer": trainer}))
    run.advance(3)
    run.model.named_parameters()["layers/0/biases"][1] = -math.inf
    assert math.isfinite(run.show("batch"))
    assert len(run.advance(3)) == 0
    assert run.stopped
    assert run.stopped.tensor == "layers/0/biases"
    data = {"encoding": "embedding", "master_sequences": [list("abca")], "sequence_length": 3}
    run = TrainingRun(RunConfig.from_dict({"dataset": data, "trainer": trainer}))
    run.advance(3)
    run.model.named_parameters()["embedding/weights"][3] = math.nan  # of the token d
    assert math.isfinite(run.show("batch"))
    assert len(run.advance(3)) == 0
    assert run.stopped
    assert run.stopped.tensor == "embedding/weights"


def test_numbers_whose_squares_are_too_large_are_finite_all_the_same() -> None:
    run = linear("float32", learning_rate=1e-9)
    run.model.parameters[0] = 3e38
    run.trainer.advance(2)
    assert run.trainer.divergence is None or run.trainer.divergence.tensor != "layers/0/weights"


def without_last_update(record: dict[str, Any]) -> dict[str, Any]:
    """The record as it was written before the update was kept that had spoiled the weights."""
    del record["last_update"]
    return record


@pytest.mark.parametrize("has_best", [False, True])
def test_where_the_last_finite_weights_are_lost_the_sentence_says_which_are_there(has_best: bool) -> None:
    run = linear(learning_rate=0.1, optimizer="momentum", batch_size=16)
    run.advance(7 if has_best else 3)
    best = run.best and run.best.parameters
    run.model.parameters[0] = math.inf  # as the last update might have left it
    run.trainer.optimizer.state["velocity"][0] = math.inf
    run.show("batch")
    loaded = from_record(without_last_update(from_bytes(to_bytes(to_record(run)))))
    assert len(loaded.advance(9)) == 0
    stop = loaded.stopped
    assert stop
    assert (stop.restored, stop.best_step) == (True, 5 if has_best else None)
    which = "best weights, of step 5," if has_best else "initial weights"
    assert stop.sentence.endswith(
        f"Its last finite weights are no longer known; the {which} were restored. "
        "The optimizer's state was reset to zero."
    )
    assert np.array_equal(loaded.model.parameters, best if best is not None else loaded.initial_parameters)
    assert from_record(to_record(loaded)).stopped == stop
    loaded.resume()
    assert len(loaded.advance(9)) == 9  # the optimizer has forgotten what was infinite


def test_only_the_first_weights_come_back() -> None:
    session = Session()
    session.create_run(config={"trainer": {"learning_rate": 0.3}})
    run = session._runs.active
    session.train_batch()
    session.train_batch()
    session.trainer_config(learning_rate=0.2)
    before = run.trainer.to_state()
    [*_, summary] = session.restore_first(id=run.id)
    assert np.array_equal(run.model.parameters, run.initial_parameters)
    assert (summary["step"], len(run.history)) == (2, 2)
    assert [(mark["field"], mark["to"]) for mark in summary["marks"]] == [("learning_rate", 0.2), ("weights", "first")]
    assert repr(run.trainer.to_state()) == repr(before)


def test_the_plain_optimizer_does_diverge() -> None:
    run = make(learning_rate=1000.0, loss_type="mse")
    run.advance(1000)
    assert run.stopped
    assert run.stopped.reason == "diverged"
    run.configure(learning_rate=1e-9)
    run.reset()
    assert run.stopped is None
    assert len(run.advance(100)) == 100


def test_stops_from_which_a_run_went_on_are_kept() -> None:
    run = make({"max_epochs": 2})
    run.advance(100)
    run.configure_stopping(max_epochs=5)
    run.train("epoch")
    assert [(stop.step, stop.epoch) for stop in run.all_stops] == [(10, 2.0)]
    run.resume()  # it stands at no stop
    run.advance(100)
    assert run.stopped
    assert [stop.sentence for stop in run.all_stops] == [
        "Stopped after 2 epochs (maximum 2).",
        "Stopped after 5 epochs (maximum 5).",
    ]
    session = Session()
    session.create_run(config={"stopping": {"max_epochs": 1}})
    session.train_epoch()
    session.train_epoch()
    [flag] = session.runs()[-1]["stops"]
    assert flag == {
        "step": 8,
        "epoch": 1.0,
        "restored": False,
        "reason": "max_epochs",
        "sentence": "Stopped after 1 epoch (maximum 1).",
    }
    run.reset()
    assert run.all_stops == []


def test_a_run_that_stops_again_before_it_has_come_further_has_one_stop() -> None:
    stops: list[Stop] = []
    for step, reason in ((3, "target"), (5, "target"), (5, "diverged"), (5, "target"), (5, "diverged")):
        stops = with_stop(stops, Stop(reason, step, 1.0))
    assert [(stop.step, stop.reason) for stop in stops] == [(3, "target"), (5, "target"), (5, "diverged")]


def test_of_very_many_stops_the_newest_are_kept() -> None:
    stops: list[Stop] = []
    for step in range(1, MAX_STOPS + 11):
        stops = with_stop(stops, Stop("max_epochs", step, 1.0, limit=1.0))
    assert [stop.step for stop in stops] == list(range(11, MAX_STOPS + 11))


def test_another_metric_begins_anew() -> None:
    run = make(learning_rate=0.3)
    run.advance(50)
    assert run.best
    assert run.best_value == run.best.metrics.held_out_loss
    run.configure_stopping(monitor="train_accuracy")
    assert run.best is None
    run.train("epoch")
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
        ({"monitor": "loss"}, f"monitor must be one of {', '.join(MONITORS)}, got 'loss'"),
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
    assert set(all_limits()) >= {"patience", "min_delta", "target", "max_epochs", "start_from_epoch"}


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
    run.resume()
    twin.resume()
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
    with pytest.raises(ValueError, match=r"^best weights are not available yet"):
        session.restore_best(id=session.runs()[-1]["id"])


def test_the_confusion_matrix_counts_every_sample() -> None:
    session = Session()
    session.create_run(config={"dataset": {"task": "classification"}})
    session.advance(id=session.runs()[-1]["id"], steps=30)
    answer, run = session.confusion(), session._runs.active
    for name, samples in (("train", run.dataset.train), ("held_out", run.dataset.held_out)):
        counts = np.zeros((3, 3), int)
        for index in samples:
            logits = run.model.predict(run.dataset.inputs[index : index + 1])[0]
            counts[run.dataset.targets[index], int(np.argmax(logits))] += 1
        assert answer[name].reshape(3, 3).tolist() == counts.tolist()
    assert answer["labels"] == ["M1", "M2", "M3"]
    metrics = run.measure()
    assert np.trace(answer["train"].reshape(3, 3)) / len(run.dataset.train) == pytest.approx(metrics.accuracy)


@pytest.mark.parametrize("way", ["restore_best", "restore_first"])
@pytest.mark.parametrize("optimizer", ["momentum", "adam"])
def test_a_way_back_after_a_divergence_leaves_nothing_of_it_in_the_optimizer(optimizer: str, way: str) -> None:
    run = linear(learning_rate=0.1, optimizer=optimizer, batch_size=16)
    run.advance(7)
    run.trainer.optimizer.state["velocity" if optimizer == "momentum" else "first_moment"][:] = 1e22
    getattr(run, way)()
    assert not run.trainer.optimizer.has_state
    assert run.trainer.optimizer.t == 0
    run.configure(learning_rate=0.001)
    losses = run.advance(100)
    assert len(losses) == 100
    assert losses.max() < 10


def test_a_stop_that_restores_says_what_the_weights_have_and_that_the_optimizer_begins_at_zero() -> None:
    """With the whole set as one batch the loss of an epoch is that before its update."""
    rules = {**EARLY, "monitor": "train_loss"}
    run = TrainingRun(
        RunConfig.from_dict(
            {"stopping": rules, "trainer": {"learning_rate": 0.5, "batch_size": 80, "optimizer": "momentum"}}
        )
    )
    run.configure_stopping(min_delta=0.0)
    run.advance(5000)
    stop = run.stopped
    assert stop
    assert (stop.reason, stop.restored, stop.optimizer_reset) == ("early_stopping", True, True)
    loss = run.trainer.evaluate()[0]
    assert stop.restored_value == loss != stop.best_value
    assert stop.sentence.endswith(
        f"With these weights the train loss is {loss:.5g}. The optimizer's state was reset to zero."
    )
    assert from_record(from_bytes(to_bytes(to_record(run)))).stopped == stop
