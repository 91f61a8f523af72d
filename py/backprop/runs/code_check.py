"""Gradient check of the code that trains a run.

At its weights and burnt in, with batches of 10 and of 7 samples.

Some mistakes are invisible at some points: a bias gradient while the biases are 0, a mean in place of a sum for a batch
of one. So the check is made at the weights as they are, and at weights moved by random numbers, biases too.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ..activations import Array
from ..gradcheck import RIGHT, TOO_SMALL, WRONG, Cell, GradientCheck, check_gradients
from ..losses import LOSSES
from ..randomness import seeded_generator
from .run import TrainingRun

BATCHES = (10, 7)
SPREAD = 0.3  # standard deviation of the random numbers that move the weights
MAX_CELLS = 64  # numbers of a tensor that are compared at each point


class CodeVerdict(NamedTuple):
    """The verdict on one tensor over all points.

    Attributes
    ----------
    name : name as in `Model.named_parameters`, or "inputs"
    verdict : WRONG if it is wrong at some point; else RIGHT if it is right at some point; else TOO_SMALL
    relative_error : largest of the points that decided
    worst : cell with the largest difference at that point, or None
    differences : |mine - numeric| at the weights as they are, with the tensor's shape; NaN where nothing was compared
    """

    name: str
    verdict: str
    relative_error: float
    worst: Cell | None
    differences: Array


def check_code(run: TrainingRun, max_cells: int = MAX_CELLS) -> list[CodeVerdict]:
    """Check the gradients of a run's network, in float64.

    Parameters
    ----------
    run : a run of this package; of a run with a learner's code, the copy of this module checks that code
    max_cells : numbers of each tensor that are compared at each point

    Returns
    -------
    list of CodeVerdict, one for each tensor

    Raises
    ------
    ValueError
        If the loss is not finite.
    """
    points = [list(checks) for checks in zip(*_checks(run, max_cells), strict=True)]
    return [_verdict(checks) for checks in points]


def _checks(run: TrainingRun, max_cells: int) -> Iterator[list[GradientCheck]]:
    """Yield the checks of every tensor, point by point; the weights as they are come first."""
    config = replace(run.config, model=replace(run.config.model, dtype="float64"))
    dataset, generator = config.make_dataset(), seeded_generator(0)
    for move in (0.0, SPREAD):
        for count in BATCHES:
            model = config.make_model()
            model.parameters[:] = run.model.parameters
            model.parameters += move * generator.standard_normal(model.parameters.size)
            chosen = generator.permutation(len(dataset))[:count]
            x, targets = dataset.inputs[chosen], dataset.targets[chosen]
            loss = LOSSES[run.config.trainer.loss_type]
            yield check_gradients(model, x, targets, loss, max_cells=max_cells)


def _verdict(checks: list[GradientCheck]) -> CodeVerdict:
    verdict = next((each for each in (WRONG, RIGHT) if any(each == check.verdict for check in checks)), TOO_SMALL)
    deciding = [check for check in checks if check.verdict == verdict]
    worst = max(deciding, key=lambda check: check.relative_error)
    return CodeVerdict(worst.name, verdict, worst.relative_error, worst.worst, np.asarray(checks[0].differences))
