"""Gradient check: comparison of `backward` with finite differences of the loss.

A gradient is the rate at which the loss grows with a number w. Increase and decrease w by a small step h and compare
the losses: (L(w + h) - L(w - h)) / 2h, the *central difference*, approximates the same rate with an error of order h².
It needs two forward passes per number and no chain rule: slow, but it shares no mistake with the code under test.

With gradients a and differences n of one tensor, a is right if

    ‖a - n‖ ≤ 1e-7 (‖a‖ + ‖n‖) + bound of the rounding error

and too small to be checked if rounding could hide a mistake. Differences have other limits than rounding (see
`differences`). So if the first one does not confirm the gradient, differences with other steps are tried; the gradient
is wrong if two of them agree with each other but not with it.
"""

import math
from collections.abc import Collection
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .activations import Array
from .differences import CURVATURE, NOT_DRAWN, REASONS, RULES, Network, Nudge
from .limits import LIMITS, check_integer
from .losses import LossFunction
from .model import Model
from .randomness import seeded_generator

RIGHT, WRONG, TOO_SMALL = "right", "wrong", "too small to be checked"

# In float64 the relative error of correct gradients is near 1e-10; of the smallest known mistake (the slope of one GELU
# formula with the value of the other) near 1e-4.
TOLERANCE = 1e-7
# The verdict is "right" only if rounding cannot hide a relative error of this size.
RESOLUTION = 1e-4
# Two differences agree if the gap between them is at most this fraction of their gap to the gradient.
AGREEMENT = 3e-2


class Cell(NamedTuple):
    """One number of a tensor: its gradient from `backward` and from differences of the loss."""

    position: tuple[int, ...]
    gradient: float
    numeric: float


class GradientCheck(NamedTuple):
    """Result of the check for one tensor.

    Attributes
    ----------
    name : name as in `Model.named_parameters`, or "inputs"
    verdict : RIGHT, WRONG or TOO_SMALL; TOO_SMALL also if no cell was compared
    relative_error : ‖a - n‖ / (‖a‖ + ‖n‖) over the compared cells; 0 if both norms are zero
    worst : compared cell with the largest |a - n|, or None if no cell was compared
    too_small : number of compared cells in which rounding can hide a relative error of `RESOLUTION`
    left_out : reason → number of cells that were not compared: the step crosses a KINK of the activation function,
        differences with several steps disagree (CURVATURE), the loss after a step is not finite (OVERFLOW), or there
        are more cells than `max_cells` (NOT_DRAWN)
    differences : |a - n|, with the shape of the tensor; NaN in cells that were not compared
    """

    name: str
    verdict: str
    relative_error: float
    worst: Cell | None
    too_small: int
    left_out: dict[str, int]
    differences: Array


def check_gradients(
    model: Model,
    x: NDArray[Any],
    targets: NDArray[Any],
    loss: LossFunction,
    *,
    max_cells: int | None = None,
    tensors: Collection[str] | None = None,
) -> list[GradientCheck]:
    """Compare every gradient that `backward` computes with differences of the loss.

    Parameters
    ----------
    model : a float64 Model; its parameters are changed and restored, to the last bit, even if an exception is raised
    x : (batch, input_dim), or token indices (batch, positions) for a model with an embedding
    targets : targets in a form that `loss` accepts
    loss : a function of `losses`
    max_cells : compare at most this many cells of each tensor, drawn at random with a fixed seed; None for all
    tensors : names of the tensors to check; None for all

    Returns
    -------
    list of GradientCheck, one for each parameter tensor and, unless x holds token indices, one for `inputs`

    Raises
    ------
    ValueError
        If the model is not float64 (rounding in float32 exceeds the differences), or its loss is not finite.
    """
    if model.dtype != "float64":
        raise ValueError(f"dtype must be float64 to check gradients, got {model.dtype}")
    if max_cells is not None:
        check_integer("max_cells", max_cells, 1, LIMITS["parameters"][1])
    named = model.named_parameters()
    if not model.embedding:
        x = np.array(x, dtype="float64")
        named = {"inputs": x, **named}
    originals = {name: values.copy() for name, values in named.items()}

    def restore() -> None:
        for name, values in named.items():
            values[...] = originals[name]

    with np.errstate(all="ignore"):  # a step may overflow
        try:
            grad_inputs = model.backward(loss(model.forward(x), targets)[1])
            gradients = {name: grad.copy() for name, grad in model.named_gradients().items()} | {"inputs": grad_inputs}
            restore()  # a wrong backward may modify its inputs
            network, generator = Network(model, x, targets, loss), seeded_generator(0)
            return [
                _check_tensor(network, name, values, gradients[name], reasons=_draw(values, max_cells, generator))
                for name, values in named.items()
                if tensors is None or name in tensors
            ]
        finally:
            restore()
            model.forward(x)  # recompute the intermediate values with the original parameters


def _draw(values: Array, max_cells: int | None, generator: np.random.Generator) -> NDArray[Any]:
    """Return for each cell the reason to leave it out, and "" for `max_cells` random cells."""
    reasons = np.full(values.size, NOT_DRAWN, object)
    reasons[generator.permutation(values.size)[:max_cells]] = ""
    return reasons.reshape(values.shape)


