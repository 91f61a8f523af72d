"""Optimizers: how gradients become a step. Each is a few lines over flat vectors of all parameters together.

θ are the parameters, g = dL/dθ their gradients, η is the learning rate. All of them move θ against g, in place; they
differ in what they remember of earlier gradients, their *state*. Whatever the optimizer, the gradients can be clipped
before, and the parameters decay:

    g ← clip(g);   θ ← (1 - η λ) θ;   θ ← θ - η · (what the optimizer makes of g)
"""

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple, Protocol

import numpy as np

from .activations import Array


class Optimizer:
    """What all optimizers have in common.

    Parameters
    ----------
    size : int, how many parameters there are
    dtype : of parameters, gradients and state
    settings : those that `SETTINGS` names

    Attributes
    ----------
    STATE : names of what is remembered from step to step
    SETTINGS : names of its settings, as in `trainer.TrainerConfig`
    state : name → (size,), zeros at first
    t : int, updates that the state comes from; counted only where a formula needs it
    """

    STATE: ClassVar[tuple[str, ...]] = ()
    SETTINGS: ClassVar[tuple[str, ...]] = ()
    momentum: float
    beta1: float
    beta2: float
    epsilon: float

    def __init__(self, size: int, dtype: str = "float32", **settings: float) -> None:
        self.state: dict[str, Array] = {name: np.zeros(size, dtype) for name in self.STATE}
        self.t = 0
        self.configure(settings)

    def configure(self, settings: Mapping[str, Any]) -> None:
        """Take its own settings out of these, from the next update on; the state stays."""
        for name in self.SETTINGS:
            setattr(self, name, settings[name])

    def update(self, parameters: Array, gradients: Array, learning_rate: float) -> None:
        """Move the parameters one step, in place; the gradients are not changed."""
        raise NotImplementedError


class SGD(Optimizer):
    """Gradient descent: θ ← θ - η g. It remembers nothing."""

    def update(self, parameters: Array, gradients: Array, learning_rate: float) -> None:
        """As `Model.update` does."""
        parameters -= learning_rate * gradients


class Momentum(Optimizer):
    """Gradient descent with momentum: v ← μ v + g, θ ← θ - η v.

    Polyak (1964), "Some methods of speeding up the convergence of iteration methods"; Sutskever et al. (2013), eq. 1
    and 2, with the learning rate outside of v, as in PyTorch's SGD.
    """

    STATE = ("velocity",)
    SETTINGS = ("momentum",)

    def update(self, parameters: Array, gradients: Array, learning_rate: float) -> None:
        """Keep a share μ of the velocity, add the gradients, and move against that."""
        v = self.state["velocity"]
        v *= self.momentum
        v += gradients
        parameters -= learning_rate * v


class Adam(Optimizer):
    """Adam: Kingma & Ba (2015), algorithm 1.

    m ← β₁ m + (1 - β₁) g and v ← β₂ v + (1 - β₂) g² are running means of the gradients and of their squares. Both begin
    at 0; dividing by 1 - βᵗ corrects for that. Then θ ← θ - η m̂ / (√v̂ + ε).
    """

    STATE = ("first_moment", "second_moment")
    SETTINGS = ("beta1", "beta2", "epsilon")

    def update(self, parameters: Array, gradients: Array, learning_rate: float) -> None:
        """Move each parameter by about η, the less steadily its gradient keeps its sign the less."""
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


def decay(parameters: Array, learning_rate: float, weight_decay: float) -> None:
    """Shrink every parameter by the share η λ of itself, in place.

    Apart from the gradients, as in AdamW: Loshchilov & Hutter (2019), "Decoupled Weight Decay Regularization". For
    plain gradient descent that is the same as adding λ/2 ‖θ‖² to the loss.
    """
    parameters *= 1 - learning_rate * weight_decay


def norm(gradients: Array) -> float:
    """‖g‖, the square root of the sum of all squares; computed in float64, where squares of float32 find room."""
    return float(np.linalg.norm(gradients.astype(np.float64, copy=False)))


def clip_factor(gradients: Array, clip_norm: float) -> float:
    """What to multiply g by so that ‖g‖ is at most `clip_norm`: Pascanu et al. (2013), algorithm 1."""
    length = norm(gradients)
    return clip_norm / length if length > clip_norm else 1.0


def clip(gradients: Array, clip_norm: float) -> Array:
    """Return the gradients, scaled down together if their norm is over the limit; the direction stays."""
    clipped: Array = gradients * clip_factor(gradients, clip_norm)
    return clipped


class Update(NamedTuple):
    """One update as it was made, so that it can be explained.

    Attributes
    ----------
    optimizer : a name in `OPTIMIZERS`
    learning_rate, momentum, beta1, beta2, epsilon, weight_decay, clip_norm : as in `trainer.TrainerConfig`, then
    t : the optimizer's count after it
    before : the optimizer's state before it
    """

    optimizer: str
    learning_rate: float
    momentum: float = 0.9
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.0
    clip_norm: float | None = None
    t: int = 0
    before: Mapping[str, Array] = {}


class _Options(Protocol):
    """What an update needs to know besides its optimizer: a trainer's config, or an `Update`."""

    @property
    def learning_rate(self) -> float: ...
    @property
    def weight_decay(self) -> float: ...
    @property
    def clip_norm(self) -> float | None: ...


def make(optimizer: Optimizer, options: _Options, parameters: Array, gradients: Array) -> None:
    """Make one update, in place: clip, decay, and what the optimizer makes of the gradients."""
    if options.clip_norm is not None:
        gradients = clip(gradients, options.clip_norm)
    if options.weight_decay:
        decay(parameters, options.learning_rate, options.weight_decay)
    optimizer.update(parameters, gradients, options.learning_rate)


def updated(update: Update, parameters: Array, gradients: Array) -> Array:
    """Return the parameters that this update would make, of these gradients; nothing that is given is changed."""
    kind = OPTIMIZERS[update.optimizer]
    settings = {name: getattr(update, name) for name in kind.SETTINGS}
    optimizer = kind(parameters.size, parameters.dtype.name, **settings)
    optimizer.state = {name: vector.copy() for name, vector in update.before.items()}
    optimizer.t = update.t - 1
    moved: Array = parameters.copy()
    make(optimizer, update, moved, gradients)
    return moved


def state_name(vector: str, parameter: str) -> str:
    """``velocity`` of ``layers/0/weights`` → ``layers/0/velocity_weights``."""
    place, _, quantity = parameter.rpartition("/")
    return f"{place}/{vector}_{quantity}"
