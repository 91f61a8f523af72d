"""Cases of an exercise: arguments for the learner's function, and the arrays that it must return."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from ..activations import Array
from ..randomness import seeded_generator

FORWARD, GRADIENT, EDGE = "forward", "gradient", "edge"
# Stages of a check in their order; the report stops at the first that fails.
STAGES = ("syntax", "exception", "time", "result", FORWARD, GRADIENT, EDGE)
STEP = 1e-5  # h of the central differences
EXACT = 1e-7  # relative error of a right result
WRONG = 1e-4  # relative error from which a result is certainly wrong; between the two it is "close", and not accepted


class Case(NamedTuple):
    """One call of the learner's function.

    Attributes
    ----------
    title : short description of the case, such as "10 samples, 4 inputs, 3 units"
    arguments : arguments of the call; the learner's function gets copies
    expected : name → array to be returned, in the order of the tuple that is returned; or a text
    kind : FORWARD, GRADIENT or EDGE
    function : name of the learner's function or class
    tolerance : largest relative error ‖yours - expected‖ / (‖yours‖ + ‖expected‖) that is right
    skipped : name → True for each number that is not compared, such as those at a kink
    """

    title: str
    arguments: tuple[Any, ...]
    expected: Mapping[str, Any]
    kind: str
    function: str
    tolerance: float = EXACT
    skipped: Mapping[str, Any] = {}


def numeric_gradient(function: Callable[[Array], float], at: Array) -> Array:
    """Compute the gradient of a function by central differences, (f(w + h) - f(w - h)) / 2h for each number w."""
    at = at.astype(np.float64)
    gradient = np.zeros_like(at)
    for position in np.ndindex(at.shape):
        original = at[position]
        at[position] = original + STEP
        above = function(at)
        at[position] = original - STEP
        gradient[position] = (above - function(at)) / (2 * STEP)
        at[position] = original
    return gradient


def normal(seed: int, *shape: int, scale: float = 1.0) -> Array:
    """Draw normal numbers of this shape, always the same for a seed."""
    numbers: Array = scale * seeded_generator(seed).standard_normal(shape)
    return numbers


def samples(count: int) -> str:
    """Return "1 sample" or "10 samples"."""
    return "1 sample" if count == 1 else f"{count} samples"
