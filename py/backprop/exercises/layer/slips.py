"""Known mistakes in a layer."""

import numpy as np


class _Layer:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.dW, self.db = np.zeros_like(W), np.zeros_like(b)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b


class Accumulating(_Layer):
    """Yours adds each gradient to the one before. A call of backward belongs to one pass: replace it, with `=`."""

    def backward(self, dz):
        self.dW += self.x.T @ dz
        self.db += dz.sum(axis=0)
        return dz @ self.W.T


class StaleInputs(_Layer):
    """Yours goes on using the inputs of the first pass. Keep the inputs of the last call of forward."""

    def forward(self, x):
        if not hasattr(self, "x"):
            self.x = x
        return x @ self.W + self.b

    def backward(self, dz):
        self.dW = self.x[: len(dz)].T @ dz
        self.db = dz.sum(axis=0)
        return dz @ self.W.T
