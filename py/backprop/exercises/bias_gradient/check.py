"""Checks of the bias gradient: dL/db of L = Σ dz · (z + b) by central differences."""

from ..case import GRADIENT, Case, normal, numeric_gradient, samples

FUNCTION = "bias_gradient"


def cases() -> list[Case]:
    """Return the cases: batches of 10, 7 and 1."""
    return [_case(10, 3), _case(7, 5), _case(1, 3)]


def _case(count: int, units: int) -> Case:
    dz, z = normal(count, count, units), normal(count + 100, count, units)
    db = numeric_gradient(lambda b: float((dz * (z + b)).sum()), normal(units, units))
    return Case(f"{samples(count)}, {units} units", (dz,), {"db": db}, GRADIENT, FUNCTION)
