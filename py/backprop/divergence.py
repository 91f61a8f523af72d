"""Where training ran away: the first number that is not finite, in the order in which numbers are computed."""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from .activations import Array
from .model import Model
from .optimizers import state_name


class Divergence(NamedTuple):
    """Why a step could not be made.

    Attributes
    ----------
    step : the step whose loss is not a finite number
    tensor : name of the first tensor that is not finite, "loss" if it is the loss itself
    tensor_step : the step that computed it: this one, or the one before, whose update spoiled the parameters; None if
        it is of what the optimizer remembers, and was so before that update
    """

    step: int
    tensor: str
    tensor_step: int | None


def first_non_finite(model: Model, loss: float) -> str | None:
    """Name the first tensor of the last pass that holds a number that is not finite; None if all are finite.

    Parameters
    ----------
    loss : of that pass. It is computed after all that goes forward and before all that goes backward: "loss".
    """
    forward = _first(_forward(model))
    if forward is None and not math.isfinite(loss):
        return "loss"
    return forward or _first(_backward(model))


def first_spoiled(model: Model) -> str | None:
    """Name the first tensor of parameters that holds a number that is not finite; None if all are finite."""
    return _first(model.named_parameters().items())


def first_remembered(model: Model, state: Mapping[str, Array]) -> str | None:
    """Name the first tensor of an optimizer's state that holds a number that is not finite; None if all are finite."""
    return _first((name, part) for vector in state for name, part in _parts(model, vector, state[vector]))


def _first(tensors: Iterable[tuple[str, Array]]) -> str | None:
    return next((name for name, tensor in tensors if not np.isfinite(tensor).all()), None)


def _parts(model: Model, vector: str, flat: Array) -> Iterator[tuple[str, Array]]:
    offset = 0
    for name, values in model.named_parameters().items():
        yield state_name(vector, name), flat[offset : offset + values.size]
        offset += values.size


def _forward(model: Model) -> Iterator[tuple[str, Array]]:
    """Go through what a pass computes from the inputs to the logits, in that order."""
    if model.embedding:
        yield "embedding/activations", model.embedding.activations
    for k, layer in enumerate(model.layers):
        yield f"layers/{k}/pre_activations", layer.pre_activations
        if layer is not model.layers[-1]:
            yield f"layers/{k}/activations", layer.activations


def _backward(model: Model) -> Iterator[tuple[str, Array]]:
    """Go through what a pass computes from the gradient of the logits on, in that order."""
    for k, layer in reversed(list(enumerate(model.layers))):
        if layer is not model.layers[-1]:
            yield f"layers/{k}/grad_activations", layer.grad_activations
        yield f"layers/{k}/grad_pre_activations", layer.grad_pre_activations
        yield f"layers/{k}/grad_weights", layer.grad_weights
        yield f"layers/{k}/grad_biases", layer.grad_biases
    if model.embedding:
        yield "embedding/grad_activations", model.embedding.grad_activations
        yield "embedding/grad_weights", model.embedding.grad_weights
