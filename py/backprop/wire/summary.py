"""Summaries of runs on the wire."""

from collections.abc import Sequence
from typing import Literal, TypedDict

from ..data.best_possible import BestPossible
from ..runs.changes import SettingChange, Value
from ..runs.run import TrainingRun
from ..runs.twins import proven
from .code import CodeSummary, code_summary
from .configs import RunConfig, settings_of
from .state import Metrics, metrics_of
from .stop import Stop, StopFlag, flag_of, stop_of

Mark = TypedDict("Mark", {"step": int, "field": str, "from": Value, "to": Value})
Mark.__doc__ = """A setting that was changed after `step` updates.

Attributes
----------
field : the setting; "weights" if earlier ones were restored, "best" or "first"
"""


class Floor(TypedDict):
    """The best that any model can reach on some samples: smallest mean loss of each type, and largest accuracy."""

    cross_entropy: float
    mse: float
    accuracy: float


class RunSummary(TypedDict):
    """A run, without its tensors.

    Attributes
    ----------
    created : ISO 8601, UTC
    loss : of the last update's batch, before the update
    seconds : training time so far
    best_step, best_loss, best_accuracy, best_value : end of the best epoch, its loss and accuracy on the monitored
        samples, and the metric that decides
    floor, held_out_floor : of the training samples, and of the held-out samples for a model made for them
    stops : all automatic stops, oldest first; of very many the newest
    parameters : number of parameters
    num_train : number of training samples
    shape : widths from input to output
    twins : ids of the runs with the same initial weights, samples and sample order
    proven : common to the run and its twins by their hashes: "batches", the same start and as many steps on the same
        batches; "order", the same start and as many steps in other batches; "start", the same start only
    marks : changes of settings, oldest first; of very many the newest
    code : the learner's code, if any
    """

    id: str
    name: str
    active: bool
    created: str
    config: RunConfig
    step: int
    epoch: float
    loss: float | None
    metrics: Metrics | None
    epoch_ms: float | None
    seconds: float
    best_step: int | None
    best_loss: float | None
    best_accuracy: float | None
    best_value: float | None
    floor: Floor
    held_out_floor: Floor | None
    stopped: Stop | None
    stops: list[StopFlag]
    parameters: int
    num_train: int
    shape: list[int]
    archived: bool
    twins: list[str]
    proven: Literal["batches", "order", "start"] | None
    marks: list[Mark]
    code: CodeSummary


Summaries = list[RunSummary]


def mark_of(change: SettingChange) -> Mark:
    """Return a change of a setting."""
    return {"step": change.step, "field": change.field, "from": change.before, "to": change.after}


def floor_of(best: BestPossible) -> Floor:
    """Return the best possible values."""
    return Floor(cross_entropy=best.cross_entropy, mse=best.mse, accuracy=best.accuracy)


def summary_of(run: TrainingRun, *, active: bool, twins: Sequence[TrainingRun]) -> RunSummary:
    """Return the summary of a run with these twins."""
    trainer, config, dataset, best = run.trainer, run.config, run.dataset, run.best
    monitored = "held_out" if run.stopping.monitor.startswith("held_out") else "train"
    held_out_floor = dataset.held_out_best_possible
    return RunSummary(
        id=run.id,
        name=run.name,
        active=active,
        created=run.created,
        config=settings_of(config),
        step=trainer.step,
        epoch=trainer.epoch,
        loss=trainer.progress.loss,
        metrics=metrics_of(run),
        epoch_ms=trainer.progress.epoch_ms,
        seconds=trainer.seconds,
        best_step=best and best.step,
        best_loss=best and getattr(best.metrics, f"{monitored}_loss"),
        best_accuracy=best and getattr(best.metrics, f"{monitored}_accuracy"),
        best_value=run.best_value,
        floor=floor_of(dataset.best_possible),
        held_out_floor=held_out_floor and floor_of(held_out_floor),
        stopped=stop_of(run.stopped) if run.stopped else None,
        stops=[flag_of(stop) for stop in run.all_stops],
        parameters=run.model.parameters.size,
        num_train=config.num_train,
        shape=config.shape,
        archived=run.archived,
        twins=[twin.id for twin in twins],
        proven=proven([run, *twins]) if twins else None,
        marks=[mark_of(change) for change in run.changes],
        code=code_summary(run),
    )
