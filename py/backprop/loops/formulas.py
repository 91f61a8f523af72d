"""Formulas that run as one compiled loop each, in float32, in a browser.

A formula in `activations` or `losses` makes five to fifteen calls of NumPy, and in a small network calls take most of
the time. Its loop makes the same operations in the same order: the same bits as the formula gives with the compiled
loops of NumPy's ufuncs, which a test proves and `first_difference` checks at each start. So the formula is what one
reads and what can be explained, and it runs wherever the loop does not apply: in float64, without compiled loops, in
packages with the learner's code, and for losses that are not finite.
"""

import math
from collections.abc import Iterator, Mapping
from functools import wraps
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..activations import ACTIVATIONS, Activation, Array, Slope, Value
from ..losses import LOSSES, LossFunction, as_one_hot
from ..randomness import seeded_generator

# Functions that have a loop, and its arguments and results.
VALUES = dict.fromkeys(("gelu", "sigmoid", "silu"), "()->(),()")  # z → a, cache
SLOPES = {**dict.fromkeys(("gelu_slope", "silu_slope"), "(),(),()->()"), "tanh_slope": "()->()"}  # z, a, cache; z
LOSS_LOOPS = dict.fromkeys(("cross_entropy", "mse"), "(b,c),(b,c)->(),(b,c)")  # logits, targets → loss, gradient
SIGNATURES = VALUES | SLOPES | LOSS_LOOPS
MAX_ROWS = 1024  # of a loss in one loop

SPECIAL = (0.0, -0.0, 1.0, 39.9, 88.0, 1e4, 1e30, np.inf, np.nan, 1e-38, 1e-30)


class Formulas:
    """The formulas that can run as one loop, and the switch between both.

    Attributes
    ----------
    is_on : whether the loops are in force
    ufuncs : name of a function in `activations` or `losses` → its loop
    """

    def __init__(self) -> None:
        self.is_on = False
        self.ufuncs: dict[str, np.ufunc] = {}

    @property
    def names(self) -> frozenset[str]:
        """Names of the functions that have a loop."""
        return frozenset(self.ufuncs)

    def install(self, ufuncs: Mapping[str, np.ufunc]) -> None:
        """Put functions that run these loops, if they are in force, in the places of the formulas that models use."""
        self.ufuncs = dict(ufuncs)
        for name, formula in list(ACTIVATIONS.items()):
            value, slope = ufuncs.get(name), ufuncs.get(f"{name}_slope")
            ACTIVATIONS[name] = Activation(
                self._value(formula.value, value) if value else formula.value,
                self._slope(formula.slope, slope) if slope else formula.slope,
            )
        for name in LOSSES.keys() & ufuncs.keys():
            LOSSES[name] = self._loss(LOSSES[name], ufuncs[name])

    def _value(self, formula: Value, loop: np.ufunc) -> Value:
        @wraps(formula)
        def value(z: Array, out: Array | None = None, cache: Array | None = None) -> Array:
            if self.is_on and z.dtype.char == "f":
                a: Array = loop(z, out, cache)[0]
                return a
            return formula(z, out, cache)

        return value

    def _slope(self, formula: Slope, loop: np.ufunc) -> Slope:
        has_cache = loop.nin == 3

        @wraps(formula)
        def slope(z: Array, a: Array, out: Array | None = None, cache: Array | None = None) -> Array:
            if self.is_on and z.dtype.char == "f" and (cache is not None or not has_cache):
                found: Array = loop(z, a, cache, out) if has_cache else loop(z, out)
                return found
            return formula(z, a, out, cache)

        return slope

    def _loss(self, formula: LossFunction, loop: np.ufunc) -> LossFunction:
        @wraps(formula)
        def loss(logits: Array, targets: NDArray[Any]) -> tuple[float, Array]:
            if self.is_on and logits.dtype.char == "f" and len(logits) <= MAX_ROWS and logits.flags.c_contiguous:
                y = as_one_hot(targets, logits)
                if y.flags.c_contiguous:
                    mean, grad_logits = loop(logits, y)
                    if math.isfinite(mean):
                        return float(mean), grad_logits
            return formula(logits, targets)

        return loss

    def first_difference(self) -> str:
        """Return the name of the first function whose loop differs from its formula by a bit, or ""."""
        with np.errstate(all="ignore"):
            loops, formulas = (list(self._results(is_on)) for is_on in (True, False))
        pairs = zip(loops, formulas, strict=True)
        return next((name for (name, a), (_, b) in pairs if not np.array_equal(a, b, equal_nan=True)), "")

    def _results(self, is_on: bool) -> Iterator[tuple[str, Any]]:
        """Compute every formula by its loop or by itself; the switch stays as it was."""
        before, drawn = self.is_on, seeded_generator(0).standard_normal(320)
        z = np.concatenate([8 * drawn, SPECIAL, np.negative(SPECIAL)]).astype(np.float32)
        targets = np.tile(np.arange(5), 4)
        try:
            self.is_on = is_on
            for name in sorted(VALUES.keys() | {"tanh"}):
                value, slope = ACTIVATIONS[name]
                for part in (z, z[:3], z[::2], z[:0]):
                    cache = np.zeros_like(part)
                    a = value(part, cache=cache)
                    yield from ((name, a), (name, cache), (f"{name}_slope", slope(part, a, cache=cache)))
            for name, loss in LOSSES.items():
                for logits in (z[:100], z[220:320], 1e30 * z[:100], z[-100:]):
                    mean, gradient = loss(logits.reshape(20, 5), targets)
                    yield name, np.append(gradient, mean)
        finally:
            self.is_on = before


FORMULAS = Formulas()
