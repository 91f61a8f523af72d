"""Scores and losses of the samples of a batch."""

from typing import TypedDict

import numpy as np

from ..activations import Array
from .last_pass import Pass

MAX_SAMPLES = 32  # in the table of losses
MAX_CLASSES = 8


class Score(TypedDict):
    """Logit of one class for one sample. `probability` is its softmax; None if the loss does not use it."""

    index: int
    logit: float
    probability: float | None


class SampleLoss(TypedDict):
    """Scores and loss of one sample; of more than `MAX_CLASSES` classes, the target and those with largest logits."""

    name: str
    target: int
    scores: list[Score]
    loss: float


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # a run may have diverged
def sample_losses(pass_: Pass) -> list[SampleLoss]:
    """Return the losses of the first `MAX_SAMPLES` samples of the batch; the loss is the mean over all samples."""
    probabilities = pass_.loss.probabilities if pass_.loss_type == "cross_entropy" else None
    return [_sample_loss(pass_, n, probabilities) for n in range(min(pass_.batch, MAX_SAMPLES))]


def _sample_loss(pass_: Pass, n: int, probabilities: Array | None) -> SampleLoss:
    target, z = int(pass_.targets[n]), pass_.loss.logits[n]
    others = [int(j) for j in np.argsort(-z, kind="stable") if j != target]
    return SampleLoss(
        name=pass_.names.sample(n),
        target=target,
        scores=[
            Score(index=j, logit=float(z[j]), probability=None if probabilities is None else float(probabilities[n, j]))
            for j in sorted([target, *others[: MAX_CLASSES - 1]])
        ],
        loss=float(pass_.loss.sample_losses[n, 0]),
    )
