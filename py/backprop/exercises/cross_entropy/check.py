"""Checks of the gradient of the mean cross-entropy, by central differences of the loss."""

import numpy as np

from ...losses import cross_entropy, softmax
from ..case import GRADIENT, Case, normal, numeric_gradient, samples

FUNCTION = "cross_entropy_gradient"


def cases() -> list[Case]:
    """Return the cases: batches of 10, 7 and 1; the number of classes is never that of the samples."""
    return [_case(10, 4), _case(7, 5), _case(1, 3)]


def _case(count: int, classes: int) -> Case:
    logits, targets = normal(count, count, classes), np.arange(count) * 2 % classes
    gradient = numeric_gradient(lambda at: cross_entropy(at, targets)[0], logits)
    title = f"{samples(count)}, {classes} classes"
    return Case(title, (softmax(logits), targets), {"dlogits": gradient}, GRADIENT, FUNCTION)
