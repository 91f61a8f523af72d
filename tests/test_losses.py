"""The loss functions: one number, and its gradient with respect to each logit."""

import math
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from backprop.losses import LOSSES, cross_entropy, mse, softmax
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
