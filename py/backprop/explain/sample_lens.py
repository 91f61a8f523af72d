"""The sample lens: decomposition of a batch gradient into the contributions of its samples.

The gradient of a weight is a sum over the samples of the batch, dL/dW = ∑ x[n]ᵀ dL/dz[n], so each sample contributes a
matrix of the same shape. Muting a sample leaves out its contributions to all gradients. The loss remains the mean over
the whole batch, so that the contributions of the other samples do not change and all of them still add up.
"""

from collections.abc import Callable, Sequence
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from ..activations import Array
from ..limits import check_integer
from ..model import Embedding, Layer, Model
from ..optimizers import Update, updated
from ..tensors import like_parameters


class NextLoss(TypedDict):
    """A loss before the update, after the update by the whole batch, and after one without the muted samples."""

    now: float
    whole: float
    left: float


def check_places(name: str, places: object, batch: int) -> list[int]:
    """Return indices of samples in a batch as a sorted list without duplicates, or raise ValueError."""
    if not isinstance(places, list | tuple):
        raise ValueError(f"{name} must be a list of indices in the batch, got {type(places).__name__}")
    return sorted({check_integer(name, place, 0, batch - 1, reason="the samples of the batch") for place in places})


def is_gradient(model: Model, tensor: object) -> bool:
    """Return whether a name is that of a parameter's gradient: ``layers/0/grad_weights``."""
    return isinstance(tensor, str) and tensor.replace("/grad_", "/") in model.named_parameters() and "/grad_" in tensor


def part(model: Model, tensor: str, n: int) -> Array:
    """Return the contribution of sample n of the last batch to a gradient, with the shape of the gradient."""
    return _sum_over(model, tensor, np.array([n]))


def gradients_without(model: Model, muted: Sequence[int]) -> Array:
    """Return the flat gradients of all parameters without the muted samples; equal to the gradients if none is."""
    gradients = model.gradients.copy()
    if not muted:
        return gradients
    kept = np.setdiff1d(np.arange(len(model.layers[0].pre_activations)), muted)
    for name, values in like_parameters(model, gradients).items():
        place, _, quantity = name.rpartition("/")
        values[...] = _sum_over(model, f"{place}/grad_{quantity}", kept)
    return gradients


def gradient_without(model: Model, tensor: str, muted: Sequence[int]) -> Array:
    """Return the gradient of one parameter tensor without the muted samples."""
    place, _, quantity = tensor.rpartition("/")
    return like_parameters(model, gradients_without(model, muted))[f"{place}/{quantity.removeprefix('grad_')}"]


def next_loss(
    model: Model, parameters: Array, update: Update, muted: Sequence[int], *, measure: Callable[[], float]
) -> NextLoss:
    """Return a loss before and after an update with and without the muted samples.

    Parameters
    ----------
    parameters : parameters of the pass, before the update
    update : the update that followed or would follow; neither model nor optimizer state are modified
    measure : returns the loss of the model with its current parameters
    """
    with np.errstate(over="ignore", invalid="ignore"):  # a run may have diverged
        return NextLoss(
            now=_measured(model, parameters, measure),
            whole=_measured(model, updated(update, parameters, model.gradients), measure),
            left=_measured(model, updated(update, parameters, gradients_without(model, muted)), measure),
        )


@np.errstate(over="ignore", invalid="ignore")  # a run may have diverged
def _sum_over(model: Model, tensor: str, kept: NDArray[np.integer]) -> Array:
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
    """Return the loss with other parameters, set temporarily."""
    own = model.parameters.copy()
    try:
        model.parameters[:] = parameters
        return measure()
    finally:
        model.parameters[:] = own
