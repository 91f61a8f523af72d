"""Optimizers: SGD, momentum, Adam and others, each a few lines over flat vectors of all parameters.

θ are the parameters, g = dL/dθ their gradients, η is the learning rate. Every optimizer moves θ against g, in place;
they differ in their *state*, a memory of earlier gradients. With any of them, gradients can be clipped and parameters
decayed first:

    g ← clip(g);   θ ← (1 - η λ) θ;   θ ← θ - η · direction(g)
"""

import math
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple, Protocol

import numpy as np

from .activations import Array


class StateVector(NamedTuple):
    """A vector that an optimizer keeps from step to step: one number for each parameter.

    Attributes
    ----------
    title, short : its name, in full and where there is little room
    symbol : its letter in formulas
    formula : its update, in one line
    meaning : what each of its numbers is, for a sentence
    """

    title: str
    short: str
    symbol: str
    formula: str
    meaning: str


class Optimizer:
    """Base class of the optimizers.

    Parameters
    ----------
    size : int, number of parameters
    dtype : dtype of parameters, gradients and state
    settings : values of the settings in `SETTINGS`

    Attributes
    ----------
    LABEL, SHORT : its name, in full and where there is little room
    AGAINST : what a step moves a parameter against, for a sentence
    STATE : name → `StateVector` kept from step to step
    SETTINGS : names of the settings, as in `TrainerConfig`
    COUNTS : whether its formula needs the number of updates, `t`
    ADAPTS : whether it divides steps by the size of earlier gradients, so that they are not proportional to gradients
    state : name → (size,), initially zeros
    t : int, number of updates in the state; 0 if it is not counted
    """

    LABEL: ClassVar[str]
    SHORT: ClassVar[str]
    AGAINST: ClassVar[str]
    STATE: ClassVar[Mapping[str, StateVector]] = {}
    SETTINGS: ClassVar[tuple[str, ...]] = ()
    COUNTS: ClassVar[bool] = False
    ADAPTS: ClassVar[bool] = False

    def __init__(self, size: int, dtype: str = "float32", **settings: float) -> None:
        self.state: dict[str, Array] = {name: np.zeros(size, dtype) for name in self.STATE}
        self.t = 0
        self.configure(settings)

    @property
    def has_state(self) -> bool:
        """Whether any number of the state differs from zero."""
        return any(vector.any() for vector in self.state.values())

    def configure(self, settings: Mapping[str, Any]) -> None:
        """Set this optimizer's settings from a mapping, from the next update on; keep the state."""
        for name in self.SETTINGS:
            setattr(self, name, settings[name])

    def update(self, parameters: Array, gradients: Array, learning_rate: float) -> None:
        """Apply one step to the parameters, in place; the gradients are not modified."""
        raise NotImplementedError


class SGD(Optimizer):
    """Gradient descent: θ ← θ - η g. It has no state."""

    LABEL, SHORT = "SGD (plain descent)", "SGD"
    AGAINST = "its gradient"

    def update(self, parameters: Array, gradients: Array, learning_rate: float) -> None:
        """Apply one step, as `Model.update` does."""
        parameters -= learning_rate * gradients


class Momentum(Optimizer):
    """Gradient descent with momentum: v ← μ v + g, θ ← θ - η v.

    Polyak (1964), "Some methods of speeding up the convergence of iteration methods"; Sutskever et al. (2013), eq. 1
    and 2, with the learning rate outside v, as in PyTorch's SGD.
    """

    LABEL, SHORT = "SGD with momentum", "Momentum"
    AGAINST = "its velocity, a decaying sum of its gradients"
    STATE: ClassVar = {
        "velocity": StateVector(
            "Velocity", "velocity", "v", "v ← μ·v + g", "its velocity, a decaying sum of its gradients"
        )
    }
    SETTINGS = ("momentum",)
    momentum: float

    def update(self, parameters: Array, gradients: Array, learning_rate: float) -> None:
        """Keep the fraction μ of the velocity, add the gradients, and step against the sum."""
        v = self.state["velocity"]
        v *= self.momentum
        v += gradients
        parameters -= learning_rate * v


class Adam(Optimizer):
    """Adam: Kingma & Ba (2015), algorithm 1.

    m ← β₁ m + (1 - β₁) g and v ← β₂ v + (1 - β₂) g² are running means of the gradients and of their squares. Both are
    biased towards their initial value 0; dividing by 1 - βᵗ corrects it. Then θ ← θ - η m̂ / (√v̂ + ε).
    """

    LABEL, SHORT = "Adam", "Adam"
    AGAINST = "the running mean of its gradients, divided by the root of the running mean of their squares"
    STATE: ClassVar = {
        "first_moment": StateVector(
            "First moment", "1st moment", "m", "m ← β₁·m + (1 − β₁)·g", "the running mean of its gradients"
        ),
        "second_moment": StateVector(
            "Second moment", "2nd moment", "v", "v ← β₂·v + (1 − β₂)·g²", "the running mean of its squared gradients"
        ),
    }
    SETTINGS = ("beta1", "beta2", "epsilon")
    COUNTS = ADAPTS = True
    beta1: float
    beta2: float
    epsilon: float

    def update(self, parameters: Array, gradients: Array, learning_rate: float) -> None:
        """Move each parameter by at most about η; by less if its gradient changes sign often."""
        self.t += 1
        m, v = self.state["first_moment"], self.state["second_moment"]
        m *= self.beta1
        m += (1 - self.beta1) * gradients
        v *= self.beta2
        v += (1 - self.beta2) * gradients**2
        m_hat = m / (1 - self.beta1**self.t)
        v_hat = v / (1 - self.beta2**self.t)
        parameters -= learning_rate * m_hat / (np.sqrt(v_hat) + self.epsilon)


OPTIMIZERS: dict[str, type[Optimizer]] = {"sgd": SGD, "momentum": Momentum, "adam": Adam}
STATE_VECTORS = {name: vector for kind in OPTIMIZERS.values() for name, vector in kind.STATE.items()}


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


def state_name(vector: str, parameter: str) -> str:
    """Return a state tensor's name: ``velocity`` of ``layers/0/weights`` → ``layers/0/velocity_weights``."""
    place, _, quantity = parameter.rpartition("/")
    return f"{place}/{vector}_{quantity}"
