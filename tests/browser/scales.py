"""Colour scales as their definition has them."""

import math


def rounded_threshold(quartile: float, reach: float) -> float:
    """Return the constant of a symlog scale: 1, 2 or 5 times a power of ten, the nearest on a logarithmic scale."""
    if quartile == 0:
        return 0.0
    candidates = [float(f"{step}e{power}") for power in range(-320, 300) for step in (1, 2, 5)]
    nearest = min(candidates, key=lambda candidate: abs(math.log(candidate or 1e-323) - math.log(quartile)))
    return min(nearest, reach)
