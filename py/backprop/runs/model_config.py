"""Settings of a model that do not follow from its dataset."""

from dataclasses import dataclass

from ..limits import check_hidden_dims
from ..settings import checked, choice, declare, seed

ACTIVATIONS = {
    "gelu": "GELU (tanh formula)",
    "gelu_exact": "GELU (erf, exact)",
    "relu": "ReLU",
    "tanh": "tanh",
    "sigmoid": "Sigmoid",
    "silu": "SiLU",
    "identity": "Identity (none)",
}
INITIALIZATIONS = {
    "xavier_uniform": "Xavier uniform",
    "standard_normal": "Standard normal (too large)",
    "zeros": "Zeros (nothing is learned)",
}


@dataclass(frozen=True)
class ModelConfig:
    """Options of a `Model` that do not follow from the dataset."""

    hidden_dims: tuple[int, ...] = declare(
        *((32, 32), "Hidden layers", "widths", lambda _, value: check_hidden_dims(value)),
        short="hidden",
        key="hidden",
        flag="--hidden",
        hint="units per layer, e.g. 32, 32; empty for no hidden layer",
        help="units of the hidden layers: 32,32",
        twin=False,
    )
    activation: str = choice("gelu", ACTIVATIONS, "Activation")
    seed: int = seed(
        "Seed of the weights", short="seed", flag="--model-seed", help="seed of the initial weights only", twin=False
    )
    dtype: str = choice("float32", {"float32": "float32", "float64": "float64"}, "Precision", twin=False)
    initialization: str = choice("xavier_uniform", INITIALIZATIONS, "Initial weights", key="init", twin=False)

    def validated(self) -> "ModelConfig":
        """Return this config with every value checked, or raise ValueError."""
        return checked(self)
