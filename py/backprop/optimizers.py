"""Optimizers: SGD, momentum, Adam and others, each a few lines over flat vectors of all parameters.

θ are the parameters, g = dL/dθ their gradients, η is the learning rate. Every optimizer moves θ against g, in place;
they differ in their *state*, a memory of earlier gradients. `updates` clips gradients and decays parameters first.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

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


class Nesterov(Momentum):
    """Nesterov's accelerated gradient: v ← μ v + g, θ ← θ - η (g + μ v).

    Nesterov (1983), "A method for solving the convex programming problem with convergence rate O(1/k²)"; Sutskever et
    al. (2013), eq. 3 and 4, at the parameters looked ahead to, as in PyTorch's SGD with ``nesterov=True``.
    """

    LABEL, SHORT = "SGD with Nesterov momentum", "Nesterov"
    AGAINST = "its gradient and the part of its velocity that the next step keeps"

    def update(self, parameters: Array, gradients: Array, learning_rate: float) -> None:
        """Update the velocity as momentum does, and step against the gradients plus what is kept of it."""
        v = self.state["velocity"]
        v *= self.momentum
        v += gradients
        parameters -= learning_rate * (gradients + self.momentum * v)


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


class RMSProp(Optimizer):
    """RMSProp: v ← α v + (1 - α) g², θ ← θ - η g / (√v + ε).

    Tieleman & Hinton (2012), "Neural Networks for Machine Learning", lecture 6.5; with ε outside of the root, as in
    PyTorch's RMSprop.
    """

    LABEL, SHORT = "RMSProp", "RMSProp"
    AGAINST = "its gradient, divided by the root of the running mean of its squares"
    STATE: ClassVar = {
        "mean_square": StateVector(
            "Mean square", "mean square", "v", "v ← α·v + (1 − α)·g²", "the running mean of its squared gradients"
        )
    }
    SETTINGS = ("alpha", "epsilon")
    ADAPTS = True
    alpha: float
    epsilon: float

    def update(self, parameters: Array, gradients: Array, learning_rate: float) -> None:
        """Divide each gradient by the root of the running mean of its squares."""
        v = self.state["mean_square"]
        v *= self.alpha
        v += (1 - self.alpha) * gradients**2
        parameters -= learning_rate * gradients / (np.sqrt(v) + self.epsilon)


OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": SGD,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "adam": Adam,
    "rmsprop": RMSProp,
}
STATE_VECTORS = {name: vector for kind in OPTIMIZERS.values() for name, vector in kind.STATE.items()}


def state_name(vector: str, parameter: str) -> str:
    """Return a state tensor's name: ``velocity`` of ``layers/0/weights`` → ``layers/0/velocity_weights``."""
    place, _, quantity = parameter.rpartition("/")
    return f"{place}/{vector}_{quantity}"
