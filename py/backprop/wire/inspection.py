"""Inspections of a run on the wire: last pass, gradient flow, distributions, confusion matrices."""

from collections.abc import Sequence
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from ..explain import phases, sample_lens, sample_losses
from ..monitor import flow_warnings, histograms
from ..monitor.flow import PROBE
from ..monitor.gradient_flow import QUANTITIES
from ..runs.run import TrainingRun
from ..tensors import find_tensor, layer_names
from .explanation import compiled_functions
from .state import AtStep, Int32s, Mode, at_step, mode_of

Float64s = NDArray[np.float64]


class Phases(AtStep):
    """The last pass, phase by phase.

    Attributes
    ----------
    batch : indices of its samples
    loss : of the batch
    losses : of the first samples of the batch
    changes : of each parameter tensor by the update that followed; None without one
    compiled : functions that ran as one compiled loop, in all steps of the run
    """

    batch: Int32s
    loss: float
    phases: list[phases.Phase]
    losses: list[sample_losses.SampleLoss]
    changes: list[phases.Change] | None
    compiled: list[str]


class LensOptions(TypedDict, total=False):
    """Options of a sample lens.

    Attributes
    ----------
    muted : indices of samples in the batch
    start, count : listed samples, the first 12 by default; fewer of a large matrix
    """

    muted: Sequence[int]
    start: int
    count: int


class SampleLens(AtStep, sample_lens.Lens):
    """A parameter's gradient of the last pass, by sample.

    Attributes
    ----------
    training_loss : of all training samples around the update; None if measuring takes long, or the loss was changed
    """

    training_loss: sample_lens.NextLoss | None


class FlowWarning(TypedDict):
    """A problem of a run, and a cell of a gradient that shows it."""

    kind: str
    text: str
    tensor: str
    row: int
    col: int


class GradientFlow(AtStep):
    """Sizes of gradients, weights and updates, layer by layer; NaN without a value.

    Attributes
    ----------
    layers : "embedding", "layers/0", …
    quantities : "grad_norm", "weight_norm", "update_ratio", …: the columns of `now`, one row for each layer
    probe : number of samples on which flat and dead units are counted
    stride : steps from one of `steps` to the next
    steps, values : earlier steps, and for each of them a table as `now`; empty with ``series=False``
    """

    mode: Mode
    layers: list[str]
    quantities: list[str]
    probe: int
    now: Float64s
    stride: int
    steps: Float64s
    values: Float64s
    warnings: list[FlowWarning]


class Distribution(TypedDict):
    """Distribution of the finite numbers of a tensor: `counts` in bins of equal width from `low` to `high`."""

    size: int
    finite: int
    mean: float
    std: float
    quantiles: Float64s
    low: float
    high: float
    counts: Int32s


class PastDistributions(TypedDict):
    """Distributions at earlier steps, each field one after the other."""

    steps: Float64s
    finite: Float64s
    low: Float64s
    high: Float64s
    counts: Int32s
    quantiles: Float64s


class Distributions(AtStep):
    """Distribution of a tensor, now and at earlier steps.

    Attributes
    ----------
    quantiles : those of each distribution: 0, 0.01, 0.05, … 1
    since : step of the first request; earlier ones are not known
    """

    tensor: str
    quantiles: list[float]
    now: Distribution
    since: int
    past: PastDistributions


class Confusion(AtStep):
    """Confusion matrices, row by row: rows are true classes, columns predicted ones.

    A sample whose largest logit is not finite has no prediction and is not counted.
    """

    labels: list[str]
    train: Int32s
    held_out: Int32s | None
    num_train: int
    num_held_out: int


def phases_of(run: TrainingRun) -> Phases:
    """Return a run's last pass, phase by phase."""
    trainer, last = run.trainer, run.last_pass()
    loss = trainer.batch_loss or 0.0
    return Phases(
        **at_step(run),
        batch=trainer.batch.astype(np.int32),
        loss=loss,
        phases=phases.phases(last, loss),
        losses=sample_losses.sample_losses(last),
        changes=phases.changes(last),
        compiled=sorted(compiled_functions(run)),
    )


def lens_of(run: TrainingRun, tensor: str, *, muted: Sequence[int] = (), start: int = 0, count: int = 12) -> SampleLens:
    """Split a parameter's gradient of a run's last pass by sample."""
    trainer, last = run.trainer, run.last_pass()
    lens = sample_lens.split_by_sample(last, tensor, muted, start=start, count=count)
    training_loss = None
    if run.is_cheap and trainer.config.loss_type == last.loss_type:
        training_loss = sample_lens.next_loss(last, lens["muted"], measure=lambda: trainer.evaluate()[0])
    return SampleLens(**at_step(run), **lens, training_loss=training_loss)


def flow_of(run: TrainingRun, *, series: bool) -> GradientFlow:
    """Return the gradient flow of a run: of its last pass, with warnings, and at earlier steps if `series`."""
    flow, now = run.flow, run.flow_now()
    diverged = run.stopped.tensor if run.stopped else None
    found = flow_warnings.warnings(flow, run.model, now, run.trainer.config, diverged=diverged)
    return GradientFlow(
        **at_step(run),
        mode=mode_of(run),
        layers=layer_names(run.model),
        quantities=list(QUANTITIES),
        probe=min(PROBE, len(run.dataset)),
        now=now.ravel(),
        stride=flow.stride,
        steps=flow.steps.astype(np.float64) if series else np.zeros(0),
        values=flow.values.ravel().copy() if series else np.zeros(0),
        warnings=[
            FlowWarning(kind=each.kind, text=each.text, tensor=each.tensor, row=each.row, col=each.col)
            for each in found
        ],
    )


def distributions_of(run: TrainingRun, tensor: str) -> Distributions:
    """Return the distribution of a tensor, and watch it from now on."""
    now = histograms.distribution(find_tensor(run.model, run.trainer.optimizer.state, tensor))
    since, past = run.watch.ask(tensor, run.trainer.step)
    return Distributions(
        **at_step(run),
        tensor=tensor,
        quantiles=list(histograms.QUANTILES),
        now=Distribution(
            size=now.size,
            finite=now.finite,
            mean=now.mean,
            std=now.std,
            quantiles=now.quantiles,
            low=now.low,
            high=now.high,
            counts=now.counts,
        ),
        since=since,
        past=_pasts(past),
    )


def confusion_of(run: TrainingRun) -> Confusion:
    """Return the confusion matrices of a run, of its training and its held-out samples."""
    train, held_out = run.dataset.train, run.dataset.held_out
    return Confusion(
        **at_step(run),
        labels=run.dataset.output_labels,
        train=run.trainer.confusion(train).ravel(),
        held_out=run.trainer.confusion(held_out).ravel() if len(held_out) else None,
        num_train=len(train),
        num_held_out=len(held_out),
    )


def _pasts(past: dict[int, histograms.Distribution]) -> PastDistributions:
    found = list(past.values())
    return PastDistributions(
        steps=np.array(list(past), np.float64),
        finite=np.array([each.finite for each in found], np.float64),
        low=np.array([each.low for each in found], np.float64),
        high=np.array([each.high for each in found], np.float64),
        counts=np.array([each.counts for each in found], np.int32).ravel(),
        quantiles=np.array([each.quantiles for each in found], np.float64).ravel(),
    )
