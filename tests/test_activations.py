"""The activation functions: their values, their slopes, and how they behave far out."""

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from backprop.activations import ACTIVATIONS
from tests import blackboard

names = pytest.mark.parametrize("name", ACTIVATIONS)
dtypes = pytest.mark.parametrize("dtype", ["float32", "float64"])


def value(name: str, z: NDArray[Any], **out: NDArray[Any]) -> NDArray[Any]:
    return ACTIVATIONS[name].value(z, **out)


def slope(name: str, z: NDArray[Any], **out: NDArray[Any]) -> NDArray[Any]:
    return ACTIVATIONS[name].slope(z, ACTIVATIONS[name].value(z), **out)


def test_there_are_seven() -> None:
    assert set(ACTIVATIONS) == {"gelu", "gelu_exact", "relu", "tanh", "sigmoid", "silu", "identity"}
    assert set(ACTIVATIONS) == set(blackboard.ACTIVATIONS)


@names
@given(numbers=st.lists(st.floats(-30, 30), min_size=1, max_size=12))
def test_equal_the_textbook_formulas(name: str, numbers: list[float]) -> None:
    z = np.array(numbers)
    f, f_slope = blackboard.ACTIVATIONS[name]
    # Where 1 + tanh or 1 + erf cancels, the blackboard itself is right to about 1e-15 only.
    np.testing.assert_allclose(value(name, z), f(z), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(slope(name, z), f_slope(z), rtol=1e-12, atol=1e-13)


@names
def test_slope_is_the_slope_of_the_value(name: str) -> None:
    z = np.concatenate([np.linspace(-9, -0.01, 400), np.linspace(0.01, 9, 400)])  # without relu's kink
    h = 1e-3
    four_points = 8 * (value(name, z + h) - value(name, z - h)) - (value(name, z + 2 * h) - value(name, z - 2 * h))
    np.testing.assert_allclose(slope(name, z), four_points / (12 * h), rtol=1e-9, atol=1e-11)


@names
@dtypes
def test_shape_and_dtype_are_those_of_z(name: str, dtype: str) -> None:
    for shape in [(3, 4), (5,), (1, 1), (2, 0)]:
        z = np.ones(shape, dtype)
        for result in (value(name, z), slope(name, z)):
            assert (result.shape, result.dtype) == (z.shape, z.dtype)


@names
@dtypes
def test_writes_into_out_and_nowhere_else(name: str, dtype: str) -> None:
    z = np.linspace(-3, 3, 12, dtype=dtype).reshape(3, 4)
    kept, out = z.copy(), np.full_like(z, 7)
    expected = value(name, z), slope(name, z)
    assert value(name, z, out=out) is out
    np.testing.assert_array_equal(out, expected[0])
    assert slope(name, z, out=out) is out
    np.testing.assert_array_equal(out, expected[1])
    np.testing.assert_array_equal(z, kept)


@names
@dtypes
def test_slope_goes_on_from_what_value_left_aside(name: str, dtype: str) -> None:
    z = np.array([*np.linspace(-30, 30, 41), 0.0, -0.0, 1e-30], dtype)
    aside = np.full_like(z, np.nan)
    a = value(name, z, aside=aside)
    np.testing.assert_array_equal(a, value(name, z))
    np.testing.assert_array_equal(ACTIVATIONS[name].slope(z, a, aside=aside), slope(name, z))


@pytest.mark.parametrize("name", ["gelu", "silu"])
def test_a_gate_that_is_open_stays_open_however_far_out(name: str) -> None:
    with np.errstate(over="ignore"):
        np.testing.assert_array_equal(slope(name, np.array([1e10, 1e14, 1e18], "float32")), 1)


LIMITS_FAR_OUT = {  # a(-∞), a(∞) / z or a(∞), slope(-∞), slope(∞)
    "gelu": (0, "z", 0, 1),
    "gelu_exact": (0, "z", 0, 1),
    "relu": (0, "z", 0, 1),
    "tanh": (-1, 1, 0, 0),
    "sigmoid": (0, 1, 0, 0),
    "silu": (0, "z", 0, 1),
    "identity": ("z", "z", 1, 1),
}


@names
@dtypes
@pytest.mark.parametrize("size", [50.0, 100.0, 1e3, 1e6])
def test_far_out_they_are_flat_or_straight_and_quiet(name: str, dtype: str, size: float) -> None:
    z = np.array([-size, size], dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        a, slopes = value(name, z), slope(name, z)
    expected = LIMITS_FAR_OUT[name]
    np.testing.assert_allclose(a, [z[i] if e == "z" else e for i, e in enumerate(expected[:2])], rtol=1e-7, atol=1e-20)
    np.testing.assert_allclose(slopes, expected[2:], atol=1e-15)


def test_relu_has_slope_0_at_its_kink() -> None:
    np.testing.assert_array_equal(slope("relu", np.array([-1.0, -0.0, 0.0, 5e-324, 1.0])), [0, 0, 0, 1, 1])


def test_the_two_gelus_are_close_but_not_the_same() -> None:
    """Hendrycks & Gimpel's tanh form is an approximation of z Φ(z): nowhere off by more than 5e-4."""
    z = np.linspace(-8, 8, 2001)
    assert 4e-4 < np.abs(value("gelu", z) - value("gelu_exact", z)).max() < 5e-4
    assert 5e-4 < np.abs(slope("gelu", z) - slope("gelu_exact", z)).max() < 2e-3


@names
def test_float32_is_float64_rounded(name: str) -> None:
    z = np.linspace(-12, 12, 501, dtype="float32")
    np.testing.assert_allclose(value(name, z), value(name, z.astype(float)), rtol=2e-5, atol=1e-6)
    np.testing.assert_allclose(slope(name, z), slope(name, z.astype(float)), rtol=2e-5, atol=2e-6)
