"""Gradient check of the code that trains a run.

At its weights and burnt in, with batches of 10 and of 7 samples.

Some mistakes are invisible at some points: a bias gradient while the biases are 0, a mean in place of a sum for a batch
of one. So the check is made at the weights as they are, and at weights moved by random numbers, biases too.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ..activations import Array
from ..gradcheck import RIGHT, TOO_SMALL, WRONG, Cell, GradientCheck, check_gradients
from ..limits import check_choice
from ..losses import LOSSES
from ..randomness import seeded_generator
from ..tensors import gradient_name
from .run import TrainingRun

BATCHES = (10, 7)
SPREAD = 0.3  # standard deviation of the random numbers that move the weights
# Where gradients are checked: how far the weights are moved, and the number of samples.
POINTS = tuple((move, count) for move in (0.0, SPREAD) for count in BATCHES)
MAX_CELLS, MIN_CELLS = 64, 2  # numbers of a tensor that are compared at each point
MAX_SHOWN = 4096  # numbers of a matrix of differences
BUDGET = 3e7  # multiplications of one forward pass for each number of a point: about a second in a browser
OVERHEAD = 3000  # cost of one layer besides its multiplications, in multiplications


class CodeVerdict(NamedTuple):
    """The verdict on one tensor over all points.

    Attributes
    ----------
    name : name as in `Model.named_parameters`, or "inputs"
    verdict : WRONG if it is wrong at some point; else RIGHT if it is right at some point; else TOO_SMALL
    relative_error : largest of the points that decided
    worst : cell with the largest difference at that point, or None
    differences : |mine - numeric| at the weights as they are, with the tensor's shape; NaN where nothing was compared
    cells : numbers that were compared, at all points together
    left_out : reason → numbers that were not compared, at all points together
    where : the point with the largest relative error of those that decided
    """

    name: str
    verdict: str
    relative_error: float
    worst: Cell | None
    differences: Array
    cells: int
    left_out: dict[str, int]
    where: str


def check_code(run: TrainingRun, max_cells: int | None = None) -> list[CodeVerdict]:
    """Check the gradients of a run's network, in float64.

    Parameters
    ----------
    run : a run of this package; of a run with a learner's code, the copy of this module checks that code
    max_cells : numbers of each tensor that are compared at each point; by default as many as take a few seconds

    Returns
    -------
    list of CodeVerdict, one for each tensor

    Raises
    ------
    ValueError
        If the loss is not finite.
    """
    cells = max_cells or _affordable(run, len(run.model.named_parameters()) + 1, MAX_CELLS)
    checks = [_check(run, place, cells) for place in range(len(POINTS))]
    return [_verdict(list(of_tensor)) for of_tensor in zip(*checks, strict=True)]


def difference(run: TrainingRun, tensor: str) -> Array:
    """Return |mine - numeric| of one gradient at the weights as they are; NaN where nothing was compared.

    Parameters
    ----------
    tensor : name of the gradient, such as ``layers/0/grad_weights``
    """
    names = {gradient_name(name): name for name in run.model.named_parameters()}
    if not run.model.embedding:
        names["grad_inputs"] = "inputs"
    [found] = _check(run, 0, _affordable(run, 1, MAX_SHOWN), [names[check_choice("tensor", tensor, names)]])
    return np.asarray(found.differences)


def _affordable(run: TrainingRun, tensors: int, most: int) -> int:
    """Return how many numbers of each tensor, at most, can be compared in a few seconds."""
    cost = max(BATCHES) * run.model.parameters.size + OVERHEAD * len(run.model.layers)
    return max(MIN_CELLS, min(most, int(BUDGET / cost / tensors)))


def _check(run: TrainingRun, place: int, max_cells: int, tensors: Sequence[str] | None = None) -> list[GradientCheck]:
    """Check the gradients at one of `POINTS`."""
    move, count = POINTS[place]
    config = replace(run.config, model=replace(run.config.model, dtype="float64"))
    dataset, generator, model = config.make_dataset(), seeded_generator(place), config.make_model()
    model.parameters[:] = run.model.parameters
    model.parameters += move * generator.standard_normal(model.parameters.size)
    chosen = generator.permutation(len(dataset))[:count]
    x, targets = dataset.inputs[chosen], dataset.targets[chosen]
    loss = LOSSES[run.config.trainer.loss_type]
    return check_gradients(model, x, targets, loss, max_cells=max_cells, tensors=tensors)


def _verdict(checks: list[GradientCheck]) -> CodeVerdict:
    verdict = next((each for each in (WRONG, RIGHT) if any(each == check.verdict for check in checks)), TOO_SMALL)
    deciding = [place for place, check in enumerate(checks) if check.verdict == verdict]
    place = max(deciding, key=lambda place: checks[place].relative_error)
    worst, (move, count) = checks[place], POINTS[place]
    left_out: Counter[str] = Counter()
    for check in checks:
        left_out.update(check.left_out)
    return CodeVerdict(
        worst.name,
        verdict,
        worst.relative_error,
        worst.worst,
        np.asarray(checks[0].differences),
        sum(check.differences.size - sum(check.left_out.values()) for check in checks),
        dict(left_out),
        f"{'at weights moved by random numbers' if move else 'at the weights as they are'}, {count} samples",
    )
