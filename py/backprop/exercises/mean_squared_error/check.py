"""Checks of the gradient of the mean squared error, by central differences of the loss."""

from ...losses import mse
from ..case import GRADIENT, Case, normal, numeric_gradient, samples

FUNCTION = "mse_gradient"


def cases() -> list[Case]:
    """Return the cases: three outputs and one, batches of 10, 7 and 1."""
    return [_case(10, 3), _case(7, 3), _case(10, 1), _case(1, 3)]


def _case(count: int, outputs: int) -> Case:
    values, targets = normal(count, count, outputs), normal(count + 100, count, outputs)
    gradient = numeric_gradient(lambda at: mse(at, targets)[0], values)
    title = f"{samples(count)}, {outputs} {'output' if outputs == 1 else 'outputs'}"
    return Case(title, (values, targets), {"doutputs": gradient}, GRADIENT, FUNCTION)
