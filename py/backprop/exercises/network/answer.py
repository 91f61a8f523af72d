"""The backward pass of a whole network."""

import numpy as np


def backward(x, layers, dlogits, slope):
    """Return [(dW, db), ...], first layer first, of dL/dlogits."""
    gradients = []
    dz = dlogits
    for k in reversed(range(len(layers))):
        inputs = layers[k - 1]["a"] if k > 0 else x
        gradients.insert(0, (inputs.T @ dz, dz.sum(axis=0)))
        if k > 0:
            da = dz @ layers[k]["W"].T
            dz = da * slope(layers[k - 1]["z"], layers[k - 1]["a"])
    return gradients
