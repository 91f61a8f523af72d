"""Gradient of the mean cross-entropy."""

import numpy as np


def cross_entropy_gradient(p, targets):
    """Return dL/dlogits, shape (N, C), from p = softmax(logits) and the classes (N,)."""
    ...
