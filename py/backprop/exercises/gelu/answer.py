"""GELU's gradient, in its tanh form."""

import numpy as np

C = np.sqrt(2 / np.pi)
K = 0.044715


def gelu_gradient(da, z):
    """Return dL/dz from dL/da and z, for GELU in its tanh form."""
    t = np.tanh(C * (z + K * z**3))
    dt = (1 - t * t) * C * (1 + 3 * K * z * z)
    return da * (0.5 * (1 + t) + 0.5 * z * dt)
