"""Checks of the backward pass of a network: several networks and batches, fresh and burnt in."""

from typing import Any

import numpy as np

from ...activations import ACTIVATIONS
from ...losses import cross_entropy
from ...model import Model
from ..case import GRADIENT, Case, normal, samples

FUNCTION = "backward"
# Widths, activation, samples, and whether the weights are those after some training.
NETWORKS = [
    ((4, 5, 3, 4), "gelu", 10, False),
    ((4, 5, 3, 4), "gelu", 7, True),
    ((3, 4, 4, 3), "tanh", 10, True),
    ((3, 4, 4, 3), "relu", 7, True),
    ((5, 3, 4, 2), "sigmoid", 10, True),
    ((4, 3), "gelu", 7, True),
]


def cases() -> list[Case]:
    """Return the cases."""
    return [_case(*network) for network in NETWORKS]


def call(mine: Any, *arguments: Any) -> Any:
    """Return the gradients of all layers, one after the other."""
    gradients = mine(*arguments)
    pairs = isinstance(gradients, list | tuple) and all(
        isinstance(pair, list | tuple) and len(pair) == 2 for pair in gradients
    )
    return [each for pair in gradients for each in pair] if pairs else gradients


def _case(widths: tuple[int, ...], activation: str, count: int, burnt_in: bool) -> Case:
    model = Model(widths[0], widths[1:-1], widths[-1], activation=activation, dtype="float64")
    if burnt_in:  # weights of some size, and biases that differ from 0
        model.parameters += normal(len(widths), model.parameters.size, scale=0.5)
    x, targets = normal(count, count, widths[0]), np.arange(count) * 2 % widths[-1]
    _, grad_logits = cross_entropy(model.forward(x), targets)
    layers = [
        {"W": layer.weights, "b": layer.biases, "z": layer.pre_activations, "a": layer.activations}
        for layer in model.layers
    ]
    layers = [{name: values.copy() for name, values in layer.items()} for layer in layers]
    model.backward(grad_logits)
    expected = {
        name: values.copy()
        for k, layer in enumerate(model.layers, 1)
        for name, values in ((f"dW of layer {k}", layer.grad_weights), (f"db of layer {k}", layer.grad_biases))
    }
    slope = ACTIVATIONS[activation].slope
    state = "burnt in" if burnt_in else "fresh"
    title = f"{' - '.join(map(str, widths))}, {activation}, {state}, {samples(count)}"
    return Case(title, (x, layers, grad_logits, slope), expected, GRADIENT, FUNCTION, 1e-12)
