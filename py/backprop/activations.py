"""Activation functions: value a = f(z) and slope f'(z) = da/dz.

Value functions take z, an array of float32 or float64 with at least one axis. Slope functions take z and a = f(z),
since some slopes are simplest in terms of a. Both return an array with the shape and dtype of z, and write into `out`
if it is given.

Some slopes need an intermediate value of f. The value function stores it in `cache`, an array like z, and the slope
function reuses it; without a cache it is computed again.
"""

import math
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]


class Value(Protocol):
    """Function a = f(z), elementwise."""

    def __call__(self, z: Array, out: Array | None = None, cache: Array | None = None) -> Array:
        """Return a, with the shape of z."""


class Slope(Protocol):
    """Function f'(z), elementwise, given z and a = f(z)."""

    def __call__(self, z: Array, a: Array, out: Array | None = None, cache: Array | None = None) -> Array:
        """Return f'(z), with the shape of z."""


class Activation(NamedTuple):
    """An activation function: its value and its slope (derivative)."""

    value: Value
    slope: Slope


GELU_C = math.sqrt(2 / math.pi)
GELU_K = 0.044715
# Limits beyond which the result is constant, even in float64. Numbers further out, up to infinity, are clipped to the
# limit, since a product of 0 and ∞ is NaN.
OPEN = 40.0  # σ(40) rounds to 1
GELU_OPEN, GELU_SHUT = 22.0, -22.0  # the gate of GELU rounds to 1 and to 0
SILU_SHUT = -746.0  # σ(-746) rounds to 0
NORMAL_SHUT = -40.0  # Φ(-40) rounds to 0


class Constants:
    """These constants as zero-dimensional arrays: NumPy multiplies by one in half the time of a Python float."""

    def __init__(self, dtype: str) -> None:
        self.one: Array = np.array(1, dtype)
        self.minus_two: Array = np.array(-2, dtype)
        self.four: Array = np.array(4, dtype)
        self.largest_exponent: Array = np.log(np.finfo(dtype).max).astype(dtype) - self.one
        self.open: Array = np.array(OPEN, dtype)
        self.silu_shut: Array = np.array(SILU_SHUT, dtype)
        self.gelu_open: Array = np.array(GELU_OPEN, dtype)
        self.gelu_shut: Array = np.array(GELU_SHUT, dtype)
        self.gelu_square: Array = np.array(GELU_OPEN**2, dtype)
        self.two_c: Array = np.array(2 * GELU_C, dtype)
        self.two_c_k: Array = np.array(2 * GELU_C * GELU_K, dtype)
        self.six_c_k: Array = np.array(6 * GELU_C * GELU_K, dtype)


CONSTANTS = {np.dtype(name).char: Constants(name) for name in ("float32", "float64")}


def sigmoid(z: Array, out: Array | None = None, cache: Array | None = None) -> Array:
    """Compute σ(z) = eᶻ / (1 + eᶻ), and 1 - σ(z) = 1 / (1 + eᶻ) in `cache`, without the cancellation of 1 - σ."""
    constants = CONSTANTS[z.dtype.char]
    e = np.minimum(z, constants.largest_exponent, out=out)
    np.exp(e, out=e)
    whole = np.add(e, constants.one, out=cache)
    e /= whole
    np.reciprocal(whole, out=whole)
    return e


def sigmoid_slope(z: Array, a: Array, out: Array | None = None, cache: Array | None = None) -> Array:
    """Compute σ'(z) = a (1 - a)."""
    if cache is None:
        sigmoid(z, cache=(cache := np.empty_like(z)))
    return np.multiply(a, cache, out=out)


# GELU weights z by the probability that a standard normal number is below z: z Φ(z).
# Hendrycks & Gimpel (2016), "Gaussian Error Linear Units", eq. 2, the tanh approximation:
#     gelu(z) = ½ z (1 + tanh(C (z + K z³)))        with C = √(2/π) and K = 0.044715
# Since ½ (1 + tanh(t)) = σ(2t), one exp is enough, 2 to 3 times cheaper than a tanh:
#     gelu(z) = z g                                 with the gate g = σ(2C (z + K z³)), between 0 and 1


def gelu(z: Array, out: Array | None = None, cache: Array | None = None) -> Array:
    """Compute GELU, tanh form of Hendrycks & Gimpel (2016), eq. 2: ½ z (1 + tanh(√(2/π) (z + 0.044715 z³)))."""
    constants = CONSTANTS[z.dtype.char]
    z = np.maximum(z, constants.gelu_shut, out=out)
    g = np.multiply(z, z, out=cache)
    g *= constants.two_c_k
    g += constants.two_c
    g *= z  # t = 2C (z + K z³)
    np.minimum(g, constants.open, out=g)
    np.exp(g, out=g)
    g /= g + constants.one  # σ(t) = eᵗ / (1 + eᵗ)
    return np.multiply(z, g, out=out)


