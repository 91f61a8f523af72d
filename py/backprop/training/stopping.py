"""Early stopping, by the rules and names of Keras.

After Keras 3, `keras.callbacks.EarlyStopping` and `ModelCheckpoint(save_best_only=True)`.
"""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..activations import Array
from ..fields import Fields
from ..settings import checked, choice, flag, integer, number
from .epochs import EpochMetrics

MONITORS = {
    "held_out_loss": "Held-out loss",
    "held_out_accuracy": "Held-out accuracy",
    "train_loss": "Mean loss of the epoch’s batches",
    "train_accuracy": "Mean accuracy of the epoch’s batches",
}
MIN_DELTA = (0, 1e9)
MODES = {"auto": "Automatic", "min": "Lower", "max": "Higher"}


@dataclass(frozen=True)
class StoppingConfig:
    """Stopping settings. All of them can change during a run.

    Attributes
    ----------
    early_stopping : whether to stop when the monitored metric has not improved for `patience` epochs
    monitor : metric at the end of each epoch that decides which epoch is best: one of `MONITORS`
    mode : "min" (lower is better), "max" (higher is better) or "auto" (lower for a loss, higher for an accuracy)
    min_delta : minimum improvement that counts for early stopping, exclusive
    patience : epochs without improvement before early stopping
    restore_best_weights : whether a run with early stopping restores its best weights at any stop but divergence
    start_from_epoch : number of epochs, from the start of the run, that early stopping ignores
    target : value of the metric at which to stop; None for no target
    max_epochs : epochs of the run after which to stop; None for no limit
    """

    early_stopping: bool = flag(False, "Stop early", help="stop when the metric no longer improves")
    monitor: str = choice("held_out_loss", MONITORS, "The best weights are those with the best")
    mode: str = choice("auto", MODES, "Better means")
    min_delta: float = number(
        1e-4, MIN_DELTA, "Minimum improvement", hint="smaller ones do not reset the patience", help="exclusive"
    )
    patience: int = integer(10, (0, 1_000_000), "Patience", hint="epochs without improvement")
    restore_best_weights: bool = flag(True, "Go back to the best weights when stopped", key="restore_best")
    start_from_epoch: int = integer(
        0, (0, 1_000_000), "Start from epoch", hint="ignore epochs before this one", key="start_from"
    )
    target: float | None = number(
        None, (0, 1e9), "Stop at a target", none="", hint="value of the metric; empty: none", help="value of the metric"
    )
    max_epochs: int | None = integer(
        None, (1, 1_000_000_000), "Stop after epochs", none="", hint="empty: never", help="epochs of the run"
    )

    def validated(self, num_held_out: int) -> "StoppingConfig":
        """Return this config with every value checked, or raise ValueError."""
        config = checked(self)
        if num_held_out == 0 and config.monitor.startswith("held_out"):
            raise ValueError(
                f"monitor must be train_loss or train_accuracy where no sample is held out, got {config.monitor!r}"
            )
        return config

    @property
    def ascending(self) -> bool:
        """Whether higher is better."""
        return self.mode == "max" or (self.mode == "auto" and self.monitor.endswith("accuracy"))

    def improves(self, value: float, best: float | None, by: float = 0.0) -> bool:
        """Return whether a value is better than the best so far by more than `by`; any value is better than None."""
        if best is None:
            return True
        return value - by > best if self.ascending else value + by < best

    def reaches(self, value: float) -> bool:
        """Return whether a value reaches the target."""
        if self.target is None:
            return False
        return value >= self.target if self.ascending else value <= self.target


class Checkpoint(NamedTuple):
    """Best epoch seen by early stopping: value of the metric, step and parameters (size,) at its end."""

    value: float
    step: int
    parameters: Array


BEST = ("best", "best_step", "parameters")  # fields of the checkpoint in a saved state
STATE = ("wait", *BEST, "from_epoch", "reached")


