"""Early stopping and other automatic stops, by the rules and names of Keras.

After Keras 3, `keras.callbacks.EarlyStopping` and `ModelCheckpoint(save_best_only=True)`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..activations import Array
from ..limits import LIMITS, check_choice, check_flag, check_integer, check_number
from .epochs import METRICS, EpochMetrics

MODES = ("auto", "min", "max")
REASONS = ("early_stopping", "target", "max_epochs", "diverged")
MAX_STOPS = 50  # per run; the oldest are dropped


@dataclass(frozen=True)
class StoppingConfig:
    """Stopping settings. All of them can change during a run.

    Attributes
    ----------
    early_stopping : whether to stop when the monitored metric has not improved for `patience` epochs
    monitor : metric at the end of each epoch that decides which epoch is best: one of `epochs.METRICS`
    mode : "min" (lower is better), "max" (higher is better) or "auto" (lower for a loss, higher for an accuracy)
    min_delta : minimum improvement that counts for early stopping, exclusive
    patience : epochs without improvement before early stopping
    restore_best_weights : whether a run with early stopping restores its best weights at any stop but divergence
    start_from_epoch : number of epochs, from the start of the run, that early stopping ignores
    target : value of the metric at which to stop; None for no target
    max_epochs : epochs of the run after which to stop; None for no limit
    """

    early_stopping: bool = False
    monitor: str = "held_out_loss"
    mode: str = "auto"
    min_delta: float = 1e-4
    patience: int = 10
    restore_best_weights: bool = True
    start_from_epoch: int = 0
    target: float | None = None
    max_epochs: int | None = None

    def validated(self, num_held_out: int) -> "StoppingConfig":
        """Return this config with every value checked, or raise ValueError."""
        monitor = check_choice("monitor", self.monitor, METRICS)
        if num_held_out == 0 and monitor.startswith("held_out"):
            raise ValueError(
                f"monitor must be train_loss or train_accuracy where no sample is held out, got {monitor!r}"
            )
        return StoppingConfig(
            check_flag("early_stopping", self.early_stopping),
            monitor,
            check_choice("mode", self.mode, MODES),
            check_number("min_delta", self.min_delta, *LIMITS["min_delta"]),
            check_integer("patience", self.patience, *LIMITS["patience"]),
            check_flag("restore_best_weights", self.restore_best_weights),
            check_integer("start_from_epoch", self.start_from_epoch, *LIMITS["start_from_epoch"]),
            None if self.target is None else check_number("target", self.target, *LIMITS["target"]),
            None if self.max_epochs is None else check_integer("max_epochs", self.max_epochs, *LIMITS["max_epochs"]),
        )

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


@dataclass(frozen=True)
class Stop:
    """The reason and circumstances of an automatic stop.

    Attributes
    ----------
    reason : one of `REASONS`
    step, epoch : position of the run at the stop
    monitor : monitored metric; None for "diverged"
    limit : patience, target or maximum number of epochs, according to the reason; None for "diverged"
    min_delta : minimum improvement in force; None for "diverged"
    value : last value of the metric for "target"; else None
    best_step, best_value : best epoch seen by early stopping, None if that is off. For "diverged", the best epoch of
        the run if its weights had to be restored
    restored : whether weights were restored: those of `best_step`, or the initial ones without it
    tensor, tensor_step : see `Divergence`; None for the other reasons
    restored_value : metric measured with the restored weights; None without restored weights, before it is measured,
        and for "diverged"; NaN if unknown. For a training metric it differs from `best_value`, the mean over the epoch
        that led to these weights.
    optimizer_reset : whether the optimizer's state was reset to zero, with restored weights or because it was not
        finite
    """

    reason: str
    step: int
    epoch: float
    monitor: str | None = None
    limit: float | None = None
    min_delta: float | None = None
    value: float | None = None
    best_step: int | None = None
    best_value: float | None = None
    restored: bool = False
    tensor: str | None = None
    tensor_step: int | None = None
    restored_value: float | None = None
    optimizer_reset: bool = False

    @property
    def shows_no_update(self) -> bool:
        """Whether the current pass led to no update: the pass of a diverged step, or the next one after a restore."""
        return self.restored or self.reason == "diverged"

    @property
    def sentence(self) -> str:
        """The reason in words, and what was restored at the stop (the weights may have changed since)."""
        metric = (self.monitor or "").replace("held_out", "held-out").replace("_", " ")
        if self.reason == "early_stopping":
            epochs = f"{self.limit:,.0f} epoch{'' if self.limit == 1 else 's'}"
            least = f" by more than {self.min_delta:g}" if self.min_delta else ""
            return f"Stopped early: {metric} has not improved{least} for {epochs}.{self._best(metric)}"
        if self.reason == "target":
            back = self._best(metric) if self.restored else ""
            return f"Target reached: {metric} is {self.value:.5g} (target {self.limit:g}).{back}"
        if self.reason == "max_epochs":
            back = self._best(metric) if self.restored else ""
            plural = "" if self.epoch == 1 else "s"
            return f"Stopped after {self.epoch:,.0f} epoch{plural} (maximum {self.limit:,.0f}).{back}"
        return (
            f"Diverged: step {self.step + 1:,} was not made because its loss, a parameter or the optimizer's state is "
            f"not finite. {self._origin} {self._weights}"
        )

    def _best(self, metric: str) -> str:
        is_mean, value = metric.startswith("train"), self.restored_value
        mean = " (mean over its epoch)" if is_mean else ""
        best = f" The best {metric} was {self.best_value:.5g}{mean}, at step {self.best_step:,}"
        if not self.restored:
            return f"{best}."
        known = is_mean and value is not None and not math.isnan(value)
        measured = f" With these weights the {metric} is {value:.5g}." if known else ""
        return f"{best}; the weights of that step were restored.{measured}{self._reset}"

    @property
    def _reset(self) -> str:
        return " The optimizer's state was reset to zero." if self.optimizer_reset else ""

    @property
    def _origin(self) -> str:
        if self.tensor_step is None:
            return f"{self.tensor} has not been finite since an earlier step."
        where = "the loss" if self.tensor == "loss" else f"{self.tensor}, at step {self.tensor_step:,}"
        return f"The first non-finite number is in {where}."

    @property
    def _weights(self) -> str:
        if not self.restored:
            return f"The run has kept its last finite weights.{self._reset}"
        which = "initial weights" if self.best_step is None else f"best weights, of step {self.best_step:,},"
        return f"Its last finite weights are no longer known; the {which} were restored.{self._reset}"

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {**self.__dict__, "sentence": self.sentence}

    def to_flag(self) -> dict[str, Any]:
        """Return the fields that a chart shows: ``{step, epoch, reason, restored, sentence}``."""
        return {name: getattr(self, name) for name in ("step", "epoch", "reason", "restored", "sentence")}


def with_stop(stops: Sequence[Stop], stop: Stop | None) -> list[Stop]:
    """Append a stop, if any, to the stops of a run.

    A resumed run that stops again at the same step for the same reason has one stop, not two.
    """
    if stop is None:
        return list(stops)
    kept = [old for old in stops if (old.step, old.reason) != (stop.step, stop.reason)]
    return [*kept, stop][-MAX_STOPS:]
