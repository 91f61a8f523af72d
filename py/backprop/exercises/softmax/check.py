"""Checks of softmax: several shapes, large logits, and rows far apart."""

import numpy as np

from ...losses import softmax
from ..case import EDGE, FORWARD, Case, normal, samples

FUNCTION = "softmax"


def cases() -> list[Case]:
    """Return the cases."""
    shapes = [(4, 4), (10, 4), (7, 3), (1, 5)]
    shift = np.array([[-900.0], [900.0], [0.0]])
    return [
        *(_case(f"{samples(count)}, {classes} classes", normal(count, count, classes)) for count, classes in shapes),
        _case("logits near 1000", 1000 + normal(5, 10, 4), EDGE),
        _case("rows 1800 apart", shift + normal(6, 3, 4), EDGE),
    ]


def _case(title: str, logits: np.ndarray, kind: str = FORWARD) -> Case:
    return Case(title, (logits,), {"p": softmax(logits)}, kind, FUNCTION, 1e-12)
