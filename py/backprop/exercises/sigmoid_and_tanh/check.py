"""Checks of the gradients of sigmoid and tanh, given only their values."""

import numpy as np

from ...activations import Value, sigmoid, tanh
from ..case import EDGE, GRADIENT, Case, normal, numeric_gradient, samples

FUNCTIONS: dict[str, Value] = {"sigmoid_gradient": sigmoid, "tanh_gradient": tanh}


def cases() -> list[Case]:
    """Return the cases of each function: z between -3 and 3, and saturated units."""
    spread = [_spread(function, count) for function in FUNCTIONS for count in (10, 7)]
    return [*spread, *(_saturated(function) for function in FUNCTIONS)]


def _spread(function: str, count: int) -> Case:
    value = FUNCTIONS[function]
    da, z = normal(count, count, 4), np.linspace(-3, 3, 4 * count).reshape(count, 4)
    dz = numeric_gradient(lambda at: float((da * value(at)).sum()), z)
    return Case(f"{samples(count)}, z from -3 to 3", (da, value(z)), {"dz": dz}, GRADIENT, function)


def _saturated(function: str) -> Case:
    da, z = normal(3, 2, 3), np.array([[-30.0, 0.0, 30.0], [30.0, -30.0, 0.0]])
    slope = np.where(z == 0, 0.25 if function == "sigmoid_gradient" else 1.0, 0.0)
    return Case("z of -30, 0 and 30", (da, FUNCTIONS[function](z)), {"dz": da * slope}, EDGE, function)
