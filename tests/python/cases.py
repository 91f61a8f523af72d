"""Small random networks with a batch, for tests of gradients."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from backprop.gradcheck import GradientCheck, check_gradients
from backprop.losses import LOSSES, LossFunction
from backprop.model import Model

Array = NDArray[Any]

VOCABULARY, DIM = 3, 2


class Case(NamedTuple):
    """A network and a batch for it."""

    model: Model
    x: Array
    targets: Array
    loss: str


def make_case(
    hidden_dims: tuple[int, ...],
    activation: str = "gelu",
    loss: str = "cross_entropy",
    *,
    embedding: bool = False,
    sizes: tuple[int, int, int] = (3, 3, 4),
    seed: int = 0,
) -> Case:
    """Random parameters, biases too, and a random batch; `sizes` are input width (or positions), classes and batch."""
    inputs, classes, batch = sizes
    options = {"vocabulary_size": VOCABULARY, "embedding_dim": DIM} if embedding else {}
    input_dim = inputs * DIM if embedding else inputs
    model = Model(input_dim, hidden_dims, classes, activation=activation, dtype="float64", seed=seed, **options)
    generator = np.random.default_rng(seed)
    model.parameters[:] = generator.uniform(-1.5, 1.5, model.parameters.size)
    if embedding:
        x: Array = generator.integers(VOCABULARY, size=(batch, inputs))
    else:
        x = generator.uniform(-2, 2, (batch, inputs))
    return Case(model, x, generator.integers(classes, size=batch), loss)


def check(case: Case, loss: LossFunction | None = None, max_cells: int | None = None) -> dict[str, GradientCheck]:
    """Check every gradient of a case, by name."""
    checks = check_gradients(case.model, case.x, case.targets, loss or LOSSES[case.loss], max_cells=max_cells)
    return {result.name: result for result in checks}
