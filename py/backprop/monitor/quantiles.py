"""Quantiles of tensors."""

import math
from typing import TypedDict

import numpy as np

from ..activations import Array

SAMPLE = 4096  # numbers that the quartiles of a running picture are taken of


class Scale(TypedDict):
    """Quantiles of the finite numbers of a tensor; all zero without any.

    Attributes
    ----------
    min, p25, p50, p75, max : minimum, quartiles, maximum
    magnitude_p25 : lower quartile of the magnitudes that are not zero; 0 without any
    not_finite : how many numbers are NaN or infinite
    """

    min: float
    p25: float
    p50: float
    p75: float
    max: float
    magnitude_p25: float
    not_finite: int


def quantile_scale(values: Array, *, sample: int | None = None) -> Scale:
    """Return the minimum, the quartiles and the maximum of all finite `values`.

    The quantile q of n numbers is at index q (n - 1) of their sorted order, interpolated linearly between neighbours:
    definition 7 of Hyndman & Fan (1996), "Sample Quantiles in Statistical Packages", and NumPy's default.

    Parameters
    ----------
    values : array of any shape; not changed
    sample : the quartiles are taken of about this many of the numbers, evenly spaced; minimum and maximum are exact
    """
    flat = values.ravel()
    low, high = (float(flat.min()), float(flat.max())) if flat.size else (0.0, 0.0)
    not_finite = 0
    if not np.isfinite([low, high]).all():  # NaN is in both, an infinity in one
        finite = flat[np.isfinite(flat)]
        flat, not_finite = finite, flat.size - finite.size
        low, high = (float(flat.min()), float(flat.max())) if flat.size else (0.0, 0.0)
    if sample and flat.size > 2 * sample:
        # An odd stride visits all columns of a matrix, whose number is often even.
        flat = flat[:: flat.size // sample | 1]
    magnitudes = np.abs(flat[flat != 0])
    p25, p50, p75 = _quartiles(flat)
    magnitude = _quantile(magnitudes, 0.25)
    return Scale(min=low, p25=p25, p50=p50, p75=p75, max=high, magnitude_p25=magnitude, not_finite=not_finite)


def _quartiles(flat: Array) -> tuple[float, float, float]:
    """Return three quantiles without a full sort.

    A partition puts one number in its sorted place, smaller ones before and larger ones after it. Then each half is
    partitioned again.
    """
    if not flat.size:
        return 0.0, 0.0, 0.0
    last, middle = flat.size - 1, (flat.size - 1) // 2
    ordered = np.partition(flat, middle) if last > 8 else np.sort(flat)
    p25 = _partitioned_at(ordered[: middle + 2], last / 4)
    p75 = _partitioned_at(ordered[middle:], 3 * last / 4 - middle)
    return p25, _at(ordered, last / 2), p75


def _quantile(flat: Array, share: float) -> float:
    return _partitioned_at(flat, share * (flat.size - 1)) if flat.size else 0.0


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
