"""Curves of runs on the wire: losses over the steps, and metrics over the epochs."""

from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from ..limits import LIMITS, check_integer, check_number
from ..monitor.smoothing import smooth
from ..runs.run import TrainingRun

Float64s = NDArray[np.float64]
MIN_POINTS = 3  # of a curve: the past, the steps not yet summed up, the newest


class LossPoint(TypedDict):
    """A loss at one step, or the mean over several."""

    step: int
    epoch: float
    loss: float


class RunLosses(TypedDict):
    """The loss history of a run, point by point."""

    id: str
    name: str
    losses: list[LossPoint]


class CurveOptions(TypedDict, total=False):
    """Options of a curve.

    Attributes
    ----------
    max_points : maximum number of points, 2000 by default
    smoothing : weight of the previous average, 0 by default. A stop, a restore of weights and a change of the loss
        begin a new average
    """

    max_points: int
    smoothing: float


class LossCurve(TypedDict):
    """A loss history for drawing, each point over one or more steps; the last is the newest step, exactly.

    It is smoothed at the run's own resolution, independent of the number of points.

    Attributes
    ----------
    accuracy : mean over the steps' batches, before their updates, 0 to 1
    smoothing : weight of each earlier step in `smoothed`, the moving average over all steps of the run, at `step`
    """

    id: str
    name: str
    step: Float64s
    epoch: Float64s
    seconds: Float64s
    min: Float64s
    mean: Float64s
    max: Float64s
    accuracy: Float64s
    smoothing: float
    smoothed: Float64s


class EpochCurve(TypedDict):
    """Metrics at the end of epochs: of all, later of every 2nd, 4th …, and of the last; NaN without a value.

    Loss and accuracy of the training samples are means over the epoch, each at the time of its visit.

    Attributes
    ----------
    smoothing : weight of each earlier epoch in `smoothed_accuracy`, the moving average of `train_accuracy`
    """

    id: str
    name: str
    epoch: Float64s
    step: Float64s
    seconds: Float64s
    train_loss: Float64s
    train_accuracy: Float64s
    held_out_loss: Float64s
    held_out_accuracy: Float64s
    smoothing: float
    smoothed_accuracy: Float64s


def losses_of(run: TrainingRun) -> RunLosses:
    """Return a run's loss history at its own resolution."""
    curve = run.history.curve(len(run.history) + MIN_POINTS)
    columns = zip(curve.step.astype(int).tolist(), curve.epoch.tolist(), curve.mean.tolist(), strict=True)
    points = [LossPoint(step=step, epoch=epoch, loss=loss) for step, epoch, loss in columns]
    return RunLosses(id=run.id, name=run.name, losses=points)


def loss_curve(run: TrainingRun, *, max_points: int = 2000, smoothing: float = 0.0) -> LossCurve:
    """Return a run's loss history in at most `max_points` points, smoothed at its own resolution."""
    most = check_integer("max_points", max_points, MIN_POINTS, LIMITS["steps"][1])
    weight = check_number("smoothing", smoothing, *LIMITS["smoothing"])
    curve = run.history.curve(most)
    return LossCurve(
        id=run.id,
        name=run.name,
        step=curve.step,
        epoch=curve.epoch,
        seconds=curve.seconds,
        min=curve.min,
        mean=curve.mean,
        max=curve.max,
        accuracy=curve.accuracy,
        smoothing=weight,
        smoothed=run.history.smoothed(curve.step, weight) if weight else curve.mean,
    )


def epoch_curve(run: TrainingRun, *, smoothing: float) -> EpochCurve:
    """Return a run's metrics at the end of epochs; a break of its history begins a new average."""
    weight = check_number("smoothing", smoothing, *LIMITS["smoothing"])
    columns = run.epochs.columns()
    place = np.searchsorted(columns["step"], run.history.breaks)  # of the epochs in which they fall, if complete
    restarts = columns["epoch"][place[place < len(columns["step"])]]
    return EpochCurve(
        id=run.id,
        name=run.name,
        epoch=columns["epoch"],
        step=columns["step"],
        seconds=columns["seconds"],
        train_loss=columns["train_loss"],
        train_accuracy=columns["train_accuracy"],
        held_out_loss=columns["held_out_loss"],
        held_out_accuracy=columns["held_out_accuracy"],
        smoothing=weight,
        smoothed_accuracy=smooth(columns["train_accuracy"], columns["epoch"], weight, restarts),
    )
