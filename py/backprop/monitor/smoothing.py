"""Exponential moving average of noisy series, as in TensorBoard."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]


def smooth(values: Column, ends: Column, weight: float, restarts: Iterable[float] = ()) -> Column:
    """Compute the debiased exponential moving average of a series.

    For each step, s = w s + (1 - w) v from s = 0, returned as s / (1 - wⁿ) after n steps: the bias correction of Kingma
    & Ba (2015), "Adam", section 3. A value for several steps counts once per step. Non-finite values are returned as
    they are; the next finite value starts a new average.

    Parameters
    ----------
    values : float64 (n,), oldest first
    ends : float64 (n,), last step of each value; the first value starts with step 1
    weight : w, from 0 (no smoothing) to below 1
    restarts : steps; the first value entirely after one of them starts a new average

    Returns
    -------
    float64 (n,); each number depends only on values up to its index
    """
    smoothed = values.copy()
    places = np.flatnonzero(np.isfinite(values))
    if weight == 0 or not places.size:
        return smoothed
    begins = np.concatenate([[0.0], ends[:-1]])
    firsts = np.searchsorted(begins, sorted(restarts))
    sizes = (ends - begins)[places]
    begins_series = np.diff(np.searchsorted(firsts, places, side="right"), prepend=-1) != 0
    begins_series |= np.diff(places, prepend=places[0] - 1) > 1
    kept = np.where(begins_series, 0.0, weight**sizes)
    average = -np.expm1(sizes * np.log(weight)) * values[places]
    # Each pass doubles the number of values summed at each index. Even tiny weights matter: the losses of a diverging
    # run span all magnitudes.
    distance = 1
    while distance < places.size and weight**distance > 0:
        average[distance:] += kept[distance:] * average[:-distance]
        kept[distance:] = kept[distance:] * kept[:-distance]
        distance *= 2
    steps = np.cumsum(sizes)
    before = np.maximum.accumulate(np.where(begins_series, steps - sizes, 0.0))
    smoothed[places] = average / -np.expm1((steps - before) * np.log(weight))
    return smoothed
