"""One update: clipping and weight decay before the step of an optimizer.

With any optimizer, gradients g can be clipped and parameters θ decayed first:

    g ← clip(g);   θ ← (1 - η λ) θ;   θ ← θ - η · direction(g)
"""

import math
from collections.abc import Mapping
from typing import NamedTuple, Protocol

import numpy as np

from .activations import Array
from .optimizers import OPTIMIZERS, Optimizer


def decay(parameters: Array, learning_rate: float, weight_decay: float) -> None:
    """Shrink every parameter by the fraction η λ, in place.

    Decoupled from the gradients, as in AdamW: Loshchilov & Hutter (2019), "Decoupled Weight Decay Regularization". For
    plain gradient descent this equals adding λ/2 ‖θ‖² to the loss.
    """
    parameters *= 1 - learning_rate * weight_decay


def norm(gradients: Array) -> float:
    """Compute ‖g‖, the Euclidean norm, in float64, where squares of float32 numbers cannot overflow."""
    wide = gradients.astype(np.float64, copy=False)
    with np.errstate(over="ignore"):
        square = float(np.dot(wide, wide))
    if 1e-250 < square < 1e250 or not wide.any():
        return math.sqrt(square)
    largest = float(np.abs(wide).max())  # the squares underflow or overflow even in float64: scale first
    return largest * norm(wide / largest) if math.isfinite(largest) else largest


def clip_factor(gradients: Array, clip_norm: float) -> float:
    """Return the factor that reduces ‖g‖ to at most `clip_norm`: Pascanu et al. (2013), algorithm 1."""
    length = norm(gradients)
    if math.isinf(length) and math.isfinite(largest := float(np.abs(gradients).max())):
        return clip_norm / largest / norm(gradients / largest)
    return clip_norm / length if length > clip_norm else 1.0


def clip(gradients: Array, clip_norm: float) -> Array:
    """Return the gradients, scaled down to the norm `clip_norm` if theirs is larger; their direction stays the same."""
    clipped: Array = gradients * clip_factor(gradients, clip_norm)
    return clipped


class Update(NamedTuple):
    """Settings and state of one update, from which it can be explained or repeated.

    Attributes
    ----------
    optimizer : a name in `OPTIMIZERS`
    learning_rate, weight_decay, clip_norm : settings of every update, as in `TrainerConfig`
    settings : those of the optimizer, by name
    t : the optimizer's count of updates after it
    before : the optimizer's state before it
    """

    optimizer: str
    learning_rate: float
    settings: Mapping[str, float] = {}
    weight_decay: float = 0.0
    clip_norm: float | None = None
    t: int = 0
    before: Mapping[str, Array] = {}


class _Options(Protocol):
    """Settings of an update besides its optimizer: a trainer's config or an `Update`."""

    @property
    def learning_rate(self) -> float: ...
    @property
    def weight_decay(self) -> float: ...
    @property
    def clip_norm(self) -> float | None: ...


def make(optimizer: Optimizer, options: _Options, parameters: Array, gradients: Array) -> None:
    """Make one update in place: clip the gradients, decay the parameters, apply the optimizer's step."""
    if options.clip_norm is not None:
        gradients = clip(gradients, options.clip_norm)
    if options.weight_decay:
        decay(parameters, options.learning_rate, options.weight_decay)
    optimizer.update(parameters, gradients, options.learning_rate)


def updated(update: Update, parameters: Array, gradients: Array) -> Array:
    """Return the parameters after this update with these gradients; the arguments are not modified."""
    optimizer = OPTIMIZERS[update.optimizer](parameters.size, parameters.dtype.name, **update.settings)
    optimizer.state = {name: vector.copy() for name, vector in update.before.items()}
    optimizer.t = update.t - 1
    moved: Array = parameters.copy()
    make(optimizer, update, moved, gradients)
    return moved
