"""A frame: every tensor of a model's last pass, packed into one vector in drawing order."""

from collections.abc import Mapping
from typing import NamedTuple, TypedDict

import numpy as np

from ..activations import Array
from ..model import Model
from ..monitor.quantiles import Scale, quantile_scale
from ..tensors import backward_tensors, forward_tensors, state_tensors


class Place(TypedDict):
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
    values : (n,) in the model's dtype, so that numbers are its very own; the tensors one behind the other, row by row
    forward_scale, backward_scale : quantiles over each column
    optimizer_scales : quantiles over each vector of the optimizer's state, by its name: they are of different sizes
    """

    layout_id: str
    forward: list[Place]
    backward: list[Place]
    optimizer: list[Place]
    values: Array
    forward_scale: Scale
    backward_scale: Scale
    optimizer_scales: dict[str, Scale]


def pack(model: Model, state: Mapping[str, Array] | None = None, *, sample: int | None = None) -> Frame:
    """Copy all tensors of the model's last pass, and an optimizer's state, into one new vector, and measure them.

    With `sample`, quartiles are those of about that many numbers of each column (`quantile_scale`).
    """
    state = state or {}
    forward, backward = forward_tensors(model), backward_tensors(model)
    tensors = [*forward.items(), *backward.items(), *state_tensors(model, state).items()]
    values = np.concatenate([tensor.ravel() for _, tensor in tensors], dtype=model.dtype)
    places: list[Place] = []
    offset = 0
    for name, tensor in tensors:
        places.append({"name": name, "shape": list(tensor.shape), "offset": offset})
        offset += tensor.size
    split, end = len(forward), len(forward) + len(backward)
    border, last = places[split]["offset"], places[end]["offset"] if state else offset
    return Frame(
        "+".join([_layout_id(model, forward["inputs"]), *state]),
        places[:split],
        places[split:end],
        places[end:],
        values,
        quantile_scale(values[:border], sample=sample),
        quantile_scale(values[border:last], sample=sample),
        {vector: quantile_scale(flat, sample=sample) for vector, flat in state.items()},
    )


def _layout_id(model: Model, inputs: Array) -> str:
    """Names and shapes follow from the batch size, the widths and the embedding: ``10x16-32-32-4``."""
    widths = [layer.fan_in for layer in model.layers] + [model.output_dim]
    table = f"{model.embedding.vocabulary}x{model.embedding.dim}-" if model.embedding else ""
    return f"{inputs.shape[0]}x{table}" + "-".join(map(str, widths))
