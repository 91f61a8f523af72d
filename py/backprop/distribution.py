"""How the numbers of a tensor are distributed: a histogram with quantiles, now and at earlier steps."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .activations import Array
from .frame import backward_tensors, forward_tensors
from .last_pass import state_tensors
from .model import Model

BINS = 40
QUANTILES = (0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0)
MOST_WATCHED = 4  # tensors of which earlier histograms are kept

Column = NDArray[np.float64]


class Distribution(NamedTuple):
    """The distribution of some numbers.

    Attributes
    ----------
    size, finite : how many numbers there are, and how many of them are neither infinite nor NaN; all else is about
        these
    mean, std : NaN if there are none; std is that of the numbers themselves, divided by n
    quantiles : float64 (9,), at `QUANTILES`, by the definition that `analysis.quantile_scale` names
    low, high : the ends of the histogram: the smallest and the largest number; if these are equal, or as good as equal,
        half a unit around them, or a billionth of their size if that is more
    counts : int32 (BINS,), how many numbers lie in each of `BINS` equally wide bins
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
    """Return the distribution of all numbers of a tensor, computed in float64."""
    flat = values.ravel().astype(np.float64)
    numbers = flat[np.isfinite(flat)]
    if not numbers.size:
        nothing = np.full(len(QUANTILES), np.nan)
        return Distribution(flat.size, 0, np.nan, np.nan, nothing, 0.0, 0.0, np.zeros(BINS, np.int32))
    largest = float(np.abs(numbers).max())
    unit = largest if largest > 1e150 else 1.0  # a diverged run: neither a distance nor a square may overflow
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
        float(numbers.std()) * unit,
        np.quantile(numbers, QUANTILES) * unit,
        low * unit,
        high * unit,
        counts.astype(np.int32),
    )


def tensors_of(model: Model, state: Mapping[str, Array]) -> dict[str, Array]:
    """Return all tensors of a model's last pass and of an optimizer's state, by their names in a frame."""
    return forward_tensors(model) | backward_tensors(model) | state_tensors(model, state)


def tensor_of(model: Model, state: Mapping[str, Array], name: object) -> Array:
    """Return one of them, or raise ValueError."""
    tensors = tensors_of(model, state)
    if not isinstance(name, str) or name not in tensors:
        raise ValueError(f"tensor must be one of {', '.join(tensors)}, got {str(name)[:60]!r}")
    return tensors[name]


class Watch:
    """Earlier distributions of the tensors that were asked about last, at the steps at which the flow is measured.

    They are kept in memory only, from the step on at which a tensor was first asked about; training does not depend on
    them. When the flow's stride doubles, the steps between are dropped here too.
    """

    def __init__(self) -> None:
        self._watched: dict[str, dict[int, Distribution]] = {}
        self._since: dict[str, int] = {}

    def ask(self, name: str, step: int) -> tuple[int, dict[int, Distribution]]:
        """Return the step since which tensor `name` is watched, from now on if it was not, and step → distribution."""
        found = self._watched.pop(name, {})
        self._watched[name] = found  # the newest comes last
        self._since.setdefault(name, step)
        if len(self._watched) > MOST_WATCHED:
            oldest = next(iter(self._watched))
            del self._watched[oldest], self._since[oldest]
        return self._since[name], found

    def look(self, model: Model, state: Mapping[str, Array], step: int, kept: NDArray[np.int64]) -> None:
        """Take the distributions of all that is watched at `step`, and drop those at steps that are not `kept`."""
        if not self._watched:
            return
        steps, tensors = set(kept.tolist()), tensors_of(model, state)
        for name, found in self._watched.items():
            self._watched[name] = {at: past for at, past in found.items() if at in steps}
            if step in steps and name in tensors:  # another optimizer remembers other things
                self._watched[name][step] = distribution(tensors[name])
