"""Weight gradient: how fast the loss grows with each weight."""

import numpy as np


def weight_gradient(x, dz):
    """Return dL/dW, shape (in, out), from x, shape (N, in), and dL/dz, shape (N, out)."""
    ...
