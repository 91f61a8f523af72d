"""Memory of a model: one flat vector per quantity, and the layers' views into it."""

import math
from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np

from .activations import Array
from .limits import check_total

Shape = tuple[int, ...]
# Number of batch sizes with cached views: a batch, the short last one of an epoch, a single sample, and one spare.
MAX_BATCH_SIZES = 4


class Parametric(Protocol):
    """A layer or embedding with parameters."""

    def parameter_shapes(self) -> dict[str, Shape]:
        """Return name → shape of each parameter."""


class FullyConnected(Protocol):
    """A layer whose arrays `Buffers` assigns: its part of each vector, for the batch size of the current pass."""

    fan_in: int
    fan_out: int
    pre_activations: Array
    activations: Array
    slopes: Array
    cache: Array
    grad_pre_activations: Array
    grad_inputs: Array


def split(vector: Array, shapes: Iterable[Shape]) -> list[Array]:
    """Split a flat vector into consecutive views of these shapes."""
    shapes = list(shapes)
    ends = np.cumsum([math.prod(shape) for shape in shapes], dtype=int)[:-1]
    return [part.reshape(shape) for part, shape in zip(np.split(vector, ends), shapes, strict=True)] if shapes else []


def allocate_parameters(layers: Sequence[Parametric], dtype: str) -> tuple[Array, Array]:
    """Return zero vectors for all parameters and gradients, and assign each layer its views into them.

    Raises
    ------
    ValueError
        If there are more parameters than `limits.LIMITS` allows.
    """
    names = [(layer, name) for layer in layers for name in layer.parameter_shapes()]
    shapes = [shape for layer in layers for shape in layer.parameter_shapes().values()]
    size = sum(math.prod(shape) for shape in shapes)
    check_total("hidden_dims", "parameters", size, "number of parameters")
    parameters: Array = np.zeros(size, dtype)
    gradients: Array = np.zeros(size, dtype)
    views = zip(names, split(parameters, shapes), split(gradients, shapes), strict=True)
    for (layer, name), values, gradient in views:
        setattr(layer, name, values)
        setattr(layer, f"grad_{name}", gradient)
    return parameters, gradients


class BatchBuffers:
    """Arrays for one batch size: one flat vector per quantity for all hidden layers together.

    In the output layer a and z are one array, and the slope is 1. The grad_inputs of a layer are the grad_activations
    of the previous layer.

    Attributes
    ----------
    pre_activations, activations, slopes, cache : flat vectors of all hidden layers, one layer after the other
    """

    def __init__(self, batch: int, layers: Sequence[FullyConnected], memory: Array) -> None:
        hidden = [(batch, layer.fan_out) for layer in layers[:-1]]
        output, first = (batch, layers[-1].fan_out), (batch, layers[0].fan_in)
        vectors = [(sum(math.prod(shape) for shape in hidden),)] * 6
        parts = split(memory[: buffer_size(batch, layers)], [*vectors, output, output, first])
        self.pre_activations, self.activations, self.slopes, self.cache, grad_z, grad_a = parts[:6]
        logits, grad_logits, grad_x = parts[6:]
        self._views = list(
            zip(
                [*split(self.pre_activations, hidden), logits],
                [*split(self.activations, hidden), logits],
                [*split(self.slopes, hidden), np.ones((1, 1), memory.dtype)],
                [*split(self.cache, hidden), logits],
                [*split(grad_z, hidden), grad_logits],
                [grad_x, *split(grad_a, hidden)],
                strict=True,
            )
        )

    def assign(self, layers: Sequence[FullyConnected]) -> None:
        """Point the arrays of each layer at these buffers."""
        for layer, (z, a, slopes, cache, grad_z, grad_x) in zip(layers, self._views, strict=True):
            layer.pre_activations, layer.activations, layer.slopes, layer.cache = z, a, slopes, cache
            layer.grad_pre_activations, layer.grad_inputs = grad_z, grad_x


def buffer_size(batch: int, layers: Sequence[FullyConnected]) -> int:
    """Return the number of elements of all arrays for a batch."""
    return batch * (6 * sum(layer.fan_out for layer in layers[:-1]) + 2 * layers[-1].fan_out + layers[0].fan_in)


class Buffers:
    """Arrays of a model for the batch sizes used so far, all in one memory, since only the last pass is kept.

    Parameters
    ----------
    layers : layers that use these arrays, the output layer last
    columns : numbers, or token indices, per sample
    dtype : dtype of all arrays
    """

    def __init__(self, layers: Sequence[FullyConnected], columns: int, dtype: str) -> None:
        self._layers = layers
        self._columns = columns
        self._dtype = dtype
        self.current: BatchBuffers | None = None
        self.free()

    def free(self) -> None:
        """Release the arrays of all batch sizes; those of the last pass stay until the next."""
        self._batches: dict[Shape, BatchBuffers] = {}
        self._memory: Array = np.empty(0, self._dtype)

    def use(self, shape: Shape) -> None:
        """Point every layer at the arrays for a batch of inputs of this shape.

        Raises
        ------
        ValueError
            If the shape is not one of inputs.
        """
        buffers = self._batches.get(shape) or self._add(shape)
        if buffers is not self.current:
            self.current = buffers
            buffers.assign(self._layers)

    def _add(self, shape: Shape) -> BatchBuffers:
        if len(shape) != 2 or shape[1] != self._columns or shape[0] == 0:
            raise ValueError(f"x must have shape (batch, {self._columns}) with a batch of 1 or more, got {shape}")
        size = buffer_size(shape[0], self._layers)
        if size > self._memory.size:
            self.free()
            self._memory = np.zeros(size, self._dtype)
        if len(self._batches) == MAX_BATCH_SIZES:
            self._batches.pop(next(iter(self._batches)))
        buffers = self._batches[shape] = BatchBuffers(shape[0], self._layers, self._memory)
        return buffers
