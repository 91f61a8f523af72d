"""Checks of the input gradient: dL/dx of L = Σ dz · (x W) by central differences."""

from ..case import GRADIENT, Case, normal, numeric_gradient, samples

FUNCTION = "input_gradient"


def cases() -> list[Case]:
    """Return the cases: layers of 4 × 3 and 4 × 4, batches of 10, 7 and 1."""
    return [_case(10, 4, 3), _case(7, 4, 3), _case(10, 4, 4), _case(1, 4, 3)]


def _case(count: int, inputs: int, units: int) -> Case:
    dz, w = normal(count, count, units), normal(units, inputs, units)
    dx = numeric_gradient(lambda x: float((dz * (x @ w)).sum()), normal(count + 100, count, inputs))
    return Case(f"{samples(count)}, {inputs} inputs, {units} units", (dz, w), {"dx": dx}, GRADIENT, FUNCTION)
