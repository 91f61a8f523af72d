"""Activation functions: the value a = f(z) and the slope da/dz of each.

Every value function takes z, an array of float32 or float64 with at least one axis, and every slope function takes z
and a = f(z), since some slopes are simplest in terms of a. Both write into `out` if it is given, and return an array of
z's shape and dtype.

On the way from z to a some functions find what their slope needs as well. They leave it in `aside`, an array like z,
and `slope` goes on from there; where it is not given, it is computed again.
"""

import math
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]


class Value(Protocol):
    """a = f(z), elementwise."""

    def __call__(self, z: Array, out: Array | None = None, aside: Array | None = None) -> Array:
        """Return a, of the shape of z."""


class Slope(Protocol):
    """f'(z), elementwise, given z and a = f(z)."""

    def __call__(self, z: Array, a: Array, out: Array | None = None, aside: Array | None = None) -> Array:
        """Return f'(z), of the shape of z."""


class Activation(NamedTuple):
    """An activation function: its value and its slope (derivative)."""

    value: Value
    slope: Slope


GELU_C = math.sqrt(2 / math.pi)
GELU_K = 0.044715
# sigmoid(-80) is 1.8e-35: as good as 0, and exp(80) still fits into float32.
LARGEST_EXPONENT = 80.0


class Constants:
    """Those numbers as arrays without axes: NumPy multiplies by one in half the time that a Python float takes."""

    def __init__(self, dtype: str) -> None:
        self.one: Array = np.array(1, dtype)
        self.largest_exponent: Array = np.array(LARGEST_EXPONENT, dtype)
        self.two_c: Array = np.array(2 * GELU_C, dtype)
        self.minus_two_c_k: Array = np.array(-2 * GELU_C * GELU_K, dtype)
        self.six_c_k: Array = np.array(6 * GELU_C * GELU_K, dtype)


CONSTANTS = {np.dtype(name).char: Constants(name) for name in ("float32", "float64")}


def _sigmoid_of_minus(t: Array) -> Array:
    """σ(-t) = 1 / (1 + eᵗ), in place of t."""
    constants = CONSTANTS[t.dtype.char]
    np.minimum(t, constants.largest_exponent, out=t)
    np.exp(t, out=t)
    t += constants.one
    return np.reciprocal(t, out=t)


def sigmoid(z: Array, out: Array | None = None, aside: Array | None = None) -> Array:
    """σ(z) = 1 / (1 + e⁻ᶻ)."""
    return _sigmoid_of_minus(np.negative(z, out=out))


def sigmoid_slope(z: Array, a: Array, out: Array | None = None, aside: Array | None = None) -> Array:
    """σ'(z) = a (1 - a)."""
    slope = np.subtract(CONSTANTS[z.dtype.char].one, a, out=out)
    slope *= a
    return slope


# GELU: z weighted by how probable it is that a standard normal number lies below it, z Φ(z).
# Hendrycks & Gimpel (2016), "Gaussian Error Linear Units", eq. 2, in its tanh form:
#     gelu(z) = ½ z (1 + tanh(C (z + K z³)))        with C = √(2/π) and K = 0.044715
# Since ½ (1 + tanh(t)) = σ(2t), the same number costs one exp, which is 2 to 3 times cheaper than a tanh:
#     gelu(z) = z g                                 with the gate g = σ(2C (z + K z³)), between 0 and 1


def _gelu_gate(z: Array, out: Array | None = None) -> Array:
    """g = σ(2C (z + K z³))."""
    constants = CONSTANTS[z.dtype.char]
    t = np.multiply(z, z, out=out)
    t *= constants.minus_two_c_k
    t -= constants.two_c
    t *= z  # -2C (z + K z³)
    return _sigmoid_of_minus(t)


