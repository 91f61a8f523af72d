"""Input gradient: what a layer passes on to the layer below."""

import numpy as np


def input_gradient(dz, W):
    """Return dL/dx, shape (N, in), from dL/dz, shape (N, out), and W, shape (in, out)."""
    ...
