"""Checks of ReLU's gradient; numbers at the kink are left out and counted."""

import numpy as np

from ...activations import relu
from ..case import EDGE, GRADIENT, STEP, Case, normal, numeric_gradient, samples

FUNCTION = "relu_gradient"


def cases() -> list[Case]:
    """Return the cases: batches of 10 and 7 with some z at the kink, and a dead layer."""
    da, z = normal(8, 6, 4), -np.abs(normal(9, 6, 4)) - 0.1
    dead = Case("all pre-activations negative", (da, z), {"dz": np.zeros_like(z)}, EDGE, FUNCTION)
    return [_case(10), _case(7), dead]


def _case(count: int) -> Case:
    da, z = normal(count, count, 4), normal(count + 100, count, 4)
    z[0, 0] = z[-1, 2] = 0
    kinks = np.abs(z) < 10 * STEP
    dz = numeric_gradient(lambda at: float((da * relu(at)).sum()), z)
    title = f"{samples(count)}, 4 units, some z at the kink"
    return Case(title, (da, z), {"dz": dz}, GRADIENT, FUNCTION, skipped={"dz": kinks})
