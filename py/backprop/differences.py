"""Finite differences: slopes of the loss from small steps of one number of the network.

Differences have limits that are not errors of the gradient compared with them:

* *Rounding.* Divided by the step, the last digits of two losses can exceed a small slope: see `rounding`.
* *Kinks.* If a step moves some z of a ReLU across 0, the loss has two slopes; the difference lies between them.
* *Curvature.* If the slope changes within a step, the difference is a mean of slopes that depends on the step.

So each slope comes with a bound of its rounding error, or with the reason why there is no slope, and there are several
rules with different steps.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .activations import Array
from .losses import LossFunction
from .model import Model

# Reasons to leave out a cell.
REASONS = KINK, CURVATURE, OVERFLOW, NOT_DRAWN = "kink", "curvature", "overflow", "not drawn"
WITH_KINK = ("relu",)  # at z = 0

Loss = Callable[[float], float]  # as a function of the offset of one number


def two_point(loss: Loss, h: float) -> float:
    """Return (L(h) - L(-h)) / 2h, the central difference, with error h² L''' / 6."""
    return (loss(h) - loss(-h)) / (2 * h)


def four_point(loss: Loss, h: float) -> float:
    """Combine the central differences for h and 2h so that their errors of order h² cancel; error h⁴ L''''' / 30.

    Abramowitz & Stegun (1964), "Handbook of Mathematical Functions", table 25.2.
    """
    return (8 * (loss(h) - loss(-h)) - (loss(2 * h) - loss(-2 * h))) / (12 * h)


def one_sided(loss: Loss, h: float) -> float:
    """Return (4 L(h) - L(2h) - 3 L(0)) / 2h, the slope on the side of h, with error h² L''' / 3."""
    return (4 * loss(h) - loss(2 * h) - 3 * loss(0)) / (2 * h)


class Rule(NamedTuple):
    """A difference formula, its step, and the sum of its absolute weights, for `rounding`."""

    slope: Callable[[Loss, float], float]
    step: float
    weights: float


# The first is cheap and nearly always enough, the second has the smallest rounding error, the others the smallest error
# from curvature. The steps are powers of two (near 1e-5, 1e-3, 1e-6 and 1e-8), so that w + h and w - h are exact.
RULES = (
    Rule(two_point, 2.0**-17, 1),
    Rule(four_point, 2.0**-10, 1.5),
    Rule(four_point, 2.0**-20, 1.5),
    Rule(four_point, 2.0**-26, 1.5),
)
ONE_SIDED_WEIGHTS = 4


def rounding(layers: int, size: float) -> float:
    """Return an estimate of the rounding error of one loss.

    Parameters
    ----------
    layers : number of layers
    size : the largest of 1, |L| and all |z| of the forward pass

    Notes
    -----
    Float64 rounds to the nearest number, with a relative error of at most ε/2, ε = 2.2e-16. Each layer rounds numbers
    of at most `size` and propagates its errors, so the error of the loss is about

        ρ = layers · size · ε/2.

    (Higham 2002, "Accuracy and Stability of Numerical Algorithms", section 3.1, without his factor for the length of
    the sums: errors of both signs nearly cancel.) A difference is a weighted sum of losses divided by its step h. In
    the worst case its error is ρ/h times the sum of the absolute weights:

        two-point   (1 + 1) / 2          = 1
        four-point  (8 + 8 + 1 + 1) / 12 = 1.5
        one-sided   (4 + 1 + 3) / 2      = 4

    and the error norm of a tensor's differences is the norm of these errors: √cells times one of them for equal steps.
    """
    return layers * size * float(np.finfo(np.float64).eps) / 2


class Network:
    """A model with a batch, and its loss.

    Attributes
    ----------
    sides : side of the kink of each z: -1, 0 (exactly at it) or 1; None if no activation has a kink
    rounding : estimate of the rounding error of the loss
    """

    def __init__(self, model: Model, x: NDArray[Any], targets: NDArray[Any], loss: LossFunction) -> None:
        self._model, self._x, self._targets, self._loss = model, x, targets, loss
        value = self.loss()
        if not np.isfinite(value):
            raise ValueError(f"loss must be finite to check gradients, got {value}")
        self.sides = self.sides_now()
        sizes = [float(np.abs(layer.pre_activations).max()) for layer in model.layers]
        self.rounding = rounding(len(model.layers), max(1, abs(value), *sizes))

    def loss(self) -> float:
        """Return the loss of the batch."""
        return self._loss(self._model.forward(self._x), self._targets)[0]

    def ignores(self, values: Array, index: tuple[int, ...]) -> bool:
        """Return whether the logits do not depend on a number: a large offset changes no bit of them.

        The offset is 1, or the number itself if that is larger. In a network with kinks it is the largest step of
        `RULES`, since a large one would activate a unit whose slope is 0 here.
        """
        original = values[index]
        offset = max(1.0, abs(original)) if self.sides is None else max(rule.step for rule in RULES)
        logits = self._model.forward(self._x)
        for nudged in (original + offset, original - offset):
            values[index] = nudged
            moved = not np.array_equal(self._model.forward(self._x), logits, equal_nan=True)
            values[index] = original
            if moved:
                return False
        return True

    def sides_now(self) -> Array | None:
        """Return the `sides` of the last pass."""
        if self._model.activation not in WITH_KINK or len(self._model.layers) == 1:
            return None
        z: Array = np.concatenate([layer.pre_activations.ravel() for layer in self._model.layers[:-1]])
        return np.sign(z)


class Nudge:
    """The loss as a function of the offset of one number, and the kinks crossed by the offsets."""

    def __init__(self, network: Network, values: Array, index: tuple[int, ...]) -> None:
        self._network, self._values, self._index = network, values, index
        self._original = values[index]
        self._crosses = False  # whether some z crossed the kink
        self._leaves: set[float] = set()  # signs of dz/dw of the z that left the kink, where they lay exactly

    def __call__(self, offset: float) -> float:
        """Return the loss with the number changed by `offset`."""
        self._values[self._index] = self._original + offset
        loss = self._network.loss()
        self._values[self._index] = self._original
        before, after = self._network.sides, self._network.sides_now()
        if before is not None and after is not None and (moved := before != after).any():
            self._crosses |= bool(before[moved].any())
            self._leaves |= set(after[moved] * np.sign(offset))
        return loss

    def slope(self, rule: Rule, gradient: float) -> tuple[float, float, str]:
        """Return the slope of the loss, a bound of its rounding error, and the reason if both are NaN.

        At z = 0 exactly, f' = 0 gives the slope on one side and f' = 1 the slope on the other. Both are accepted: the
        one nearer to `gradient` is returned.
        """
        # Enlarge the step for a large number, whose last digits would absorb it.
        h = max(rule.step, 2.0**26 * float(np.spacing(abs(self._original))))
        slope, weights = rule.slope(self, h), rule.weights
        if self._leaves and not self._crosses:
            sides = one_sided(self, h), one_sided(self, -h)
            slope, weights = min(sides, key=lambda side: abs(side - gradient)), ONE_SIDED_WEIGHTS
        if self._crosses or len(self._leaves) > 1:
            return np.nan, np.nan, KINK
        if not np.isfinite(slope):
            return np.nan, np.nan, OVERFLOW
        return slope, weights * self._network.rounding / h, ""
