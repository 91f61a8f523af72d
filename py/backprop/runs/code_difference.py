"""The step at which two runs with the same start part, and the differences of their tensors."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..tensors import backward_tensors
from .run import TrainingRun


class Parting(NamedTuple):
    """The step at which two runs part.

    Attributes
    ----------
    after : updates after which their losses differ for the first time, or None if no difference is known
    exact : whether the history holds the losses of single steps up to there
    steps : updates that both have made
    """

    after: int | None
    exact: bool
    steps: int


class TensorGap(NamedTuple):
    """A tensor's name, and ‖a - b‖ / max(‖a‖, ‖b‖) of its values in two runs."""

    name: str
    difference: float


def find_parting(one: TrainingRun, other: TrainingRun) -> Parting:
    """Compare the losses of two runs, step by step as far as their histories hold them.

    The loss of a step is measured before its update, so runs whose losses differ at step n + 1 parted after update n.
    """
    steps, stride = min(one.trainer.step, other.trainer.step), one.history.stride
    exact = stride == other.history.stride == 1
    if stride == other.history.stride:
        a, b = (_losses(run)[: -(-steps // stride)] for run in (one, other))
        [differ] = np.nonzero((a != b) & ~(np.isnan(a) & np.isnan(b)))
        if len(differ):
            return Parting((int(differ[0]) + 1) * stride - 1, exact, steps)
    at_one_step = one.trainer.step == other.trainer.step
    parted = at_one_step and not np.array_equal(one.model.parameters, other.model.parameters, equal_nan=True)
    return Parting(steps if parted else None, exact, steps)


def _losses(run: TrainingRun) -> NDArray[np.float64]:
    """Return the mean losses of all buckets of the history, then those of single steps."""
    return np.concatenate([run.history.buckets[3], run.history.recent[2]])


def gaps(one: TrainingRun, other: TrainingRun) -> Iterator[TensorGap]:
    """Yield the difference of each parameter and gradient; nothing if the runs are at different steps."""
    if one.trainer.step != other.trainer.step:
        return
    a, b = ({**run.model.named_parameters(), **backward_tensors(run.model)} for run in (one, other))
    for name, values in a.items():
        if name in b and b[name].shape == values.shape:
            yield TensorGap(name, _gap(values.astype(np.float64), b[name].astype(np.float64)))


def _gap(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    with np.errstate(all="ignore"):
        size = max(float(np.linalg.norm(a)), float(np.linalg.norm(b)))
        return float(np.linalg.norm(a - b)) / size if size else 0.0
