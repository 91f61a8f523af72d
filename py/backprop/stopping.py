"""When training stops of itself, and which weights were the best: Keras's rules, by Keras's names.

After Keras 3, `keras.callbacks.EarlyStopping` and `ModelCheckpoint(save_best_only=True)`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from .activations import Array
from .epochs import METRICS, EpochMetrics
from .limits import LIMITS, check_choice, check_flag, check_integer, check_number

MODES = ("auto", "min", "max")
REASONS = ("early_stopping", "target", "max_epochs", "diverged")
MOST_STOPS = 50  # of a run; more than these push out the oldest


@dataclass(frozen=True)
class StoppingConfig:
    """When to stop, and what is best. All of it can change while a run goes on.

    Attributes
    ----------
    early_stopping : whether to stop when the monitored metric has not improved for `patience` epochs
    monitor : the metric, measured at the end of each epoch, that decides what is best: one of `epochs.METRICS`
    mode : "min" or "max", whether less or more is better; "auto": less of a loss, more of an accuracy
    min_delta : an epoch is better for early stopping if it improves by more than this
    patience : epochs without improvement
    restore_best_weights : whether a run with early stopping goes back to the best weights that it has seen, whatever
        stops it but divergence
    start_from_epoch : epochs, counted from the start of the run, in which early stopping does not look yet: they are
        never its best
    target : a value of the metric at which to stop; None for none
    max_epochs : epochs of the run after which to stop; None for no end
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
        """Return the same config with every value checked, or raise ValueError."""
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
        """Whether more is better."""
        return self.mode == "max" or (self.mode == "auto" and self.monitor.endswith("accuracy"))

    def improves(self, value: float, best: float | None, by: float = 0.0) -> bool:
        """Whether a value is better than the best so far, by more than `by`; anything is better than nothing."""
        if best is None:
            return True
        return value - by > best if self.ascending else value + by < best

    def reaches(self, value: float) -> bool:
        """Whether a value is as good as the target."""
        if self.target is None:
            return False
        return value >= self.target if self.ascending else value <= self.target


class Kept(NamedTuple):
    """The best epoch in the eyes of early stopping: value of the metric, step at its end, parameters (size,) then."""

    value: float
    step: int
    parameters: Array


class Stopper:
    """Looks at each epoch of a run and says whether to stop.

    Attributes
    ----------
    wait : epochs without improvement, since early stopping was turned on or the run went on after a stop
    best : `Kept` of the epochs since it was turned on, those before `start_from_epoch` and improvements of `min_delta`
        or less left out; None before the first
    from_epoch : how many epochs were complete when the run went on; a limit that lies before it counts no more
    reached : whether the last epoch was at the target
    """

    def __init__(self) -> None:
        self.wait = 0
        self.best: Kept | None = None
        self.from_epoch = 0
        self.reached = False

    def go_on(self, epochs: int) -> None:
        """Go on after a stop: with new patience, past a limit that was reached. What is best stays so."""
        self.wait, self.from_epoch = 0, epochs

    def look_anew(self) -> None:
        """Forget what was best, and how long ago: early stopping begins here."""
        self.wait, self.best = 0, None

    def forget(self) -> None:
        """Begin anew, for another metric is monitored."""
        self.look_anew()
        self.reached = False

    def epoch_ended(
        self, config: StoppingConfig, epoch: int, metrics: EpochMetrics, step: int, parameters: Array
    ) -> str | None:
        """Look at the epoch that has just ended; return the reason to stop, or None.

        Parameters
        ----------
        epoch : its number, from 1
        step, parameters : at its end; copied if they are the best
        """
        value: float = getattr(metrics, config.monitor)
        was_reached, self.reached = self.reached, config.reaches(value)
        tired = config.early_stopping and self._is_tired(config, epoch, Kept(value, step, parameters))
        if self.reached and not was_reached:
            return "target"
        if tired:
            return "early_stopping"
        if config.max_epochs is not None and self.from_epoch < config.max_epochs <= epoch:
            return "max_epochs"
        return None

    def _is_tired(self, config: StoppingConfig, epoch: int, now: Kept) -> bool:
        """Whether patience has come to its end: `EarlyStopping.on_epoch_end`."""
        if epoch - 1 < config.start_from_epoch or math.isnan(now.value):  # Keras counts epochs from 0
            return False
        self.wait += 1
        if config.improves(now.value, self.best and self.best.value, config.min_delta):
            if np.isfinite(now.parameters).all():  # else the run diverges in its next step
                self.best, self.wait = now._replace(parameters=now.parameters.copy()), 0
            return False
        return self.wait >= config.patience


