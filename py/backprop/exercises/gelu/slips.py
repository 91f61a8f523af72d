"""Known mistakes in GELU's gradient."""

import math

import numpy as np

C = np.sqrt(2 / np.pi)
K = 0.044715


def exact_form(da, z):
    """Yours is the slope of the exact form, with erf. The forward pass uses the tanh form: they differ by about 1e-4."""
    cdf = 0.5 * (1 + np.vectorize(math.erf)(z / math.sqrt(2)))
    return da * (cdf + z * np.exp(-z * z / 2) / math.sqrt(2 * math.pi))


def sigmoid_form(da, z):
    """Yours is the slope of z σ(1.702 z), another approximation of GELU. Differentiate the tanh form."""
    s = 1 / (1 + np.exp(-1.702 * z))
    return da * (s + 1.702 * z * s * (1 - s))


def gate_alone(da, z):
    """Yours is the first term of the product rule only. z is in the second factor too: add ½ z times its slope."""
    return da * 0.5 * (1 + np.tanh(C * (z + K * z**3)))


def cube_forgotten(da, z):
    """Yours lacks the slope of K z³ inside the tanh: the inner derivative is C (1 + 3 K z²)."""
    t = np.tanh(C * (z + K * z**3))
    return da * (0.5 * (1 + t) + 0.5 * z * (1 - t * t) * C)
