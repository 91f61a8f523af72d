"""The loss functions: one number, and its gradient with respect to each logit."""

import math
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from backprop.explain.batch_loss import BatchLoss
from backprop.losses import LOSSES, cross_entropy, mse, softmax
from backprop.training.evaluation import confusion_matrix, count_correct, predictions
from tests import blackboard

both = pytest.mark.parametrize("loss", LOSSES)
Batch = tuple[NDArray[Any], NDArray[Any]]


@st.composite
def batches(draw: st.DrawFn) -> Batch:
    """Logits and class indices."""
    batch, classes = draw(st.integers(1, 8)), draw(st.integers(1, 6))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    logits = generator.normal(size=(batch, classes)) * draw(st.sampled_from([0.1, 1.0, 10.0]))
    return logits, generator.integers(classes, size=batch)


@both
@given(batch=batches())
def test_equal_the_textbook_formulas(loss: str, batch: Batch) -> None:
    value, grad = LOSSES[loss](*batch)
    expected_value, expected_grad = blackboard.LOSSES[loss](*batch)
    assert value == pytest.approx(expected_value, rel=1e-12, abs=1e-14)
    np.testing.assert_allclose(grad, expected_grad, rtol=1e-12, atol=1e-15)


@both
@given(batch=batches())
def test_gradient_of_each_logit_against_central_differences(loss: str, batch: Batch) -> None:
    logits, targets = batch
    differences, h = np.empty_like(logits), 1e-5
    for index in np.ndindex(logits.shape):
        nudge = np.zeros_like(logits)
        nudge[index] = h
        above, below = LOSSES[loss](logits + nudge, targets)[0], LOSSES[loss](logits - nudge, targets)[0]
        differences[index] = (above - below) / (2 * h)
    np.testing.assert_allclose(LOSSES[loss](logits, targets)[1], differences, rtol=1e-7, atol=1e-9)


@both
@given(batch=batches())
def test_class_indices_stand_for_one_hot_rows(loss: str, batch: Batch) -> None:
    logits, indices = batch
    rows = np.eye(logits.shape[1])[indices]
    value, grad = LOSSES[loss](logits, indices)
    value_of_rows, grad_of_rows = LOSSES[loss](logits, rows)
    assert value == value_of_rows
    np.testing.assert_array_equal(grad, grad_of_rows)


def test_cross_entropy_of_probabilities_is_the_weighted_mean_over_classes() -> None:
    logits, p = np.array([[1.0, -2.0, 0.5]]), np.array([[0.2, 0.5, 0.3]])
    each = [cross_entropy(logits, np.array([k])) for k in range(3)]
    value, grad = cross_entropy(logits, p)
    assert value == pytest.approx(sum(p[0, k] * each[k][0] for k in range(3)), rel=1e-14)
    np.testing.assert_allclose(grad, sum(p[0, k] * each[k][1] for k in range(3)), rtol=1e-13)


def test_cross_entropy_of_equal_logits_is_the_logarithm_of_the_number_of_classes() -> None:
    value, grad = cross_entropy(np.zeros((2, 4)), np.array([1, 3]))
    assert value == pytest.approx(math.log(4), rel=1e-15)
    np.testing.assert_allclose(grad, (0.25 - np.eye(4)[[1, 3]]) / 2, rtol=1e-15)


@given(batch=batches())
def test_cross_entropy_does_not_feel_a_shift_and_its_gradient_sums_to_zero(batch: Batch) -> None:
    logits, targets = batch
    value, grad = cross_entropy(logits, targets)
    shifted_value, shifted_grad = cross_entropy(logits + 7.5, targets)
    assert value >= 0
    assert shifted_value == pytest.approx(value, rel=1e-9, abs=1e-12)
    np.testing.assert_allclose(shifted_grad, grad, rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(grad.sum(axis=1), 0, atol=1e-15)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_cross_entropy_is_stable_for_huge_logits(dtype: str) -> None:
    logits = np.array([[1e4, -1e4, 0.0], [-1e30, 1e30, 0.0]], dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        value, grad = cross_entropy(logits, np.array([0, 1]))
        assert value == 0
        np.testing.assert_array_equal(grad, 0)
        value, grad = cross_entropy(logits[:1], np.array([1]))
    assert value == 2e4
    np.testing.assert_array_equal(grad, [[1, -1, 0]])


@both
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("targets_dtype", ["int32", "int64", "float32", "float64"])
def test_returns_a_float_and_a_gradient_of_the_logits_dtype(loss: str, dtype: str, targets_dtype: str) -> None:
    logits = np.array([[1.0, 2.0], [3.0, 4.0]], dtype)
    for targets in [np.array([0, 1], "int64"), np.eye(2).astype(targets_dtype)]:
        kept = logits.copy(), targets.copy()
        value, grad = LOSSES[loss](logits, targets)
        assert type(value) is float
        assert (grad.shape, grad.dtype) == (logits.shape, logits.dtype)
        np.testing.assert_array_equal(logits, kept[0])
        np.testing.assert_array_equal(targets, kept[1])


@both
def test_refuses_targets_that_do_not_fit(loss: str) -> None:
    logits = np.zeros((3, 4))
    wrong_shape = r"targets must be class indices of shape \(3,\) or rows of shape \(3, 4\), got float64 of shape "
    with pytest.raises(ValueError, match=wrong_shape):
        LOSSES[loss](logits, np.zeros((3, 5)))
    with pytest.raises(ValueError, match=wrong_shape):
        LOSSES[loss](logits, np.zeros(3))
    with pytest.raises(ValueError, match=r"targets must be class indices between 0 and 3, got 0 to 4"):
        LOSSES[loss](logits, np.array([0, 1, 4]))
    with pytest.raises(ValueError, match=r"targets must be class indices between 0 and 3, got -1 to 3"):
        LOSSES[loss](logits, np.array([-1, 1, 3]))


def test_mse_is_the_mean_over_batch_and_classes() -> None:
    value, grad = mse(np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[0.0, 2.0], [1.0, 6.0]]))
    assert value == (1 + 0 + 4 + 1) / 4
    np.testing.assert_array_equal(grad, np.array([[1, 0], [2, -1]]) * 2 / 4)


