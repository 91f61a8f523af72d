"""ReLU's gradient."""

import numpy as np


def relu_gradient(da, z):
    """Return dL/dz from dL/da and z, all of shape (N, units)."""
    return da * (z > 0)
