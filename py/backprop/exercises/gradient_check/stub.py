"""A gradient check by central differences."""

import numpy as np


def numeric_gradient(loss, w):
    """Return the central differences of loss(w), an array like w."""
    ...


def find_wrong(loss, tensors, gradients):
    """Return the name of the tensor whose gradient is wrong."""
    ...
