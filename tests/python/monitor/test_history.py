"""The loss history against a plain list: exact at first, bounded later, and the same whatever the slices."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from backprop.monitor.history import MAX_POINTS, Curve, History

Losses = NDArray[np.float64]


def share_at(steps: Losses) -> Losses:
    """The accuracy of these steps' batches, of four samples each."""
    return steps % 5 / 4


def filled(losses: Losses, cuts: list[int], max_points: int = MAX_POINTS) -> History:
    """A history that got its losses in slices; 10 steps are an epoch, 4 steps take a second."""
    history = History(max_points)
    steps = np.arange(1.0, len(losses) + 1)
    for part, at in zip(np.split(losses, cuts), np.split(steps, cuts), strict=True):
        history.extend(part, share_at(at), at / 10, at / 4)
    return history


@st.composite
def slices(draw: st.DrawFn) -> tuple[Losses, list[int]]:
    """Up to 300 losses, some of them infinite or NaN, and where to cut them."""
    count = draw(st.integers(0, 300))
    losses = np.random.default_rng(draw(st.integers(0, 10**6))).random(count)
    for place in draw(st.lists(st.integers(0, 299), max_size=4)):
        losses[place : place + 1] = draw(st.sampled_from([math.inf, math.nan, 1e300]))
    return losses, sorted(draw(st.lists(st.integers(0, count), max_size=8)))


def test_an_empty_history_has_an_empty_curve() -> None:
    assert len(History()) == 0
    assert [len(column) for column in History().curve(3)] == [0] * 7


def test_every_step_is_kept_exactly_at_first() -> None:
    losses = np.random.default_rng(0).random(1000)
    curve = filled(losses, [1, 7, 500]).curve(2000)
    np.testing.assert_array_equal(curve.step, np.arange(1, 1001))
    np.testing.assert_array_equal(curve.epoch, np.arange(1, 1001) / 10)
    np.testing.assert_array_equal(curve.seconds, np.arange(1, 1001) / 4)
    for column in (curve.min, curve.mean, curve.max):
        np.testing.assert_array_equal(column, losses)
    np.testing.assert_array_equal(curve.accuracy, share_at(np.arange(1.0, 1001)))


@given(slices())
def test_buckets_equal_a_plain_recomputation(case: tuple[Losses, list[int]]) -> None:
    losses, cuts = case
    history = filled(losses, cuts, max_points=16)
    stride, (epoch, seconds, low, mean, high, accuracy) = history.stride, history.buckets
    assert len(history) == len(losses)
    assert history.buckets.shape[1] < 16
    assert (history.recent.shape[1] == 0) == (len(losses) == 0)
    for k, bucket in enumerate(losses[: len(epoch) * stride].reshape(-1, stride)):
        known = bucket[~np.isnan(bucket)]
        assert (epoch[k], seconds[k]) == ((k + 1) * stride / 10, (k + 1) * stride / 4)
        assert np.array_equal(
            [low[k], high[k]], [known.min(), known.max()] if len(known) else [np.nan] * 2, equal_nan=True
        )
        with np.errstate(all="ignore"):
            assert mean[k] == pytest.approx(bucket.mean(), rel=1e-12, nan_ok=True)
    shares = share_at(np.arange(1.0, len(losses) + 1))
    whole = shares[: len(epoch) * stride].reshape(-1, stride)
    np.testing.assert_allclose(accuracy, whole.mean(axis=1), rtol=1e-12)
    np.testing.assert_array_equal(history.recent[2:], [losses[len(epoch) * stride :], shares[len(epoch) * stride :]])


@given(slices(), st.data())
def test_what_is_kept_does_not_depend_on_the_slices(case: tuple[Losses, list[int]], data: st.DataObject) -> None:
    losses, cuts = case
    others = sorted(data.draw(st.lists(st.integers(0, len(losses)), max_size=8)))
    one, other = filled(losses, cuts, max_points=16), filled(losses, others, max_points=16)
    assert one.stride == other.stride
    assert one.buckets.tobytes() == other.buckets.tobytes()
    assert one.recent.tobytes() == other.recent.tobytes()


@given(slices(), st.integers(3, 40))
def test_a_curve_is_bounded_and_keeps_extremes_and_the_newest(case: tuple[Losses, list[int]], most: int) -> None:
    losses, cuts = case
    curve = filled(losses, cuts, max_points=64).curve(most)
    assert len({len(column) for column in curve}) == 1
    assert len(curve.step) <= most
    assert (np.diff(curve.step) > 0).all()
    if len(losses):
        newest = [column[-1] for column in curve]
        expected = [
            len(losses),
            len(losses) / 10,
            len(losses) / 4,
            *[losses[-1]] * 3,
            share_at(np.array([float(len(losses))]))[0],
        ]
        np.testing.assert_array_equal(newest, expected)
        assert np.array_equal(np.fmin.reduce(curve.min), np.fmin.reduce(losses), equal_nan=True)
        assert np.array_equal(np.fmax.reduce(curve.max), np.fmax.reduce(losses), equal_nan=True)
        steps = np.diff(curve.step, prepend=0)  # that each point stands for
        with np.errstate(all="ignore"):
            assert (steps * curve.mean).sum() == pytest.approx(losses.sum(), rel=1e-12, nan_ok=True)
        shares = share_at(np.arange(1.0, len(losses) + 1))
        assert (steps * curve.accuracy).sum() == pytest.approx(shares.sum(), rel=1e-12)


@pytest.mark.slow
def test_a_million_steps_stay_bounded_and_right() -> None:
    losses = np.random.default_rng(0).random(1_000_000)
    history = filled(losses, list(range(1000, 1_000_000, 1000)))
    assert (history.stride, history.buckets.shape[1]) == (8, 124_999)
    curve = history.curve(200_000)
    assert curve.mean[:124_999] == pytest.approx(losses[: 124_999 * 8].reshape(-1, 8).mean(axis=1), rel=1e-12)
    assert (curve.step[-1], curve.mean[-1]) == (1_000_000, losses[-1])
    assert (curve.min.min(), curve.max.max()) == (losses.min(), losses.max())


def test_points_of_a_growing_curve_stay_where_they_are() -> None:
    losses = np.random.default_rng(0).random(900)
    early, late = filled(losses[:800], []).curve(300), filled(losses, []).curve(300)
    same = len(early.step) - 3  # the last group was not whole
    for before, after in zip(early, late, strict=True):
        np.testing.assert_array_equal(before[:same], after[:same])


def test_a_diverged_run_keeps_its_finite_past() -> None:
    losses = np.concatenate([np.ones(50), [np.inf], np.full(49, np.nan)])
    curve = filled(losses, [], max_points=16).curve(20)
    assert curve.min[0] == curve.mean[0] == curve.max[0] == 1
    assert math.isinf(max(curve.max[~np.isnan(curve.max)]))
    assert math.isnan(curve.mean[-1])


@given(slices(), slices())
def test_a_restored_history_goes_on_alike(case: tuple[Losses, list[int]], later: tuple[Losses, list[int]]) -> None:
    history, copy = filled(*case, max_points=16), History(16)
    copy.restore(history.stride, history.buckets, history.recent)
    more = later[0]
    for each in (history, copy):
        each.extend(more, *np.full((3, len(more)), 1e3))
    np.testing.assert_equal(copy.curve(50), history.curve(50))
    assert isinstance(copy.curve(50), Curve)
    assert len(copy) == len(case[0]) + len(more)
