"""Known mistakes in the gradients of sigmoid and tanh."""

import numpy as np

REPLACES = {
    "sigmoid_again": "sigmoid_gradient",
    "sigmoid_without_da": "sigmoid_gradient",
    "tanh_not_squared": "tanh_gradient",
    "tanh_again": "tanh_gradient",
    "tanh_without_da": "tanh_gradient",
}


def sigmoid_again(da, a):
    """Yours applies the sigmoid again, to a. a is its value already: the slope is a (1 − a)."""
    s = 1 / (1 + np.exp(-a))
    return da * s * (1 - s)


def sigmoid_without_da(da, a):
    """Yours is the slope of the sigmoid without da. The chain rule multiplies: dL/dz = dL/da · da/dz."""
    return a * (1 - a)


def tanh_not_squared(da, a):
    """Yours is 1 − a. The slope of tanh is 1 − a², with the square."""
    return da * (1 - a)


def tanh_again(da, a):
    """Yours applies tanh again, to a. a is its value already: the slope is 1 − a²."""
    return da * (1 - np.tanh(a) ** 2)


def tanh_without_da(da, a):
    """Yours is the slope of tanh without da. The chain rule multiplies: dL/dz = dL/da · da/dz."""
    return 1 - a * a