def test_softmax_gives_probabilities() -> None:
    p = softmax(np.array([[0.0, math.log(3)], [1000.0, -1000.0]]))
    np.testing.assert_allclose(p, [[0.25, 0.75], [1, 0]], rtol=1e-15)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_logits_that_are_further_apart_than_the_largest_number(dtype: str) -> None:
    most = float(np.finfo(dtype).max)
    rows = [[most, -most], [most, -most], [-most, most], [0, -math.inf], [most, 0], [1.0, 2.0]]
    targets = [0, 1, 1, 0, 1, 0]
    expected = [0, math.inf, 0, 0, most, math.log(1 + math.e)]
    logits = np.array(rows, dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        for row, target, loss in zip(logits, targets, expected, strict=True):
            value, grad = cross_entropy(row[None], np.array([target]))
            assert value == pytest.approx(loss, rel=1e-6)
            assert np.isfinite(grad).all()
        kept = [0, 2, 3, 5]
        value, grad = cross_entropy(logits[kept], np.array(targets)[kept])
        assert value == pytest.approx(math.log(1 + math.e) / 4, rel=1e-6)
        assert np.isfinite(grad).all()
        # As probabilities, and where the sum over the batch is too large, but not the mean.
        soft = np.array([[0.5, 0.5, 0]], dtype)
        assert cross_entropy(np.array([[0, 0, -most]], dtype), soft)[0] == pytest.approx(math.log(2))
        many = np.tile(np.array([[most / 2, 0]], dtype), (10, 1))
        assert cross_entropy(many, np.ones(10, int))[0] == pytest.approx(most / 2, rel=1e-6)
        assert mse(np.sqrt(many), np.zeros((10, 2), dtype))[0] == pytest.approx(most / 4, rel=1e-6)
        # And where a square is.
        assert mse(np.sqrt(many) * 3**0.5, np.zeros((10, 2), dtype))[0] == pytest.approx(most * 0.75, rel=1e-6)


@both
@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_loss_of_logits_that_are_no_numbers_is_none(loss: str, bad: float) -> None:
    with np.errstate(invalid="ignore"):
        value, _ = LOSSES[loss](np.array([[0.0, bad], [1.0, 2.0]]), np.array([0, 1]))
    assert not math.isfinite(value)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("loss", LOSSES)
def test_the_loss_of_a_batch_is_the_mean_of_its_samples_losses_however_far_apart(loss: str, dtype: str) -> None:
    most = float(np.finfo(dtype).max)
    logits = np.array([[most, -most, 0], [0, -most, -most], [1, 2, 3]], dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        past = BatchLoss(logits, np.array([0, 0, 1]), loss)
        assert past.sample_losses.mean() == pytest.approx(past.loss[0, 0], rel=1e-6)
        assert not np.isnan(past.sample_losses).any()


def test_a_logit_that_is_no_number_is_never_a_prediction() -> None:
    logits = np.array([[math.nan, 1], [0, math.nan], [2, 1], [-math.inf, 5], [math.nan, math.nan]])
    assert predictions(logits).tolist() == [-1, -1, 0, 1, -1]
    for targets in ([0, 0, 0, 0, 0], [1, 1, 1, 1, 1]):
        assert count_correct(logits, np.array(targets)) is None
        assert confusion_matrix(logits, np.array(targets)).sum() == 2
    assert count_correct(logits[2:4], np.array([0, 0])) == 1
    assert confusion_matrix(logits, np.array([0, 1, 1, 1, 0])).tolist() == [[0, 0], [1, 1]]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_largest_logit_that_is_infinite_is_no_prediction(dtype: str) -> None:
    """It stands for every number that is too large: of two of them none is known to be the larger one."""
    infinite = np.array([[math.inf, math.inf], [-math.inf, -math.inf], [math.inf, 1], [-math.inf, math.inf]], dtype)
    assert predictions(infinite).tolist() == [-1, -1, -1, -1]
    assert confusion_matrix(infinite, np.array([0, 0, 0, 1])).sum() == 0
    for row in infinite:
        assert count_correct(row[None], np.array([0])) is None
    with np.errstate(all="ignore"):
        assert not np.isfinite([cross_entropy(row[None], np.array([0]))[0] for row in infinite]).any()
        assert cross_entropy(one_sided := np.array([[-math.inf, 3]], dtype), np.array([1]))[0] == 0
    assert predictions(one_sided).tolist() == [1]