def gelu(z: Array, out: Array | None = None, aside: Array | None = None) -> Array:
    """GELU in the tanh form of Hendrycks & Gimpel (2016), eq. 2: ½ z (1 + tanh(√(2/π) (z + 0.044715 z³)))."""
    return np.multiply(z, _gelu_gate(z, out=aside), out=out)


def gelu_slope(z: Array, a: Array, out: Array | None = None, aside: Array | None = None) -> Array:
    """The derivative of that same formula. With g = σ(t) and t = 2C (z + K z³), the product and chain rules give.

    d(z g)/dz = g + z g (1 - g) dt/dz = g + g (z - a) dt/dz,  where dt/dz = 2C (1 + 3K z²)  and  a = z g.
    """
    constants = CONSTANTS[z.dtype.char]
    g = _gelu_gate(z) if aside is None else aside
    slope = np.multiply(z, z, out=out)
    slope *= constants.six_c_k
    slope += constants.two_c  # dt/dz
    slope *= g
    slope *= z - a
    slope += g
    return slope


_erf = np.frompyfunc(math.erf, 1, 1)


def _normal_cdf(z: Array, out: Array | None = None) -> Array:
    """Φ(z) = ½ (1 + erf(z / √2)), the standard normal distribution; erf is the C library's, one number at a time."""
    erf = np.asarray(_erf(z * math.sqrt(0.5)), z.dtype)
    return np.multiply(0.5, 1 + erf, out=out)


def gelu_exact(z: Array, out: Array | None = None, aside: Array | None = None) -> Array:
    """GELU by its definition, Hendrycks & Gimpel (2016), eq. 1: z Φ(z)."""
    return np.multiply(z, _normal_cdf(z, out=aside), out=out)


def gelu_exact_slope(z: Array, a: Array, out: Array | None = None, aside: Array | None = None) -> Array:
    """Φ(z) + z φ(z), where φ(z) = e^(-z²/2) / √(2π) is the slope of Φ."""
    slope = np.multiply(z, z, out=out)
    slope *= -0.5
    np.exp(slope, out=slope)
    slope *= math.sqrt(0.5 / math.pi)
    slope *= z
    slope += _normal_cdf(z) if aside is None else aside
    return slope


def relu(z: Array, out: Array | None = None, aside: Array | None = None) -> Array:
    """max(0, z)."""
    return np.maximum(z, 0, out=out)


def relu_slope(z: Array, a: Array, out: Array | None = None, aside: Array | None = None) -> Array:
    """1 where z > 0, else 0; at the kink z = 0 it is 0, as in PyTorch."""
    return np.greater(z, 0, out=out if out is not None else np.empty_like(z), casting="unsafe")


def tanh(z: Array, out: Array | None = None, aside: Array | None = None) -> Array:
    """tanh(z)."""
    return np.tanh(z, out=out)


def tanh_slope(z: Array, a: Array, out: Array | None = None, aside: Array | None = None) -> Array:
    """1 - a²."""
    slope = np.multiply(a, a, out=out)
    return np.subtract(1, slope, out=slope)


def silu(z: Array, out: Array | None = None, aside: Array | None = None) -> Array:
    """SiLU, also called swish: z σ(z) (Hendrycks & Gimpel 2016, section 2)."""
    return np.multiply(z, sigmoid(z, out=aside), out=out)


def silu_slope(z: Array, a: Array, out: Array | None = None, aside: Array | None = None) -> Array:
    """σ + z σ (1 - σ) = σ (1 + z - a), by the product rule, where a = z σ(z)."""
    s = sigmoid(z) if aside is None else aside
    slope = np.subtract(z, a, out=out)
    slope += CONSTANTS[z.dtype.char].one
    slope *= s
    return slope


def identity(z: Array, out: Array | None = None, aside: Array | None = None) -> Array:
    """z itself: a network of these alone is one linear map, however deep."""
    return z if out is z else np.positive(z, out=out)


def identity_slope(z: Array, a: Array, out: Array | None = None, aside: Array | None = None) -> Array:
    """1 everywhere."""
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
