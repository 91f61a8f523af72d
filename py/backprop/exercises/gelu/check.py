"""Checks of GELU's gradient: z between -3 and 3, where the forms differ most."""

import numpy as np

from ...activations import gelu
from ..case import EDGE, GRADIENT, Case, normal, numeric_gradient, samples

FUNCTION = "gelu_gradient"


def cases() -> list[Case]:
    """Return the cases: batches of 10 and 7, and z far out."""
    da, z = np.ones((1, 4)), np.array([[-30.0, -12.0, 12.0, 30.0]])
    far = Case("z of ±12 and ±30", (da, z), {"dz": (z > 0).astype(np.float64)}, EDGE, FUNCTION)
    return [_case(10), _case(7), far]


def _case(count: int) -> Case:
    da, z = normal(count, count, 4), np.linspace(-3, 3, 4 * count).reshape(count, 4)
    dz = numeric_gradient(lambda at: float((da * gelu(at)).sum()), z)
    return Case(f"{samples(count)}, z from -3 to 3", (da, z), {"dz": dz}, GRADIENT, FUNCTION)
