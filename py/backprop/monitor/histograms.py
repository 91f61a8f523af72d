"""Distribution of the numbers of a tensor: histogram and quantiles, now and at earlier steps."""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..activations import Array
from ..model import Model
from ..tensors import all_tensors
from ..updates import norm

BINS = 40
QUANTILES = (0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0)
MAX = float(np.finfo(np.float64).max)
MAX_WATCHED = 4  # tensors with earlier histograms

Column = NDArray[np.float64]


class Distribution(NamedTuple):
    """Distribution of some numbers.

    Attributes
    ----------
    size, finite : number of all numbers, and of the finite ones; everything else is about the finite ones
    mean, std : NaN without finite numbers; std is the population standard deviation, with divisor n
    quantiles : float64 (9,), at `QUANTILES`, as defined in `quantiles.quantile_scale`
    low, high : range of the histogram: minimum and maximum; if these are (almost) equal, ± 0.5 around them, or ± a
        billionth of their magnitude if that is more
    counts : int32 (BINS,), numbers in each of `BINS` bins of equal width
    """

    size: int
    finite: int
    mean: float
    std: float
    quantiles: Column
    low: float
    high: float
    counts: NDArray[np.int32]


def distribution(values: Array) -> Distribution:
    """Compute the distribution of all numbers of a tensor, in float64."""
    flat = values.ravel().astype(np.float64)
    numbers = flat[np.isfinite(flat)]
    if not numbers.size:
        nothing = np.full(len(QUANTILES), np.nan)
        return Distribution(flat.size, 0, np.nan, np.nan, nothing, 0.0, 0.0, np.zeros(BINS, np.int32))
    largest = float(np.abs(numbers).max())
    unit = largest if largest > 1e150 else 1.0  # in a diverged run, distances and squares must not overflow
    numbers /= unit
    low, high = float(numbers.min()), float(numbers.max())
    if high - low <= 1e-12 * largest / unit or high - low < 1e-300:
        half = max(0.5 / unit, 1e-9 * largest / unit)
        low, high = low - half, high + half
    counts, _ = np.histogram(numbers, BINS, (low, high))
    return Distribution(
        flat.size,
        numbers.size,
        float(numbers.mean()) * unit,
        norm(numbers - numbers.mean()) / math.sqrt(numbers.size) * unit,
        np.quantile(numbers, QUANTILES) * unit,
        max(low * unit, -MAX),
        min(high * unit, MAX),
        counts.astype(np.int32),
    )


class Watch:
    """Earlier distributions of the tensors requested most recently, at the steps of the gradient flow.

    They are kept in memory only, from the step of the first request on; training does not depend on them. When the
    stride of the flow doubles, the steps between are dropped here too.
    """

    def __init__(self) -> None:
        self._watched: dict[str, dict[int, Distribution]] = {}
        self._since: dict[str, int] = {}

    def ask(self, name: str, step: int) -> tuple[int, dict[int, Distribution]]:
        """Watch tensor `name` from now on if it is not watched; return its first step, and step → distribution."""
        found = self._watched.pop(name, {})
        self._watched[name] = found  # the newest request comes last
        self._since.setdefault(name, step)
        if len(self._watched) > MAX_WATCHED:
            oldest = next(iter(self._watched))
            del self._watched[oldest], self._since[oldest]
        return self._since[name], found

    def record(self, model: Model, state: Mapping[str, Array], step: int, kept: NDArray[np.int64]) -> None:
        """Record the distributions of all watched tensors at `step`, and drop those at steps not in `kept`."""
        if not self._watched:
            return
        steps, tensors = set(kept.tolist()), all_tensors(model, state)
        for name, found in self._watched.items():
            self._watched[name] = {at: earlier for at, earlier in found.items() if at in steps}
            if step in steps and name in tensors:  # a state tensor is missing after a change of the optimizer
                self._watched[name][step] = distribution(tensors[name])
