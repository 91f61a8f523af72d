"""Checks of the weight gradient: dL/dW of L = Σ dz · (x W) by central differences."""

from ..case import GRADIENT, Case, normal, numeric_gradient, samples

FUNCTION = "weight_gradient"


def cases() -> list[Case]:
    """Return the cases: layers of 4 × 3 and 4 × 4, batches of 10, 7 and 1."""
    return [_case(10, 4, 3), _case(7, 4, 3), _case(10, 4, 4), _case(1, 4, 3)]


def _case(count: int, inputs: int, units: int) -> Case:
    x, dz = normal(count, count, inputs), normal(count + 100, count, units)
    dw = numeric_gradient(lambda w: float((dz * (x @ w)).sum()), normal(units, inputs, units))
    return Case(f"{samples(count)}, {inputs} inputs, {units} units", (x, dz), {"dW": dw}, GRADIENT, FUNCTION)
