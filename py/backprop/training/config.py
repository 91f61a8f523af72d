"""Validated settings of a trainer."""

from dataclasses import dataclass
from functools import cached_property

from ..limits import LIMITS, check_choice, check_integer, check_number, check_seed
from ..losses import LOSSES
from ..optimizers import OPTIMIZERS

# With the batch, the settings that determine a pass and its update.
PASS_SETTINGS = (
    *("learning_rate", "loss_type", "optimizer", "momentum", "beta1", "beta2", "epsilon"),
    *("weight_decay", "clip_norm"),
)


@dataclass(frozen=True)
class TrainerConfig:
    """Training settings. All but the seed can change during a run, without a reset.

    Attributes
    ----------
    learning_rate : step size, as a multiple of the gradient
    batch_size : samples per step, at most the number of training samples
    loss_type : "cross_entropy" or "mse", see `losses`
    seed : seed of the generator that shuffles the samples in each epoch
    optimizer : "sgd", "momentum" or "adam", see `optimizers`; changing it resets the optimizer's state to zero
    momentum : μ, the fraction of its velocity that "momentum" keeps per step
    beta1, beta2, epsilon : β₁, β₂ and ε of "adam"
    weight_decay : λ; each step first shrinks every parameter by the fraction learning_rate · λ
    clip_norm : maximum norm of all gradients together in an update; None for no limit
    """

    learning_rate: float = 0.1
    batch_size: int = 10
    loss_type: str = "cross_entropy"
    seed: int = 0
    optimizer: str = "sgd"
    momentum: float = 0.9
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.0
    clip_norm: float | None = None

    def validated(self, num_train: int) -> "TrainerConfig":
        """Return this config with every value checked, or raise ValueError."""
        return TrainerConfig(
            check_number("learning_rate", self.learning_rate, *LIMITS["learning_rate"]),
            check_integer("batch_size", self.batch_size, 1, num_train, reason="the number of training samples"),
            check_choice("loss_type", self.loss_type, LOSSES),
            check_seed("seed", self.seed),
            check_choice("optimizer", self.optimizer, OPTIMIZERS),
            check_number("momentum", self.momentum, *LIMITS["momentum"]),
            check_number("beta1", self.beta1, *LIMITS["beta1"]),
            check_number("beta2", self.beta2, *LIMITS["beta2"]),
            check_number("epsilon", self.epsilon, *LIMITS["epsilon"]),
            check_number("weight_decay", self.weight_decay, *LIMITS["weight_decay"]),
            None if self.clip_norm is None else check_number("clip_norm", self.clip_norm, *LIMITS["clip_norm"]),
        )

    @cached_property
    def is_plain(self) -> bool:
        """Whether an update is plain gradient descent: no momentum, Adam, weight decay or clipping."""
        return self.optimizer == "sgd" and self.weight_decay == 0 and self.clip_norm is None
