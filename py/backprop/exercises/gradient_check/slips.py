"""Known mistakes in a gradient check."""

import numpy as np

REPLACES = {
    name: "numeric_gradient"
    for name in ("forward_difference", "step_too_small", "single_precision", "not_restored", "restored_by_arithmetic")
}


def _differences(loss, w, h=1e-5):
    gradient = np.zeros_like(w)
    for position in np.ndindex(w.shape):
        moved = [w.copy(), w.copy()]
        moved[0][position] += h
        moved[1][position] -= h
        gradient[position] = (loss(moved[0]) - loss(moved[1])) / (2 * h)
    return gradient


def forward_difference(loss, w):
    """Yours is the forward difference (loss(w + h) − loss(w)) / h. Its error is of order h, that of the central one h²."""
    h = 1e-5
    gradient = np.zeros_like(w)
    for position in np.ndindex(w.shape):
        moved = w.copy()
        moved[position] += h
        gradient[position] = (loss(moved) - loss(w)) / h
    return gradient


def step_too_small(loss, w):
    """Yours uses a step of 1e-12: the two losses differ in their last digits only. Take h = 1e-5."""
    return _differences(loss, w, 1e-12)


def single_precision(loss, w):
    """Yours computes in float32: its rounding is larger than the differences. Stay in float64."""
    return _differences(lambda moved: np.float32(loss(moved)), w)


def not_restored(loss, w):
    """Yours leaves w changed. Keep the original number before you change it, and put it back."""
    h = 1e-5
    gradient = np.zeros_like(w)
    for position in np.ndindex(w.shape):
        w[position] += h
        above = loss(w)
        w[position] -= 2 * h
        gradient[position] = (above - loss(w)) / (2 * h)
    return gradient


def restored_by_arithmetic(loss, w):
    """Yours restores w by adding h back: rounding can leave another last bit. Keep the original number instead."""
    h = 1e-5
    gradient = np.zeros_like(w)
    for position in np.ndindex(w.shape):
        w[position] += h
        above = loss(w)
        w[position] -= 2 * h
        gradient[position] = (above - loss(w)) / (2 * h)
        w[position] += h
    return gradient
