"""A frame: every tensor of a model's last pass, packed into one vector, in the order in which it is drawn."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .activations import Array
from .analysis import Scale, quantile_scale
from .dataset import one_hot_tokens
from .last_pass import state_tensors
from .model import Model


class Place(NamedTuple):
    """Where one tensor lies in a frame."""

    name: str
    shape: list[int]
    offset: int


class Frame(NamedTuple):
    """All tensors of one moment.

    Attributes
    ----------
    layout_id : tells two layouts apart: equal where names, shapes and offsets are
    forward, backward : the places of each column's tensors
    optimizer : the places of the optimizer's state
    values : float32 (n,), the tensors one behind the other, row by row
    forward_scale, backward_scale : quantiles over each column
    optimizer_scales : quantiles over each vector of the optimizer's state, by its name: they are of different sizes
    """

    layout_id: str
    forward: list[Place]
    backward: list[Place]
    optimizer: list[Place]
    values: NDArray[np.float32]
    forward_scale: Scale
    backward_scale: Scale
    optimizer_scales: dict[str, Scale]


def forward_tensors(model: Model) -> dict[str, Array]:
    """Return what the last forward pass used and computed, by name, from the inputs to the logits."""
    layers = model.layers
    if model.embedding:
        tensors = {
            "inputs": one_hot_tokens(model.embedding.tokens, model.embedding.vocabulary),
            "embedding/weights": model.embedding.weights,
            "embedding/activations": model.embedding.activations,
        }
    else:
        tensors = {"inputs": layers[0].inputs}
    for k, layer in enumerate(layers):
        tensors[f"layers/{k}/weights"] = layer.weights
        tensors[f"layers/{k}/biases"] = layer.biases
        tensors[f"layers/{k}/pre_activations"] = layer.pre_activations
        if layer is not layers[-1]:
            tensors[f"layers/{k}/activations"] = layer.activations
    return tensors


def backward_tensors(model: Model) -> dict[str, Array]:
    """Return the gradient of each, under ``grad_`` and its name, in the same order. Token indices have none."""
    layers = model.layers
    if model.embedding:
        tensors = {
            "embedding/grad_weights": model.embedding.grad_weights,
            "embedding/grad_activations": model.embedding.grad_activations,
        }
    else:
        tensors = {"grad_inputs": layers[0].grad_inputs}
    for k, layer in enumerate(layers):
        tensors[f"layers/{k}/grad_weights"] = layer.grad_weights
        tensors[f"layers/{k}/grad_biases"] = layer.grad_biases
        tensors[f"layers/{k}/grad_pre_activations"] = layer.grad_pre_activations
        if layer is not layers[-1]:
            tensors[f"layers/{k}/grad_activations"] = layer.grad_activations
    return tensors


def pack(model: Model, state: Mapping[str, Array] | None = None) -> Frame:
    """Copy all tensors of the model's last pass, and an optimizer's state, into one new vector, and measure them."""
    state = state or {}
    forward, backward = forward_tensors(model), backward_tensors(model)
    tensors = [*forward.items(), *backward.items(), *state_tensors(model, state).items()]
    with np.errstate(over="ignore"):  # a float64 number may be infinite in float32
        values = np.concatenate([tensor.ravel() for _, tensor in tensors], dtype=np.float32, casting="same_kind")
    places, offset = [], 0
    for name, tensor in tensors:
        places.append(Place(name, list(tensor.shape), offset))
        offset += tensor.size
    split, end = len(forward), len(forward) + len(backward)
    border, last = places[split].offset, places[end].offset if state else offset
    return Frame(
        "+".join([_layout_id(model, forward["inputs"]), *state]),
        places[:split],
        places[split:end],
        places[end:],
        values,
        quantile_scale(values[:border]),
        quantile_scale(values[border:last]),
        {vector: quantile_scale(flat.astype(np.float32)) for vector, flat in state.items()},
    )


def _layout_id(model: Model, inputs: Array) -> str:
    """Names and shapes follow from the batch size, the widths and the embedding: ``10x16-32-32-4``."""
    widths = [layer.fan_in for layer in model.layers] + [model.output_dim]
    table = f"{model.embedding.vocabulary}x{model.embedding.dim}-" if model.embedding else ""
    return f"{inputs.shape[0]}x{table}" + "-".join(map(str, widths))
