"""The first non-finite number of a diverged run, in the order of computation."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from ..activations import Array
from ..model import Model
from ..optimizers import Optimizer
from ..tensors import backward_tensors, forward_tensors, layer_names, like_parameters, state_tensors
from ..updates import decay
from .snapshot import Cause, Snapshot

# A diverging run overflows. `Divergence` reports it, so NumPy's warnings would add nothing.
quiet = np.errstate(over="ignore", invalid="ignore")
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


def is_finite(parameters: Array, state: Mapping[str, Array]) -> bool:
    """Return whether all parameters and all vectors of the optimizer's state are finite."""
    total = np.add.reduce(parameters)
    for vector in state.values():
        total += np.add.reduce(vector)
    # A finite sum proves it in one pass; a sum of large finite numbers may overflow.
    return math.isfinite(total) or all(np.isfinite(vector).all() for vector in (parameters, *state.values()))


def find_divergence(
    model: Model,
    optimizer: Optimizer,
    snapshot: Snapshot,
    *,
    step: int,
    loss: float,
    repeat: Callable[[Cause], float],
) -> Divergence:
    """Locate the first non-finite number, and undo the last update if that update produced it.

    After an undo, parameters and optimizer state are those before the update, and the current pass is the one that led
    to it.

    Parameters
    ----------
    step, loss : number of the step that cannot be made, and loss of its pass
    repeat : repeats the pass that led to the last update, and returns its loss
    """
    bad_parameter, bad_state = first_bad_parameter(model), first_bad_state(model, optimizer.state)
    first_bad = bad_state or bad_parameter
    if first_bad is None:
        return Divergence(step, first_non_finite(model, loss) or "loss", step)
    cause = snapshot.cause if np.isfinite(snapshot.parameters).all() else None
    state_was_finite = cause is not None and first_bad_state(model, snapshot.state) is None
    if cause and (bad_parameter is not None or state_was_finite):
        snapshot.undo(model.parameters, optimizer)
        found = first_non_finite(model, repeat(cause)) or _bad_decay(model, cause)
        first_bad = found if found and state_was_finite else first_bad
    return Divergence(step, first_bad, step - 1 if state_was_finite else None)


def _bad_decay(model: Model, cause: Cause) -> str | None:
    """Return the first tensor that overflows by weight decay, before the optimizer moves the parameters."""
    decayed, (_, config) = model.parameters.copy(), cause
    decay(decayed, config.learning_rate, config.weight_decay)
    return _first(like_parameters(model, decayed).items())


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
