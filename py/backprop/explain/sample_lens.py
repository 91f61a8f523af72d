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
from ..embedding import Embedding
from ..limits import check_integer
from ..losses import LOSSES
from ..model import Layer, Model
from ..tensors import like_parameters
from ..updates import updated
from .last_pass import Pass

MAX_CELLS = 1_000_000  # numbers in the listed parts
MAX_LISTED = 1000  # samples


class NextLoss(TypedDict):
    """A loss before the update, after the update by the whole batch, and after one without the muted samples."""

    now: float
    whole: float
    left: float


class Lens(TypedDict):
    """A gradient of the last pass by sample.

    Attributes
    ----------
    tensor, shape : name and shape of the gradient
    batch : number of samples in the batch
    start, names, parts : first listed sample; name and flat contribution of each listed sample, one after the other
    gradient, left : sum of all contributions, and of those that are not muted, flat
    muted : indices of the muted samples in the batch
    loss : loss of the batch around its update; None if that update is no longer known
    """

    tensor: str
    shape: list[int]
    batch: int
    start: int
    names: list[str]
    parts: Array
    gradient: Array
    left: Array
    muted: list[int]
    loss: NextLoss | None


def split_by_sample(pass_: Pass, tensor: str, muted: Sequence[int], *, start: int, count: int) -> Lens:
    """Split a parameter's gradient by sample, and measure the loss after updates with and without the muted samples.

    Parameters
    ----------
    tensor : name of the gradient: ``layers/0/grad_weights``
    muted : indices of samples in the batch
    start, count : listed samples; fewer if the gradient has very many numbers
    """
    model, batch = pass_.model, pass_.batch
    if not _is_gradient(model, tensor):
        raise ValueError(
            f"tensor must be the gradient of weights or biases, such as layers/0/grad_weights, got {str(tensor)[:40]!r}"
        )
    silent = _check_places("muted", muted, batch)
    first = check_integer("start", start, 0, batch - 1, reason="the samples of the batch")
    most = check_integer("count", count, 1, MAX_LISTED)
    gradient = model.named_gradients()[tensor.replace("/grad_", "/")]
    shown = range(first, min(first + max(1, min(most, MAX_CELLS // gradient.size)), batch))
    return Lens(
        tensor=tensor,
        shape=list(gradient.shape),
        batch=batch,
        start=first,
        names=[pass_.names.sample(n) for n in shown],
        parts=np.concatenate([part(model, tensor, n).ravel() for n in shown]),
        gradient=gradient.ravel().copy(),
        left=gradient_without(model, tensor, silent).ravel(),
        muted=silent,
        loss=next_loss(pass_, silent, measure=lambda: _batch_loss(pass_)),
    )


def _check_places(name: str, places: object, batch: int) -> list[int]:
    """Return indices of samples in a batch as a sorted list without duplicates, or raise ValueError."""
    if not isinstance(places, list | tuple):
        raise ValueError(f"{name} must be a list of indices in the batch, got {type(places).__name__}")
    return sorted({check_integer(name, place, 0, batch - 1, reason="the samples of the batch") for place in places})


def _is_gradient(model: Model, tensor: object) -> bool:
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
    kept = np.delete(np.arange(len(model.layers[0].pre_activations)), muted)
    for name, values in like_parameters(model, gradients).items():
        place, _, quantity = name.rpartition("/")
        values[...] = _sum_over(model, f"{place}/grad_{quantity}", kept)
    return gradients


def gradient_without(model: Model, tensor: str, muted: Sequence[int]) -> Array:
    """Return the gradient of one parameter tensor without the muted samples."""
    place, _, quantity = tensor.rpartition("/")
    return like_parameters(model, gradients_without(model, muted))[f"{place}/{quantity.removeprefix('grad_')}"]


def next_loss(pass_: Pass, muted: Sequence[int], *, measure: Callable[[], float]) -> NextLoss | None:
    """Return a loss before and after the update of a pass, with and without the muted samples.

    Parameters
    ----------
    pass_ : the pass; neither its model nor the optimizer's state are modified
    measure : returns the loss of the model with its current parameters

    Returns
    -------
    NextLoss, or None if the update is no longer known
    """
    model, parameters, update = pass_.model, pass_.parameters.copy(), pass_.update
    if update is None:
        return None
    with np.errstate(over="ignore", invalid="ignore"):  # a run may have diverged
        return NextLoss(
            now=_measured(model, parameters, measure),
            whole=_measured(model, updated(update, parameters, model.gradients), measure),
            left=_measured(model, updated(update, parameters, gradients_without(model, muted)), measure),
        )


def _batch_loss(pass_: Pass) -> float:
    model = pass_.model
    x = model.embedding.tokens if model.embedding else model.layers[0].inputs
    loss: float = LOSSES[pass_.loss_type](model.predict(x), pass_.targets)[0]
    return loss


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
