"""Smoothing against a plain loop over all steps: the same whatever is drawn, and never across a break."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from backprop.files.run_file import from_bytes, to_bytes
from backprop.monitor.history import History
from backprop.monitor.smoothing import smooth
from backprop.runs.config import RunConfig
from backprop.runs.record import from_record, to_record
from backprop.runs.run import TrainingRun
from backprop.session import Session

Losses = NDArray[np.float64]


def plain(losses: Losses, weight: float, breaks: set[int], stride: int = 1) -> list[float]:
    """TensorBoard's loop, from s = 0 again after each break; a value counts as `stride` steps."""
    found, average, count = [], 0.0, 0
    for index, loss in enumerate(losses):
        if index > 0 and any((index - 1) * stride < place <= index * stride for place in breaks):
            average, count = 0.0, 0
        if math.isfinite(loss):
            for _ in range(stride):
                average = weight * average + (1 - weight) * loss
                count += 1
        else:
            average, count = 0.0, 0  # the next loss begins a new average
        found.append(average / (1 - weight**count) if math.isfinite(loss) else loss)
    return found


def history_of(losses: Losses, breaks: set[int], max_points: int = 200_000) -> History:
    history, steps = History(max_points), np.arange(1.0, len(losses) + 1)
    history.extend(losses, steps * 0, steps, steps)
    for step in breaks:
        history.break_after(step)
    return history


@st.composite
def series(draw: st.DrawFn) -> tuple[Losses, set[int]]:
    losses = np.random.default_rng(draw(st.integers(0, 10**6))).lognormal(0, 3, draw(st.integers(1, 300)))
    for place in draw(st.lists(st.integers(0, 299), max_size=4)):
        losses[place : place + 1] = draw(st.sampled_from([math.inf, math.nan, 1e300, 1e25, 0.0]))
    return losses, draw(st.sets(st.integers(0, len(losses)), max_size=6))


@given(series(), st.sampled_from([0.0, 0.1, 0.6, 0.9, 0.99, 0.999]), st.integers(3, 400))
def test_it_equals_a_loop_over_all_steps_whatever_is_drawn(
    case: tuple[Losses, set[int]], weight: float, points: int
) -> None:
    losses, breaks = case
    history = history_of(losses, breaks)
    steps = history.curve(points).step
    expected = np.array(plain(losses, weight, breaks))[steps.astype(int) - 1]
    np.testing.assert_allclose(history.smoothed(steps, weight), expected, rtol=1e-11)


def test_a_huge_loss_is_remembered_as_long_as_it_counts() -> None:
    losses = np.array([1e300, *np.ones(300)])
    smoothed = smooth(losses, np.arange(1.0, 302), 0.1)
    np.testing.assert_allclose(smoothed, plain(losses, 0.1, set()), rtol=1e-11)


@given(series(), st.sampled_from([0.3, 0.6, 0.95]), st.data())
def test_what_follows_changes_no_bit_of_it(case: tuple[Losses, set[int]], weight: float, data: st.DataObject) -> None:
    losses, breaks = case
    length = data.draw(st.integers(1, len(losses)))
    whole = smooth(losses, np.arange(1.0, len(losses) + 1), weight, breaks)
    part = smooth(losses[:length], np.arange(1.0, length + 1), weight, {at for at in breaks if at <= length})
    assert part.tobytes() == whole[:length].tobytes()


def test_a_value_that_stands_for_several_steps_counts_as_often() -> None:
    losses = np.random.default_rng(1).random(100)
    history = history_of(losses, {50}, max_points=32)
    assert history.stride == 4
    steps = history.curve(100).step
    count = history.buckets.shape[1]
    expected = plain(history.buckets[3], 0.8, {50}, history.stride)
    np.testing.assert_allclose(history.smoothed(steps, 0.8)[:count], expected, rtol=1e-12)


