"""The first non-finite number of a diverged run, in the order of computation."""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from ..activations import Array
from ..model import Model
from ..tensors import backward_tensors, forward_tensors, layer_names, state_tensors

# Order of computation in `Layer.backward`.
BACKWARD_ORDER = ("grad_activations", "grad_pre_activations", "grad_weights", "grad_biases")


class Divergence(NamedTuple):
    """The reason why a step could not be made.

    Attributes
    ----------
    step : number of the step that was not made: its loss, a parameter or the optimizer's state is not finite
    tensor : name of the first non-finite tensor, "loss" for the loss
    tensor_step : the step that computed it: this one, or the previous one, whose update overflowed; None if the
        optimizer's state was not finite even before that update
    """

    step: int
    tensor: str
    tensor_step: int | None


def first_non_finite(model: Model, loss: float) -> str | None:
    """Return the name of the first non-finite tensor of the last pass; None if all are finite.

    Parameters
    ----------
    loss : loss of that pass, named "loss"; it is computed after the forward tensors and before the backward tensors
    """
    forward = _first(_forward(model))
    if forward is None and not math.isfinite(loss):
        return "loss"
    return forward or _first(_backward(model))


def first_bad_parameter(model: Model) -> str | None:
    """Return the name of the first non-finite parameter tensor; None if all are finite."""
    return _first(model.named_parameters().items())


def first_bad_state(model: Model, state: Mapping[str, Array]) -> str | None:
    """Return the name of the first non-finite tensor of an optimizer's state; None if all are finite."""
    return _first(item for vector, flat in state.items() for item in state_tensors(model, {vector: flat}).items())


def _first(tensors: Iterable[tuple[str, Array]]) -> str | None:
    return next((name for name, tensor in tensors if not np.isfinite(tensor).all()), None)


def _forward(model: Model) -> Iterator[tuple[str, Array]]:
    """Iterate over the tensors that a pass computes from the inputs to the logits, in order of computation."""
    tensors = forward_tensors(model).items()
    return ((name, tensor) for name, tensor in tensors if name.endswith("activations"))


def _backward(model: Model) -> Iterator[tuple[str, Array]]:
    """Iterate over the gradients that a pass computes from the logits back, in order of computation."""
    tensors = backward_tensors(model)
    for layer in reversed(layer_names(model)):
        for quantity in BACKWARD_ORDER:
            if (name := f"{layer}/{quantity}") in tensors:
                yield name, tensors[name]
