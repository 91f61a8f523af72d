"""Settings of a trainer."""

from dataclasses import asdict, dataclass
from functools import cached_property, partial
from typing import Any

from ..limits import check_integer
from ..optimizers import OPTIMIZERS
from ..settings import checked, choice, integer, number, seed, settings_of
from ..updates import Update


@dataclass(frozen=True)
class TrainerConfig:
    """Training settings. All but the seed can change during a run, without a reset.

    Attributes
    ----------
    learning_rate : step size, as a multiple of the gradient
    batch_size : samples per step, at most the number of training samples
    loss_type : "cross_entropy" or "mse", see `losses`
    seed : seed of the generator that shuffles the samples in each epoch
    optimizer : a name in `optimizers.OPTIMIZERS`; changing it resets the optimizer's state to zero
    weight_decay : λ; each step first shrinks every parameter by the fraction learning_rate · λ
    clip_norm : maximum norm of all gradients together in an update; None for no limit
    momentum, beta1, … : settings of the optimizers that have them in their `SETTINGS`
    """

    learning_rate: float = number(
        0.1, (1e-9, 1e3), "Learning rate", short="lr", key="lr", help="step size, as a multiple of the gradient"
    )
    batch_size: int = integer(10, (1, 100_000), "Batch size", short="batch", key="batch", help="samples per step")
    loss_type: str = choice(
        "cross_entropy", {"cross_entropy": "Cross-entropy", "mse": "MSE"}, "Loss", flag="--loss", key="loss"
    )
    seed: int = seed("Shuffling seed", flag="--trainer-seed", help="shuffling seed only", twin=False)
    optimizer: str = choice("sgd", {name: kind.LABEL for name, kind in OPTIMIZERS.items()}, "Optimizer")
    momentum: float = number(0.9, (0, 0.9999), "Momentum", hint="how much of the velocity is kept each step")
    beta1: float = number(
        0.9, (0, 0.9999), "Beta 1", short="β₁", hint="how much of the running mean gradient is kept each step"
    )
    beta2: float = number(
        0.999, (0, 0.999999), "Beta 2", short="β₂", hint="how much of the running mean square is kept each step"
    )
    alpha: float = number(
        0.99, (0, 0.999999), "Alpha", short="α", hint="how much of the running mean square is kept each step"
    )
    epsilon: float = number(1e-8, (1e-16, 1), "Epsilon", short="ε", hint="keeps from dividing by 0", brief=False)
    weight_decay: float = number(
        0.0,
        (0, 10),
        "Weight decay",
        short="decay",
        key="decay",
        hint="0 for none",
        help="as a multiple of the learning rate",
    )
    clip_norm: float | None = number(
        *(None, (1e-6, 1e6), "Clip gradients"),
        none="none",
        short="clip",
        key="clip",
        hint="maximum gradient norm, or “none”",
        help="maximum norm of all gradients together",
    )

    def validated(self, num_train: int) -> "TrainerConfig":
        """Return this config with every value checked, or raise ValueError."""
        at_most = partial(check_integer, low=1, high=num_train, reason="the number of training samples")
        return checked(self, batch_size=at_most)

    @cached_property
    def is_plain(self) -> bool:
        """Whether an update is plain gradient descent: no optimizer with state, weight decay or clipping."""
        return self.optimizer == "sgd" and self.weight_decay == 0 and self.clip_norm is None

    @property
    def optimizer_settings(self) -> dict[str, float]:
        """The settings of the optimizer in force."""
        return {name: getattr(self, name) for name in OPTIMIZERS[self.optimizer].SETTINGS}

    def update(self, t: int, before: dict[str, Any]) -> Update:
        """Return the description of an update with these settings: the optimizer's count, and its state before."""
        options = (self.optimizer, self.learning_rate, self.optimizer_settings, self.weight_decay, self.clip_norm)
        return Update(*options, t=t, before=before)


# Settings that only some optimizers have.
OF_OPTIMIZERS = {name for kind in OPTIMIZERS.values() for name in kind.SETTINGS}
# With the batch, the settings that determine a pass and its update.
PASS_SETTINGS = tuple(name for name in settings_of(TrainerConfig) if name not in {"batch_size", "seed"})
# Settings of optimizers in every saved run; newer ones are saved where they are used or have been changed.
_ALWAYS_SAVED = {"momentum", "beta1", "beta2", "epsilon"}


def with_defaults(saved: dict[str, Any]) -> dict[str, Any]:
    """Return saved settings completed by those of other optimizers, which may be newer than the run."""
    return saved | {name: value for name, value in _of_others(saved).items() if name not in saved}


def without_defaults(settings: dict[str, Any]) -> dict[str, Any]:
    """Return settings to save, without those that `with_defaults` completes: older versions can read the others."""
    left_out = {name for name, value in _of_others(settings).items() if settings.get(name) == value} - _ALWAYS_SAVED
    return {name: value for name, value in settings.items() if name not in left_out}


def _of_others(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings, with their defaults, that the optimizer among `settings` does not have."""
    name = settings.get("optimizer")
    kind = OPTIMIZERS.get(name) if isinstance(name, str) else None
    unused = OF_OPTIMIZERS - set(kind.SETTINGS) if kind else set()
    return {name: value for name, value in asdict(TrainerConfig()).items() if name in unused}
