"""Checks of a gradient check: a small network, with a wrong gradient in each of five tensors."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...activations import Array
from ...losses import cross_entropy
from ...model import Model
from ..case import EDGE, FORWARD, Case, normal

X, TARGETS = normal(1, 7, 3), np.arange(7) % 3
TENSORS = ("W1", "b1", "W2", "b2", "W3")
MOVES = normal(2, 43, scale=0.3)  # away from the initial parameters, all of them
OUTPUT_BIASES = MOVES[-3:]


def cases() -> list[Case]:
    """Return the cases."""
    _, gradients = network()
    numeric = [_numeric(name, gradients[name]) for name in TENSORS]
    return [*numeric, *(_planted(name) for name in TENSORS)]


def network() -> tuple[dict[str, Array], dict[str, Array]]:
    """Return the tensors of a small network with tanh units, and their gradients."""
    model = Model(3, (4, 3), 3, activation="tanh", dtype="float64")
    model.parameters += MOVES
    model.backward(cross_entropy(model.forward(X), TARGETS)[1])
    values, gradients = model.named_parameters().values(), model.named_gradients().values()
    return (
        {name: value.copy() for name, value in zip(TENSORS, values, strict=False)},
        {name: value.copy() for name, value in zip(TENSORS, gradients, strict=False)},
    )


def loss_of(tensors: Mapping[str, Array]) -> float:
    """Compute the loss of the network with these tensors."""
    a = np.tanh(X @ tensors["W1"] + tensors["b1"])
    a = np.tanh(a @ tensors["W2"] + tensors["b2"])
    return cross_entropy(a @ tensors["W3"] + OUTPUT_BIASES, TARGETS)[0]


def _numeric(name: str, gradient: Array) -> Case:
    tensors, _ = network()

    def loss(w: Any) -> float:
        return loss_of({**tensors, name: w})

    return Case(
        f"numeric_gradient of {name}", (loss, tensors[name]), {"gradient": gradient}, FORWARD, "numeric_gradient", 1e-8
    )


def _planted(name: str) -> Case:
    tensors, gradients = network()
    gradients[name] = gradients[name] * 1.001
    return Case(f"a wrong gradient of {name}", (loss_of, tensors, gradients), {"name": name}, EDGE, "find_wrong")