@pytest.mark.slow
def test_other_runs_move_no_smoothed_line_and_a_duplicate_lies_on_its_original() -> None:
    session = Session()
    original = session.runs()[0]["id"]
    session.advance(id=original, steps=3000)
    [before] = session.loss_curves(smoothing=0.9)
    for _ in range(20):
        session.create_run(config={"dataset": {"num_samples": 20}})
    session.duplicate_run(id=original)
    duplicate = session.runs()[-1]["id"]
    session.advance(id=duplicate, steps=5000)
    for points in (200, 1000, 2000):
        first, *_, last = session.loss_curves(smoothing=0.9, max_points=points)
        for curve in (first, last):
            _, mine, its = np.intersect1d(before["step"], curve["step"], return_indices=True)
            assert len(mine) > 20
            assert before["smoothed"][mine].tobytes() == curve["smoothed"][its].tobytes()


@pytest.mark.parametrize("action", ["loss", "restore_first", "restore_best", "stop"])
def test_a_break_begins_a_new_average_and_comes_back_with_the_run(action: str) -> None:
    run = TrainingRun(RunConfig.from_dict({"stopping": {"max_epochs": 2} if action == "stop" else {}}))
    steps = len(run.advance(20 if action == "stop" else 18))
    if action == "loss":
        run.configure(loss_type="mse")
    elif action.startswith("restore"):
        getattr(run, action)()
    else:
        assert run.stopped
        run.resume()
    losses = run.advance(5)
    assert run.history.breaks == [steps]
    for again in (run, from_record(to_record(run)), from_record(from_bytes(to_bytes(to_record(run))))):
        curve = again.history.curve(100)
        smoothed = again.history.smoothed(curve.step, 0.9)
        assert smoothed[steps] == pytest.approx(losses[0], rel=1e-15)
        np.testing.assert_allclose(smoothed, plain(curve.mean, 0.9, {steps}), rtol=1e-12)


def test_weights_that_are_there_already_are_no_break() -> None:
    run = TrainingRun()
    run.advance(8)
    run.restore_best()  # it is the end of the first epoch
    assert run.history.breaks == []


def test_after_a_divergence_the_mean_carries_nothing_over() -> None:
    run = TrainingRun(RunConfig.from_dict({"trainer": {"learning_rate": 1000.0, "loss_type": "mse"}}))
    steps = len(run.advance(500))
    assert run.stopped
    assert run.stopped.reason == "diverged"
    run.configure(learning_rate=1e-9)
    run.restore_first()
    run.resume()
    losses = run.advance(10)
    assert len(losses) == 10
    curve = run.history.curve(1000)
    assert run.history.smoothed(curve.step, 0.99)[steps:].max() <= losses.max()


def test_a_run_saved_without_breaks_has_those_of_its_stops_and_its_losses() -> None:
    run = TrainingRun(RunConfig.from_dict({"stopping": {"max_epochs": 2}}))
    run.advance(12)
    run.configure(loss_type="mse")
    run.advance(100)
    assert run.stopped
    assert run.history.breaks == [12, run.stopped.step]
    record = to_record(run)
    del record["history"]["breaks"]
    assert from_record(record).history.breaks == run.history.breaks


@pytest.mark.slow
def test_losses_of_two_units_do_not_merge_into_one_point() -> None:
    run = TrainingRun()
    run.advance(1003)
    run.configure(loss_type="mse")
    run.advance(2000)
    curve = run.history.curve(200)
    assert len(curve.step) <= 200
    assert 1003 in curve.step
    firsts = np.concatenate([[1], curve.step[:-1] + 1])
    assert all(len(run.loss_types(int(a), int(b))) == 1 for a, b in zip(firsts, curve.step, strict=True))
    assert [run.loss_types(a, b) for a, b in ((1, 1003), (1003, 1004), (1004, 3003))] == [
        ["cross_entropy"],
        ["cross_entropy", "mse"],
        ["mse"],
    ]


def test_accuracies_are_smoothed_epoch_by_epoch() -> None:
    session = Session()
    session.advance(id=session.runs()[0]["id"], steps=160)
    [curve] = session.epoch_metrics(smoothing=0.7)
    assert curve["smoothing"] == 0.7
    np.testing.assert_allclose(curve["smoothed_accuracy"], plain(curve["train_accuracy"], 0.7, set()), rtol=1e-12)
