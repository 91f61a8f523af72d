"""Automatic stops of runs on the wire."""

from typing import TypedDict

from ..training import stop as stops


class Stop(TypedDict):
    """The reason and circumstances of an automatic stop.

    Attributes
    ----------
    reason : "early_stopping", "target", "max_epochs" or "diverged"
    monitor : monitored metric; None for "diverged"
    limit : patience, target or maximum number of epochs, according to the reason
    value : last value of the metric for "target"
    best_step, best_value : best epoch seen by early stopping, None if that is off; for "diverged", the best epoch of
        the run if its weights had to be restored
    restored : whether weights were restored: those of `best_step`, or the initial ones without it
    tensor, tensor_step : of a diverged run, the first tensor with a non-finite number ("loss" if it is the loss), and
        the step that computed it, if known
    restored_value : metric measured with the restored weights; None before it is measured, NaN if unknown
    optimizer_reset : whether the optimizer's state was reset to zero
    sentence : the reason in words
    """

    reason: str
    step: int
    epoch: float
    monitor: str | None
    limit: float | None
    min_delta: float | None
    value: float | None
    best_step: int | None
    best_value: float | None
    restored: bool
    tensor: str | None
    tensor_step: int | None
    restored_value: float | None
    optimizer_reset: bool
    sentence: str


class StopFlag(TypedDict):
    """An automatic stop, as far as a chart shows it.

    Attributes
    ----------
    restored : whether weights were restored
    """

    step: int
    epoch: float
    reason: str
    restored: bool
    sentence: str


def stop_of(stop: stops.Stop) -> Stop:
    """Return an automatic stop."""
    return Stop(
        reason=stop.reason,
        step=stop.step,
        epoch=stop.epoch,
        monitor=stop.monitor,
        limit=stop.limit,
        min_delta=stop.min_delta,
        value=stop.value,
        best_step=stop.best_step,
        best_value=stop.best_value,
        restored=stop.restored,
        tensor=stop.tensor,
        tensor_step=stop.tensor_step,
        restored_value=stop.restored_value,
        optimizer_reset=stop.optimizer_reset,
        sentence=stop.sentence,
    )


def flag_of(stop: stops.Stop) -> StopFlag:
    """Return an automatic stop, as far as a chart shows it."""
    return StopFlag(
        step=stop.step, epoch=stop.epoch, reason=stop.reason, restored=stop.restored, sentence=stop.sentence
    )