@dataclass(frozen=True)
class Stop:
    """Why a run has stopped.

    Attributes
    ----------
    reason : one of `REASONS`
    step, epoch : where it stands
    monitor : the metric that is monitored; None for "diverged"
    limit : the patience, the target or the number of epochs that decided; None for "diverged"
    min_delta : least improvement that counted; None for "diverged"
    value : the metric's last value for "target"; else None
    best_step, best_value : the best of early stopping, None if that is off. For "diverged" the best epoch of all, if
        its weights had to be restored
    restored : whether weights were restored: those of `best_step`, or the first ones without it
    tensor, tensor_step : see `Divergence`; None for the other reasons
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

    @property
    def shows_no_update(self) -> bool:
        """Whether the pass on screen led to no update: that of a diverged step, or the next one after a restore."""
        return self.restored or self.reason == "diverged"

    @property
    def sentence(self) -> str:
        """The reason in words, and what was done then: the weights may have been changed since."""
        metric = (self.monitor or "").replace("held_out", "held-out").replace("_", " ")
        if self.reason == "early_stopping":
            epochs = f"{self.limit:,.0f} epoch{'' if self.limit == 1 else 's'}"
            least = f" by more than {self.min_delta:g}" if self.min_delta else ""
            return f"Stopped early: {metric} has not improved{least} for {epochs}.{self._best(metric)}"
        if self.reason == "target":
            back = self._best(metric) if self.restored else ""
            return f"Target reached: {metric} is {self.value:.6g}, and {self.limit:g} was the target.{back}"
        if self.reason == "max_epochs":
            back = self._best(metric) if self.restored else ""
            plural, were = "" if self.epoch == 1 else "s", "was" if self.limit == 1 else "were"
            return f"Stopped after {self.epoch:,.0f} epoch{plural}: {self.limit:,.0f} {were} to be trained.{back}"
        return (
            f"Diverged: the loss of step {self.step + 1:,} is not a finite number, so that step was not made. "
            f"{self._origin} {self._weights}"
        )

    def _best(self, metric: str) -> str:
        back = "; the weights of that step were restored" if self.restored else ""
        return f" The best {metric} that counts was {self.best_value:.6g}, at step {self.best_step:,}{back}."

    @property
    def _origin(self) -> str:
        if self.tensor_step is None:
            return f"{self.tensor} has held numbers that are not finite since an earlier step."
        where = "the loss itself" if self.tensor == "loss" else f"{self.tensor}, in step {self.tensor_step:,}"
        return f"The first number that is not finite is in {where}."

    @property
    def _weights(self) -> str:
        if not self.restored:
            return "It stopped with its last finite weights."
        which = "first weights" if self.best_step is None else f"best weights, of step {self.best_step:,},"
        return f"Its last finite weights were not known any more; the {which} were restored."

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {**self.__dict__, "sentence": self.sentence}

    def to_flag(self) -> dict[str, Any]:
        """Plain data, as far as a curve can show it: ``{step, epoch, reason, sentence}``."""
        return {"step": self.step, "epoch": self.epoch, "reason": self.reason, "sentence": self.sentence}


def with_stop(stops: Sequence[Stop], stop: Stop | None) -> list[Stop]:
    """Return the stops with one more, if there is one.

    A run that is let go on and stops again at the same step for the same reason has not come further: that is one stop.
    """
    if stop is None:
        return list(stops)
    kept = [old for old in stops if (old.step, old.reason) != (stop.step, stop.reason)]
    return [*kept, stop][-MOST_STOPS:]