class EarlyStopping:
    """Decide after each epoch of a run whether to stop.

    Attributes
    ----------
    wait : epochs without improvement since early stopping was turned on or the run was resumed after a stop
    best : `Checkpoint` of the best epoch since early stopping was turned on, ignoring epochs before `start_from_epoch`
        and improvements of `min_delta` or less; None before the first
    from_epoch : number of complete epochs when the run was resumed; a `max_epochs` up to it no longer stops the run
    reached : whether the last epoch reached the target
    """

    def __init__(self) -> None:
        self.wait = 0
        self.best: Checkpoint | None = None
        self.from_epoch = 0
        self.reached = False

    def to_state(self) -> dict[str, Any]:
        """Return plain data."""
        best = self.best
        return {
            "wait": self.wait,
            "best": best and best.value,
            "best_step": best and best.step,
            "parameters": best and best.parameters.copy(),
            "from_epoch": self.from_epoch,
            "reached": self.reached,
        }

    @classmethod
    def from_state(cls, value: object, *, is_on: bool, epochs: int, steps: int, like: Array) -> "EarlyStopping":
        """Read what `to_state` returned.

        Parameters
        ----------
        is_on : whether early stopping is on
        epochs, steps : complete epochs and steps of the run
        like : parameters of the model
        """
        state = Fields("stopper", value, STATE)
        early_stopping = cls()
        limit = epochs if is_on else 0
        early_stopping.wait = state.integer("wait", 0, limit, "complete epochs with early stopping")
        missing = [state[name] is None for name in BEST]
        if not all(missing):
            if any(missing) or not is_on:
                raise ValueError(f"stopper.{', '.join(BEST)} must be there together, and with early stopping only")
            early_stopping.best = _read_checkpoint(state, steps, like)
        early_stopping.from_epoch = state.integer("from_epoch", 0, epochs, "complete epochs")
        early_stopping.reached = state.flag("reached")
        return early_stopping

    def resume(self, epochs: int) -> None:
        """Resume after a stop with full patience, past a limit already reached; keep the best checkpoint."""
        self.wait, self.from_epoch = 0, epochs

    def restart_patience(self) -> None:
        """Restart early stopping: clear the best checkpoint and the count of epochs without improvement."""
        self.wait, self.best = 0, None

    def reset(self) -> None:
        """Reset everything, since another metric is monitored."""
        self.restart_patience()
        self.reached = False

    def on_epoch_end(
        self, config: StoppingConfig, epoch: int, metrics: EpochMetrics, *, step: int, parameters: Array
    ) -> str | None:
        """Return the reason to stop after an epoch, or None.

        Parameters
        ----------
        epoch : number of the epoch that has just ended, from 1
        step, parameters : values at its end; the parameters are copied if they are the best
        """
        value: float = getattr(metrics, config.monitor)
        current = Checkpoint(value, step, parameters)
        out_of_patience = config.early_stopping and self._is_out_of_patience(config, epoch, current)
        was_reached, self.reached = self.reached, config.reaches(value)
        if self.reached and not was_reached:
            return "target"
        if out_of_patience:
            return "early_stopping"
        if config.max_epochs is not None and self.from_epoch < config.max_epochs <= epoch:
            return "max_epochs"
        return None

    def _is_out_of_patience(self, config: StoppingConfig, epoch: int, current: Checkpoint) -> bool:
        """Update the best checkpoint; return whether patience is exhausted: Keras's `EarlyStopping.on_epoch_end`."""
        if epoch - 1 < config.start_from_epoch or math.isnan(current.value):  # Keras counts epochs from 0
            return False
        if config.improves(current.value, self.best and self.best.value, config.min_delta):
            if np.isfinite(current.parameters).all():
                self.best, self.wait = current._replace(parameters=current.parameters.copy()), 0
            else:  # the run diverges at its next step
                self.wait += 1
            return False
        self.wait += 1
        return self.wait >= config.patience


def _read_checkpoint(state: Fields, steps: int, like: Array) -> Checkpoint:
    value = state.real("best")
    if math.isnan(value):
        raise ValueError("stopper.best must be a number, got nan")
    return Checkpoint(
        value, state.integer("best_step", 1, steps, "steps done"), state.finite_vector("parameters", like)
    )