def gelu_slope(z: Array, a: Array, out: Array | None = None, cache: Array | None = None) -> Array:
    """Compute the derivative of the tanh form.

    With g = σ(t) and t = 2C (z + K z³), the product and chain rules give

        d(z g)/dz = g + z g (1 - g) dt/dz = g + a (1 - g) dt/dz,   dt/dz = 2C (1 + 3K z²),   a = z g.
    """
    constants = CONSTANTS[z.dtype.char]
    if cache is None:
        gelu(z, cache=(cache := np.empty_like(z)))
    slope = np.multiply(z, z, out=out)
    np.minimum(slope, constants.gelu_square, out=slope)
    slope *= constants.six_c_k
    slope += constants.two_c  # dt/dz
    slope *= np.minimum(a, constants.gelu_open)
    slope *= constants.one - cache
    slope += cache
    return slope


_erfc = np.frompyfunc(math.erfc, 1, 1)


def _normal_cdf(z: Array, out: Array | None = None) -> Array:
    """Compute Φ(z) = ½ erfc(-z / √2), the standard normal distribution; erfc is the C library's, one number a call."""
    erfc = np.asarray(_erfc(z.astype(np.float64) * -math.sqrt(0.5)), z.dtype)
    return np.multiply(0.5, erfc, out=out)


def gelu_exact(z: Array, out: Array | None = None, cache: Array | None = None) -> Array:
    """Compute GELU by its definition, Hendrycks & Gimpel (2016), eq. 1: z Φ(z)."""
    return np.multiply(np.maximum(z, NORMAL_SHUT), _normal_cdf(z, out=cache), out=out)


def gelu_exact_slope(z: Array, a: Array, out: Array | None = None, cache: Array | None = None) -> Array:
    """Compute Φ(z) + z φ(z), where φ(z) = e^(-z²/2) / √(2π) is the derivative of Φ."""
    inside = np.clip(z, NORMAL_SHUT, -NORMAL_SHUT)
    slope = np.multiply(inside, inside, out=out)
    slope *= -0.5
    np.exp(slope, out=slope)
    slope *= math.sqrt(0.5 / math.pi)
    slope *= inside
    slope += _normal_cdf(z) if cache is None else cache
    return slope


def relu(z: Array, out: Array | None = None, cache: Array | None = None) -> Array:
    """Compute max(0, z)."""
    return np.maximum(z, 0, out=out)


def relu_slope(z: Array, a: Array, out: Array | None = None, cache: Array | None = None) -> Array:
    """Return 1 where z > 0, else 0; at the kink z = 0 the slope is 0, as in PyTorch."""
    return np.greater(z, 0, out=out if out is not None else np.empty_like(z), casting="unsafe")


def tanh(z: Array, out: Array | None = None, cache: Array | None = None) -> Array:
    """Compute tanh(z)."""
    return np.tanh(z, out=out)


def tanh_slope(z: Array, a: Array, out: Array | None = None, cache: Array | None = None) -> Array:
    """Compute 1 - a² as 4e / (1 + e)² with e = e^(-2|z|), which stays above 0 where a rounds to 1."""
    constants = CONSTANTS[z.dtype.char]
    e = np.absolute(z, out=out)
    e *= constants.minus_two
    np.exp(e, out=e)
    whole = e + constants.one
    whole *= whole
    e /= whole
    e *= constants.four
    return e


def silu(z: Array, out: Array | None = None, cache: Array | None = None) -> Array:
    """Compute SiLU, also called swish: z σ(z) (Hendrycks & Gimpel 2016, section 2)."""
    constants = CONSTANTS[z.dtype.char]
    s = np.minimum(z, constants.open, out=cache)
    np.exp(s, out=s)
    s /= s + constants.one  # σ(z) = eᶻ / (1 + eᶻ)
    a = np.maximum(z, constants.silu_shut, out=out)
    a *= s
    return a


def silu_slope(z: Array, a: Array, out: Array | None = None, cache: Array | None = None) -> Array:
    """Compute σ + z σ (1 - σ) = σ + a (1 - σ), by the product rule, where a = z σ(z)."""
    constants = CONSTANTS[z.dtype.char]
    if cache is None:
        silu(z, cache=(cache := np.empty_like(z)))
    slope = np.subtract(constants.one, cache, out=out)
    slope *= np.minimum(a, -constants.silu_shut)
    slope += cache
    return slope


def identity(z: Array, out: Array | None = None, cache: Array | None = None) -> Array:
    """Return z: a network with this activation is one linear map, however deep."""
    return z if out is z else np.positive(z, out=out)


def identity_slope(z: Array, a: Array, out: Array | None = None, cache: Array | None = None) -> Array:
    """Return 1 everywhere."""
    slope = np.empty_like(z) if out is None else out
    slope.fill(1)
    return slope


ACTIVATIONS: dict[str, Activation] = {
    "gelu": Activation(gelu, gelu_slope),
    "gelu_exact": Activation(gelu_exact, gelu_exact_slope),
    "relu": Activation(relu, relu_slope),
    "tanh": Activation(tanh, tanh_slope),
    "sigmoid": Activation(sigmoid, sigmoid_slope),
    "silu": Activation(silu, silu_slope),
    "identity": Activation(identity, identity_slope),
}
