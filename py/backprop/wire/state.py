"""State of a run on the wire: its progress, and the tensors of its last pass."""

import math
from typing import Literal, TypedDict

import numpy as np
from numpy.typing import NDArray

from ..activations import Array
from ..monitor.quantiles import Scale
from ..runs.run import TrainingRun
from .frame import Frame, Place, pack
from .stop import Stop, stop_of

Mode = Literal["train", "visualize"]
Int32s = NDArray[np.int32]


class AtStep(TypedDict):
    """The run and the step that an answer is about.

    Attributes
    ----------
    step : updates so far
    """

    run_id: str
    step: int


class Metrics(TypedDict):
    """Loss and accuracy over all training samples, and over all held-out samples if any, at one step.

    Attributes
    ----------
    accuracy, held_out_accuracy : None if the largest logit of a sample is not finite
    """

    step: int
    loss: float
    accuracy: float | None
    held_out_loss: float | None
    held_out_accuracy: float | None


class Progress(AtStep):
    """Progress of a run.

    Attributes
    ----------
    mode : whether the last pass was followed by an update
    epoch : passes over the data so far: samples visited ÷ num_train
    loss : of the last batch; None before the first, NaN or infinite in a diverged run
    accuracy : of the last batch, 0 to 1; None if a sample has no prediction
    epoch_ms : training time of the last complete epoch, milliseconds
    seconds : training time so far
    batch : indices of the samples of the last batch
    """

    mode: Mode
    epoch: float
    loss: float | None
    accuracy: float | None
    metrics: Metrics | None
    epoch_ms: float | None
    seconds: float
    stopped: Stop | None
    batch: Int32s


class Tensor(TypedDict):
    """A matrix, or a bias vector of shape [fan_out], in the precision of its run.

    Attributes
    ----------
    data : row by row
    """

    name: str
    shape: list[int]
    data: Array


class Column(TypedDict):
    """All tensors of the forward or of the backward pass, and their scale."""

    tensors: list[Tensor]
    scale: Scale


class OptimizerState(TypedDict):
    """State of the optimizer: `layers/0/velocity_weights` and so on, with a scale for each vector of the state."""

    tensors: list[Tensor]
    scales: dict[str, Scale]


class State(Progress):
    """The state of a run, with every tensor."""

    forward: Column
    backward: Column
    optimizer: OptimizerState


class Layout(TypedDict):
    """Where each tensor lies in a frame: `values.subarray(offset, offset + product(shape))`."""

    forward: list[Place]
    backward: list[Place]
    optimizer: list[Place]


class Picture(TypedDict):
    """All tensors of a state in one array.

    Attributes
    ----------
    layout : None if it is the one named by `layout_id` in the call
    """

    layout_id: str
    layout: Layout | None
    values: Array
    forward_scale: Scale
    backward_scale: Scale
    optimizer_scales: dict[str, Scale]


def at_step(run: TrainingRun) -> AtStep:
    """Return a run's id and step."""
    return AtStep(run_id=run.id, step=run.trainer.step)


def mode_of(run: TrainingRun) -> Mode:
    """Return whether the last pass was followed by an update."""
    return "train" if run.updated else "visualize"


def metrics_of(run: TrainingRun) -> Metrics | None:
    """Return the metrics as last measured."""
    found = run.metrics
    return found and Metrics(
        step=found.step,
        loss=found.loss,
        accuracy=found.accuracy,
        held_out_loss=found.held_out_loss,
        held_out_accuracy=found.held_out_accuracy,
    )


def progress_of(run: TrainingRun) -> Progress:
    """Return the progress of a run."""
    trainer = run.trainer
    return Progress(
        **at_step(run),
        mode=mode_of(run),
        epoch=trainer.epoch,
        loss=trainer.batch_loss,
        accuracy=trainer.batch_accuracy,
        metrics=metrics_of(run),
        epoch_ms=trainer.progress.epoch_ms,
        seconds=trainer.seconds,
        stopped=stop_of(run.stopped) if run.stopped else None,
        batch=trainer.batch.astype(np.int32),
    )


def state_of(run: TrainingRun) -> State:
    """Return the whole state of a run, with every tensor."""
    frame = pack(run.model, run.trainer.optimizer.state)
    return State(
        **progress_of(run),
        forward=Column(tensors=_tensors(frame, frame.forward), scale=frame.forward_scale),
        backward=Column(tensors=_tensors(frame, frame.backward), scale=frame.backward_scale),
        optimizer=OptimizerState(tensors=_tensors(frame, frame.optimizer), scales=frame.optimizer_scales),
    )


def state_after(run: TrainingRun, *, updated: bool) -> State:
    """Return the state of a run after a pass; after an update with its metrics, unless measuring takes long."""
    if updated:
        run.measure_if_cheap()
    return state_of(run)


def picture_of(run: TrainingRun, *, sample: int | None, known: str | None) -> Picture:
    """Return the tensors of a run's last pass; without their layout if it is the `known` one.

    With `sample`, quartiles are those of about that many numbers of each column.
    """
    frame = pack(run.model, run.trainer.optimizer.state, sample=sample)
    layout = Layout(forward=frame.forward, backward=frame.backward, optimizer=frame.optimizer)
    return Picture(
        layout_id=frame.layout_id,
        layout=None if frame.layout_id == known else layout,
        values=frame.values,
        forward_scale=frame.forward_scale,
        backward_scale=frame.backward_scale,
        optimizer_scales=frame.optimizer_scales,
    )


def _tensors(frame: Frame, places: list[Place]) -> list[Tensor]:
    return [Tensor(name=place["name"], shape=place["shape"], data=_data(frame, place)) for place in places]


def _data(frame: Frame, place: Place) -> Array:
    offset = place["offset"]
    return frame.values[offset : offset + math.prod(place["shape"])]