def _check_tensor(
    network: Network, name: str, values: Array, gradient: Array, *, reasons: NDArray[Any]
) -> GradientCheck:
    """Try one difference rule after the other until the verdict is certain."""
    numeric, errors = np.full((2, len(RULES), *values.shape), np.nan)
    # If the logits do not depend on a number, its gradient is exactly 0, without rounding error.
    ignored = np.zeros(values.shape, bool)
    for index in zip(*np.nonzero((reasons == "") & (gradient == 0)), strict=True):
        ignored[index] = network.ignores(values, index)
    for tried, rule in enumerate(RULES):
        for index in zip(*np.nonzero(reasons == ""), strict=True):
            slope, error, reason = Nudge(network, values, index).slope(rule, gradient[index])
            numeric[(tried, *index)], errors[(tried, *index)] = slope, 0 if ignored[index] else error
            if tried == 0:
                reasons[index] = reason
        check, certain = _compare(name, gradient, numeric[: tried + 1], errors[: tried + 1], reasons=reasons)
        # The second rule has the smallest rounding error: no other rule can resolve what it cannot.
        if certain and (tried > 0 or (check.verdict != TOO_SMALL and gradient.any())):
            break
    return check


def _compare(
    name: str, a: Array, numeric: Array, errors: Array, *, reasons: NDArray[Any]
) -> tuple[GradientCheck, bool]:
    """Compare a gradient with its differences; return the result and whether it is certain without another rule.

    `numeric` and `errors` are (rules, …), NaN where there is no difference.
    """
    n, error, agrees = _choose(a, numeric, errors, reasons == "")
    within = _is_within(a[reasons == ""], n[reasons == ""], error[reasons == ""])
    doubtful = (reasons == "") & ~agrees & (not within)
    gap = np.nan_to_num(np.abs(a - n), nan=np.inf)
    wrong = _confirmed(numeric[:, doubtful], errors[:, doubtful], gap[doubtful])
    if not wrong:
        reasons = np.where(doubtful, CURVATURE, reasons)
    compared = reasons == ""
    hidden = _norm(error[compared]) > RESOLUTION * _norm(a[compared]) or not compared.any()
    position = tuple(map(int, np.unravel_index(np.where(compared, gap, -1).argmax(), a.shape)))
    check = GradientCheck(
        name,
        WRONG if wrong else TOO_SMALL if hidden else RIGHT,
        relative_error(a[compared], n[compared]),
        Cell(position, float(a[position]), float(n[position])) if compared.any() else None,
        int((error > RESOLUTION * np.abs(a))[compared].sum()),
        {reason: int((reasons == reason).sum()) for reason in REASONS if (reasons == reason).any()},
        np.where(compared, np.abs(a - n), np.nan),
    )
    return check, wrong or not doubtful.any()


def _choose(
    a: Array, numeric: Array, errors: Array, given: NDArray[np.bool_]
) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Return for each cell the most accurate agreeing difference (else the nearest), its error, and if any agrees.

    A cell agrees if its gap is within its share of the tensor's tolerance, plus rounding.
    """
    gaps = np.where(np.isnan(numeric), np.inf, np.nan_to_num(np.abs(a - numeric), nan=np.inf))
    excess = np.nan_to_num(gaps - errors, nan=np.inf)
    agrees: NDArray[np.bool_] = np.isfinite(a) & (
        excess <= TOLERANCE * _norm(a[given]) / math.sqrt(max(1, given.sum()))
    )
    best = np.where(agrees, -1 / errors, excess).argmin(axis=0)[None]
    n, error = (np.take_along_axis(each, best, axis=0)[0] for each in (numeric, errors))
    return n, error, np.logical_or.reduce(agrees)


def _is_within(a: Array, n: Array, error: Array) -> bool:
    """Return whether ‖a - n‖ ≤ 1e-7 (‖a‖ + ‖n‖) + rounding; False if a is not finite."""
    allowed = TOLERANCE * (_norm(a) + _norm(n)) + _norm(error)
    return bool(np.isfinite(a).all()) and _norm(a - n) <= allowed


def _confirmed(numeric: Array, errors: Array, gap: Array) -> bool:
    """Return whether two differences agree with each other, so that the gradient, not a difference, is wrong."""
    for one, other in combinations(range(len(numeric)), 2):
        both = np.isfinite(numeric[one]) & np.isfinite(numeric[other])
        n, m = numeric[one][both], numeric[other][both]
        size, rounding = max(_norm(n), _norm(m)), _norm(errors[one][both]) + _norm(errors[other][both])
        if both.any() and _norm(n - m) <= min(AGREEMENT * _norm(gap[both]), AGREEMENT * size + rounding):
            return True
    return False


def relative_error(a: Array, b: Array) -> float:
    """Return ‖a - b‖ / (‖a‖ + ‖b‖), with Euclidean norms; 0 if both are zero everywhere."""
    size = _norm(a) + _norm(b)
    return _norm(a - b) / size if size else 0.0


def _norm(values: Array) -> float:
    """Return the Euclidean norm, even if the squares overflow."""
    largest = float(np.abs(values).max(initial=0))
    return largest * float(np.linalg.norm(values / largest)) if 0 < largest < np.inf else largest
