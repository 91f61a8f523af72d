"""Quantiles of tensors."""

import math
from typing import NamedTuple

import numpy as np

from ..activations import Array


class Scale(NamedTuple):
    """Quantiles of the finite numbers of a tensor; all zero without any."""

    min: float
    p25: float
    p50: float
    p75: float
    max: float


def quantile_scale(values: Array) -> Scale:
    """Return the minimum, the quartiles and the maximum of all finite `values`.

    The quantile q of n numbers is at index q (n - 1) of their sorted order, interpolated linearly between neighbours:
    definition 7 of Hyndman & Fan (1996), "Sample Quantiles in Statistical Packages", and NumPy's default.

    Parameters
    ----------
    values : array of any shape; not changed
    """
    flat = values.ravel()
    if not flat.size:
        return Scale(0.0, 0.0, 0.0, 0.0, 0.0)
    low, high = float(flat.min()), float(flat.max())
    if not np.isfinite([low, high]).all():  # NaN is in both, an infinity in one
        return quantile_scale(flat[np.isfinite(flat)])
    # Three quantiles do not need a full sort: a partition puts one number in its sorted place, smaller ones before and
    # larger ones after it. Then each half is partitioned again.
    last, middle = flat.size - 1, (flat.size - 1) // 2
    ordered = np.partition(flat, middle) if last > 8 else np.sort(flat)
    p25 = _partitioned_at(ordered[: middle + 2], last / 4)
    p75 = _partitioned_at(ordered[middle:], 3 * last / 4 - middle)
    return Scale(low, p25, _at(ordered, last / 2), p75, high)


def _partitioned_at(values: Array, place: float) -> float:
    return _at(np.partition(values, int(place)), place)


def _at(partitioned: Array, place: float) -> float:
    """Return the number at a fractional index of the sorted order, given a partition at the integer below it."""
    below = int(place)
    value = float(partitioned[below])
    if place > below:
        above, share = float(partitioned[below + 1 :].min()), place - below
        distance = above - value  # may overflow between large numbers of different signs
        return value + distance * share if math.isfinite(distance) else value * (1 - share) + above * share
    return value
