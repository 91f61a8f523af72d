"""The activation functions: their values, their slopes, and how they behave far out."""

import math
import warnings
from collections.abc import Callable
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, localcontext
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from backprop.activations import ACTIVATIONS
from backprop.loops.installed import LOOPS, PLAIN
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
    cache = np.full_like(z, np.nan)
    a = value(name, z, cache=cache)
    np.testing.assert_array_equal(a, value(name, z))
    np.testing.assert_array_equal(ACTIVATIONS[name].slope(z, a, cache=cache), slope(name, z))


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


# An oracle of fifty digits and more: f(z) and f'(z) by their definitions, and for each how much z, rounded in the last
# digit of the exponent, may change it.

DIGITS = Context(prec=60, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459")
Exact = tuple[Decimal, Decimal, Decimal, Decimal]  # a, f'(z), and the size of what is rounded in each


def logistic(t: Decimal) -> Decimal:
    e = (-abs(t)).exp()
    return 1 / (1 + e) if t >= 0 else e / (1 + e)


def gated(z: Decimal, t: Decimal, rate: Decimal) -> Exact:
    """z σ(t), where rate = dt/dz."""
    g, shut = logistic(t), logistic(-t)
    moved, less = z * g * shut * rate, 1 + abs(t) * shut
    return z * g, g + moved, abs(z * g) * less, (g + abs(moved)) * less


def exact_gelu(z: Decimal) -> Exact:
    c, k = (2 / PI).sqrt(), Decimal("0.044715")
    return gated(z, 2 * c * (z + k * z**3), 2 * c * (1 + 3 * k * z * z))


def normal_cdf(z: Decimal) -> tuple[Decimal, Decimal]:
    """Φ(z) and φ(z): Abramowitz & Stegun (1964), 26.2.11, a series, and far out 26.2.14, a continued fraction."""
    x, density = abs(z), (-z * z / 2).exp() / (2 * PI).sqrt()
    if x > 3:
        fraction = x
        for n in range(400, 0, -1):
            fraction = x + n / fraction
        tail = density / fraction
    else:
        term = total = x
        for n in range(3, 400, 2):
            term = term * z * z / n
            total += term
        tail = Decimal("0.5") - density * total
    return (1 - tail if z > 0 else tail), density


def exact_gelu_exact(z: Decimal) -> Exact:
    cdf, density = normal_cdf(z)
    moved, less = z * density, 1 + z * z
    return z * cdf, cdf + moved, abs(z * cdf) + abs(z * z * moved), cdf + abs(moved) * less


def exact_tanh(z: Decimal) -> Exact:
    e = (-2 * abs(z)).exp()
    a = z - z**3 / 3 if abs(z) < Decimal("1e-20") else ((1 - e) / (1 + e)).copy_sign(z)
    slope = 4 * e / (1 + e) ** 2
    return a, slope, abs(a), slope * (1 + 2 * abs(z))


def exact_sigmoid(z: Decimal) -> Exact:
    a, rest = logistic(z), logistic(-z)
    return a, a * rest, a * (1 + abs(z) * rest), a * rest * (1 + abs(z))


def exact_relu(z: Decimal) -> Exact:
    a, slope = max(z, Decimal(0)), Decimal(int(z > 0))
    return a, slope, a, slope


EXACT: dict[str, Callable[[Decimal], Exact]] = {
    "gelu": exact_gelu,
    "gelu_exact": exact_gelu_exact,
    "relu": exact_relu,
    "tanh": exact_tanh,
    "sigmoid": exact_sigmoid,
    "silu": lambda z: gated(z, z, Decimal(1)),
    "identity": lambda z: (z, Decimal(1), abs(z), Decimal(1)),
}


def check_to_the_last_digits(name: str, dtype: str, numbers: list[float]) -> None:
    """Allow for some roundings, and for a number that is smaller than the smallest normal one of the dtype."""
    info, z = np.finfo(dtype), np.array(numbers, dtype)
    with np.errstate(over="ignore"):
        found = value(name, z).tolist(), slope(name, z).tolist()
    with localcontext(DIGITS):
        eps, tiny = 32 * Decimal(float(info.eps)), Decimal(float(info.tiny))
        if LOOPS.name != PLAIN and dtype == "float32":
            tiny *= 1000  # numbers below `tiny` are 0, also before they are multiplied by an argument
        for at, a, rate in zip(z.tolist(), *found, strict=True):
            exact = EXACT[name](Decimal(at))
            assert abs(Decimal(a) - exact[0]) <= eps * exact[2] + tiny, f"{name}({at}) is {a}, not {exact[0]:.9e}"
            assert abs(Decimal(rate) - exact[1]) <= eps * exact[3] + tiny, (
                f"{name}'({at}) is {rate}, not {exact[1]:.9e}"
            )


@names
@dtypes
def test_right_to_the_limits_of_the_dtype(name: str, dtype: str) -> None:
    most = math.log10(np.finfo(dtype).max)
    sizes = [*np.logspace(-most, most * (1 - 1e-9), 151), *np.linspace(0, 45, 181), *np.linspace(50, 760, 72)]
    largest = [float(np.finfo(dtype).max), float(np.finfo(dtype).smallest_subnormal), 0.0]
    check_to_the_last_digits(name, dtype, [sign * float(size) for size in (*sizes, *largest) for sign in (1, -1)])


@names
@given(numbers=st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_right_for_every_float32(name: str, numbers: list[float]) -> None:
    check_to_the_last_digits(name, "float32", numbers)


@names
@given(numbers=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_right_for_every_float64(name: str, numbers: list[float]) -> None:
    check_to_the_last_digits(name, "float64", numbers)


@names
@dtypes
def test_at_infinity_they_are_their_limits_and_of_no_number_none_is_made(name: str, dtype: str) -> None:
    z = np.array([-math.inf, math.inf, math.nan], dtype)
    low, high, slope_low, slope_high = LIMITS_FAR_OUT[name]
    a, slopes = value(name, z), slope(name, z)
    np.testing.assert_allclose(a[:2], [z[0] if low == "z" else low, z[1] if high == "z" else high], atol=1e-37)
    np.testing.assert_allclose(slopes[:2], [slope_low, slope_high], atol=1e-37)
    assert math.isnan(a[2])
    assert name in {"relu", "identity"} or math.isnan(slopes[2])


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
