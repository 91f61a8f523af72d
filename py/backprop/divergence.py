"""Where training ran away: the first number that is not finite, in the order in which numbers are computed."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from .activations import Array
from .model import Model


class Divergence(NamedTuple):
    """Why a step could not be made.

    Attributes
    ----------
    step : the step whose loss is not a finite number
    tensor : name of the first tensor that is not finite, "loss" if it is the loss itself
    tensor_step : the step that computed it: this one, or the one before, whose update spoiled the parameters
    """

    step: int
    tensor: str
    tensor_step: int


def first_non_finite(model: Model) -> str | None:
    """Name the first tensor of the last pass that holds a number that is not finite; None if all are finite."""
    return next((name for name, tensor in _in_order(model) if not np.isfinite(tensor).all()), None)


def first_spoiled(model: Model) -> str | None:
    """Name the first tensor of parameters that holds a number that is not finite; None if all are finite."""
    return next((name for name, tensor in model.named_parameters().items() if not np.isfinite(tensor).all()), None)


def _in_order(model: Model) -> Iterator[tuple[str, Array]]:
    """Go through all tensors of a pass as they were computed: forward from the inputs, backward from the logits."""
    layers = list(enumerate(model.layers))
    if model.embedding:
        yield "embedding/activations", model.embedding.activations
    for k, layer in layers:
        yield f"layers/{k}/pre_activations", layer.pre_activations
        if layer is not model.layers[-1]:
            yield f"layers/{k}/activations", layer.activations
    for k, layer in reversed(layers):
        if layer is not model.layers[-1]:
            yield f"layers/{k}/grad_activations", layer.grad_activations
        yield f"layers/{k}/grad_pre_activations", layer.grad_pre_activations
        yield f"layers/{k}/grad_weights", layer.grad_weights
        yield f"layers/{k}/grad_biases", layer.grad_biases
    if model.embedding:
        yield "embedding/grad_activations", model.embedding.grad_activations
        yield "embedding/grad_weights", model.embedding.grad_weights
