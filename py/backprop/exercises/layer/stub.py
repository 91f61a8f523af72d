"""A whole layer: forward is given, backward is to be written."""

import numpy as np


class Layer:
    """One fully connected layer, z = x W + b."""

    def __init__(self, W, b):
        self.W = W
        self.b = b

    def forward(self, x):
        """Return z, shape (N, out), from x, shape (N, in)."""
        self.x = x
        return x @ self.W + self.b

    def backward(self, dz):
        """Store self.dW and self.db, and return dL/dx, from dL/dz, shape (N, out)."""
        ...
