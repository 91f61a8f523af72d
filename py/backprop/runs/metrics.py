"""Measured metrics of a run: at its current weights, and at its best epoch."""

import math
from typing import Any, NamedTuple

from ..activations import Array
from ..fields import Fields
from ..training.epochs import METRICS, EpochMetrics


class Best(NamedTuple):
    """Step, metrics and parameters at the end of the best complete epoch so far, by the monitored metric."""

    step: int
    metrics: EpochMetrics
    parameters: Array

    def to_state(self) -> dict[str, Any]:
        """Return plain data."""
        return {"step": self.step, **self.metrics._asdict(), "parameters": self.parameters.copy()}

    @classmethod
    def from_state(cls, value: object, *, monitor: str, steps: int, held_out: int, like: Array) -> "Best":
        """Read what `to_state` returned.

        Parameters
        ----------
        monitor : monitored metric
        steps, held_out : steps of the run, and number of its held-out samples
        like : parameters of the model
        """
        state = Fields("best", value, ("step", *METRICS, "parameters"))
        metrics = EpochMetrics(*(state.real(name) for name in METRICS))
        if not math.isfinite(getattr(metrics, monitor)):
            raise ValueError(f"best.{monitor} must be finite, for it is monitored")
        if held_out == 0 and not math.isnan(metrics.held_out_loss):  # and with some it is NaN if it is not finite
            raise ValueError(f"best.held_out_loss must fit the {held_out} samples held out")
        return cls(state.integer("step", 1, steps, "steps done"), metrics, state.finite_vector("parameters", like))


class Metrics(NamedTuple):
    """Loss and accuracy over all training samples, and over all held-out samples if any, at one step."""

    step: int
    loss: float
    accuracy: float | None  # None if a sample has no prediction: its largest logit is not finite
    held_out_loss: float | None
    held_out_accuracy: float | None

    @classmethod
    def from_state(cls, value: object, *, steps: int, held_out: int) -> "Metrics":
        """Read the fields of metrics, in a run of `steps` steps with `held_out` held-out samples."""
        state = Fields("metrics", value, cls._fields)
        accuracy = state.share_or_none("held_out_accuracy")
        if (state["held_out_loss"] is None) != (held_out == 0) or (accuracy is not None and held_out == 0):
            raise ValueError(f"metrics.held_out_loss must fit the {held_out} samples held out")
        return cls(
            state.integer("step", 0, steps, "steps done"),
            state.real("loss"),
            state.share_or_none("accuracy"),
            state.real_or_none("held_out_loss"),
            accuracy,
        )
