"""The sample lens: the gradient of a batch, taken apart into the part of each sample; some of them can be muted.

The gradient of a weight is a sum over the samples of the batch, dL/dW = ∑ x[n]ᵀ dL/dz[n], so each sample has its own
summand, a matrix of the same shape. To mute a sample is to leave out its summands, of all parameters. The loss stays
the mean over the whole batch: what the other samples contribute is not changed by that, and all parts still add up.
"""

from collections.abc import Callable, Sequence
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from .activations import Array
from .last_pass import like_parameters
from .limits import check_integer
from .model import Embedding, Layer, Model
from .optimizers import Update, updated


class NextLoss(TypedDict):
    """A loss: before the update, after the one by the whole batch, and after one by the samples that are left."""

    now: float
    whole: float
    left: float


def check_places(name: str, places: object, batch: int) -> list[int]:
    """Return places of samples in a batch as a list, each once and in order, or raise ValueError."""
    if not isinstance(places, list | tuple):
        raise ValueError(f"{name} must be a list of places in the batch, got {type(places).__name__}")
    return sorted({check_integer(name, place, 0, batch - 1, "the samples of the batch") for place in places})


def is_gradient(model: Model, tensor: object) -> bool:
    """Whether a name is that of the gradient of a parameter: ``layers/0/grad_weights``."""
    return isinstance(tensor, str) and tensor.replace("/grad_", "/") in model.named_parameters() and "/grad_" in tensor


def part(model: Model, tensor: str, n: int) -> Array:
    """Return the summand of sample n of the last batch, of the shape of the gradient."""
    return _without(model, tensor, np.array([n]))


def left(model: Model, muted: Sequence[int]) -> Array:
    """Return the gradients of all parameters without the muted samples, flat; with none muted, the very gradients."""
    gradients = model.gradients.copy()
    if not muted:
        return gradients
    kept = np.setdiff1d(np.arange(len(model.layers[0].pre_activations)), muted)
    for name, values in like_parameters(model, gradients).items():
        place, _, quantity = name.rpartition("/")
        values[...] = _without(model, f"{place}/grad_{quantity}", kept)
    return gradients


def left_of(model: Model, tensor: str, muted: Sequence[int]) -> Array:
    """Return one of these gradients, in its shape."""
    place, _, quantity = tensor.rpartition("/")
    return like_parameters(model, left(model, muted))[f"{place}/{quantity.removeprefix('grad_')}"]


def next_loss(
    model: Model, parameters: Array, update: Update, muted: Sequence[int], measure: Callable[[], float]
) -> NextLoss:
    """Return what an update makes of a loss, with and without the muted samples.

    Parameters
    ----------
    parameters : of the pass, from before the update
    update : the one that follows or followed; nothing of the model, nor of the optimizer's state, is changed
    measure : the loss of the model, as it is when this is called
    """
    with np.errstate(over="ignore", invalid="ignore"):  # a run may have diverged
        return NextLoss(
            now=_measured(model, parameters, measure),
            whole=_measured(model, updated(update, parameters, model.gradients), measure),
            left=_measured(model, updated(update, parameters, left(model, muted)), measure),
        )


def _without(model: Model, tensor: str, kept: NDArray[np.integer]) -> Array:
    place, _, quantity = tensor.rpartition("/")
    if place == "embedding" and model.embedding:
        return _of_table(model.embedding, kept)
    return _of_layer(model.layers[int(place.removeprefix("layers/"))], quantity, kept)


def _of_layer(layer: Layer, quantity: str, kept: NDArray[np.integer]) -> Array:
    grad_z = layer.grad_pre_activations[kept]  # (kept, fan_out)
    if quantity == "grad_biases":
        biases: Array = np.add.reduce(grad_z, axis=0)
        return biases
    weights: Array = np.matmul(layer.inputs[kept].T, grad_z)
    return weights


def _of_table(table: Embedding, kept: NDArray[np.integer]) -> Array:
    occurs = table.tokens[kept].ravel() == np.arange(table.vocabulary)[:, None]  # (vocabulary, kept · positions)
    grad_rows = table.grad_activations[kept].reshape(-1, table.dim)
    rows: Array = np.matmul(occurs.astype(grad_rows.dtype), grad_rows)
    return rows


def _measured(model: Model, parameters: Array, measure: Callable[[], float]) -> float:
    """Measure the loss that the model would have with other parameters, which it has only meanwhile."""
    own = model.parameters.copy()
    try:
        model.parameters[:] = parameters
        return measure()
    finally:
        model.parameters[:] = own
