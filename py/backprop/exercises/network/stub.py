"""The backward pass of a whole network."""

import numpy as np


def backward(x, layers, dlogits, slope):
    """Return [(dW, db), ...], first layer first, of dL/dlogits."""
    ...
