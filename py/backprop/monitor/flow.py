"""Gradient flow of a run over its steps, in bounded memory."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..activations import Array
from ..fields import MAX_COUNT, Fields
from ..model import Model
from ..tensors import layer_names
from .gradient_flow import QUANTITIES, Table, measure

# Valid range of each quantity, unless NaN; rounding may move a cosine slightly beyond 1.
RANGES = ((0.0, np.inf), (0.0, np.inf), (0.0, np.inf), (0.0, 1.0), (0.0, 1.0), (-1.001, 1.001), (0.0, 1.0))
# Number of samples, the first of the dataset, on which flat and dead units are measured.
PROBE = 40
# At this number of moments every second one is dropped, and the stride doubles.
MAX_MOMENTS = 64


class Flow:
    """Gradient flow of a run over time, in bounded memory.

    It is measured at step 1 and at every multiple of `stride` steps. At `MAX_MOMENTS` moments, every second one is
    dropped and the stride doubles: the kept moments depend only on the steps, and measuring gets cheaper.

    Parameters
    ----------
    model : Model of the run
    inputs : inputs of the dataset; the first `PROBE` are the probe

    Attributes
    ----------
    stride : int, a power of two
    values : float64 (moments, layers, quantities), from `measure`
    previous : gradients of the last step, kept only if the next step will be measured
    """

    def __init__(self, model: Model, inputs: NDArray[Any]) -> None:
        self.probe: Array = inputs[:PROBE] if model.embedding else inputs[:PROBE].astype(model.dtype)
        self.stride = 1
        # Allocated once, so that no moment can fail for lack of memory.
        self._values: Table = np.empty((MAX_MOMENTS, len(layer_names(model)), len(QUANTITIES)))
        self._count = 0
        self._gradients = np.empty_like(model.gradients)
        self.previous: Array | None = None

    @property
    def values(self) -> Table:
        """Copy of the moments so far."""
        return self._values[: self._count].copy()

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of layers and of quantities."""
        return self._values.shape[1:]

    @property
    def steps(self) -> NDArray[np.int64]:
        """Step of each moment: 1, and the multiples of the stride."""
        return steps_of(self._count, self.stride)

    def steps_left(self, step: int) -> int:
        """Return the number of training steps after `step` until `record` must be called again."""
        to_next = self.stride - step % self.stride
        return 1 if step == 0 else max(1, to_next - 1)  # the previous step's gradients are needed too

    def record(self, model: Model, before: Array, step: int) -> bool:
        """Record step `step` after its update; return whether it was measured.

        If measuring raises, the moment is recorded as NaN.

        Parameters
        ----------
        before : parameters before the update
        """
        is_due = step == 1 or step % self.stride == 0
        if is_due:
            self._values[self._count] = np.nan
            self._count += 1
        try:
            if is_due:
                self._values[self._count - 1] = measure(model, self.probe, before, self.previous)
        finally:
            if self._count == MAX_MOMENTS:
                self._thin_out()
            self._keep(model.gradients if (step + 1) % self.stride == 0 else None)
        return is_due

    def to_state(self) -> dict[str, Any]:
        """Return plain data."""
        previous = None if self.previous is None else self.previous.copy()
        return {"stride": self.stride, "values": self.values.ravel(), "previous": previous}

    def restore_state(self, value: object, step: int) -> None:
        """Restore what `to_state` returned in a run of `step` steps, or raise ValueError."""
        state = Fields("flow", value, ("stride", "values", "previous"))
        stride = state.integer("stride", 1, MAX_COUNT)
        count, sizes = moments_at(step, stride), self.shape
        whole = stride == 1 or (stride & (stride - 1) == 0 and count >= MAX_MOMENTS // 2)
        if not whole or count >= MAX_MOMENTS:
            raise ValueError(f"flow.stride must be a power of two that fits the {step} steps of the run, got {stride}")
        values = state.array("values", "float64", count * math.prod(sizes)).reshape(count, *sizes)
        lows, highs = np.array(RANGES).T
        if (values < lows).any() or (values > highs).any():
            raise ValueError(f"flow.values must be {', '.join(QUANTITIES)} in their ranges, layer by layer")
        due = step > 0 and (step + 1) % stride == 0
        if due != (state["previous"] is not None):
            raise ValueError("flow.previous must be there if the next step is one that is measured, and only then")
        self.restore(stride, values, state.vector("previous", self._gradients) if due else None)

    def restore(self, stride: int, values: Table, previous: Array | None) -> None:
        """Restore a saved `stride`, `values` and `previous`."""
        self.stride, self._count = stride, len(values)
        self._values[: self._count] = values
        self._keep(previous)

    def _keep(self, gradients: Array | None) -> None:
        self.previous = None
        if gradients is not None:
            self._gradients[:] = gradients
            self.previous = self._gradients

    def _thin_out(self) -> None:
        self.stride *= 2
        steps = steps_of(self._count, self.stride // 2)
        kept = self._values[: self._count][(steps == 1) | (steps % self.stride == 0)]
        self._count = len(kept)
        self._values[: self._count] = kept


def steps_of(count: int, stride: int) -> NDArray[np.int64]:
    """Return the steps of the first `count` moments: 1, and the multiples of the stride."""
    steps = np.arange(count) * stride
    if stride == 1:
        return steps + 1
    steps[:1] = 1
    return steps


def moments_at(step: int, stride: int) -> int:
    """Return the number of moments after `step` steps."""
    return step // stride + (step > 0 and stride > 1)
