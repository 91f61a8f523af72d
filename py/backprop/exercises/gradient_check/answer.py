"""A gradient check by central differences."""

import numpy as np


def numeric_gradient(loss, w):
    """Return the central differences of loss(w), an array like w."""
    h = 1e-5
    gradient = np.zeros_like(w)
    for position in np.ndindex(w.shape):
        original = w[position]
        w[position] = original + h
        above = loss(w)
        w[position] = original - h
        below = loss(w)
        w[position] = original
        gradient[position] = (above - below) / (2 * h)
    return gradient


def find_wrong(loss, tensors, gradients):
    """Return the name of the tensor whose gradient is wrong."""
    errors = {}
    for name in tensors:
        numeric = numeric_gradient(lambda w: loss({**tensors, name: w}), tensors[name])
        errors[name] = np.linalg.norm(gradients[name] - numeric) / np.linalg.norm(numeric)
    return max(errors, key=errors.get)
