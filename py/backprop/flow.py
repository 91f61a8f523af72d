"""Gradient flow: how large gradients, weights and updates are, layer by layer, and how that went over time.

Backpropagation multiplies one layer's slopes and weights after the other. If the products shrink on the way back, the
first layers learn nothing (vanishing gradients); if they grow, no learning rate suits all layers (exploding gradients).
Glorot & Bengio (2010), "Understanding the difficulty of training deep feedforward neural networks", look at the same
quantities, layer by layer and over time.
"""

import math
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .activations import ACTIVATIONS, Array
from .model import Embedding, Layer, Model

Table = NDArray[np.float64]

QUANTITIES = ("grad_norm", "weight_norm", "update_ratio", "flat", "dead", "cosine", "identical")
COSINE = QUANTITIES.index("cosine")
# What each may be, if it is a number: rounding may carry a cosine a little beyond 1.
RANGES = ((0.0, np.inf), (0.0, np.inf), (0.0, np.inf), (0.0, 1.0), (0.0, 1.0), (-1.001, 1.001), (0.0, 1.0))
# Samples that flat and dead units are looked for on: the first ones of the data set, always the same.
PROBE = 40
# A slope is near zero below this share of the steepest one that its activation function has anywhere.
NEAR_ZERO = 0.01
# So many moments are kept at most; then every second one is dropped, and the stride doubles.
MOST_MOMENTS = 64

# A run may have diverged, and weights may be zero: the quotients are NaN or infinite then, which says just that.
_quiet = np.errstate(over="ignore", invalid="ignore", divide="ignore")


def layer_names(model: Model) -> list[str]:
    """Names of all that has weights, from the input to the output: an embedding, if there is one, and the layers."""
    return [*(["embedding"] if model.embedding else []), *(f"layers/{k}" for k in range(len(model.layers)))]


@cache
def near_zero(activation: str) -> float:
    """Return the slope below which a unit with this activation function hardly passes any gradient on.

    It is `NEAR_ZERO` times the largest |f'(z)|: 0.01 for ReLU and tanh, 0.0025 for sigmoid, about 0.011 for GELU.
    """
    z = np.linspace(-8.0, 8.0, 3201)  # every 0.005, 0 among them
    f = ACTIVATIONS[activation]
    return NEAR_ZERO * float(np.abs(f.slope(z, f.value(z))).max())


@_quiet
def measure(model: Model, probe: Array, before: Array | None = None, previous: Array | None = None) -> Table:
    """Measure every layer of a model after a pass.

    Parameters
    ----------
    model : Model, after `forward` and `backward`
    probe : inputs (samples, input_dim), or tokens (samples, positions) for a model with an embedding
    before : the parameters before the update that followed the pass; None if none did
    previous : the gradients of the step before; None if there was none

    Returns
    -------
    float64 array (layers, quantities), rows as `layer_names`, columns as `QUANTITIES`. W is a layer's weight matrix or
    the embedding's table, without biases, which begin at 0 and so have no size to compare an update with.

        grad_norm : ‖dL/dW‖, the root of the sum of all squares
        weight_norm : ‖W‖, after the update
        update_ratio : ‖W - W_before‖ / ‖W_before‖. About 1e-3 is a good sign, far from it a sign of a learning rate
            that is too high or too low (A. Karpathy, CS231n, "Neural networks part 3", ratio of weights:updates)
        flat : of all units of the layer and all samples of the probe, the share with |f'(z)| < `near_zero`
        dead : share of units that are so for every sample of the probe
        cosine : of the angle between dL/dW and the previous step's: 1 in the same direction, -1 back again
        identical : 1 if all units of the layer have the same weights and the same gradients, so that they will always
            be the same unit; else 0

    A number that does not exist is NaN: flat and dead without an activation function (embedding, output layer) and
    where numbers are no longer finite; identical in the output layer, whose units have targets of their own, and in a
    layer of one unit; update_ratio and cosine where they have nothing to compare with.
    """
    tables: list[Layer | Embedding] = [*([model.embedding] if model.embedding else []), *model.layers]
    shares = _shares(model, probe)
    w, g, old, last = (_float64(vector) for vector in (model.parameters, model.gradients, before, previous))
    result, offset = np.full((len(tables), len(QUANTITIES)), np.nan), 0
    for row, table in zip(result, tables, strict=True):
        here = slice(offset, offset + table.weights.size)
        offset += sum(math.prod(shape) for shape in table.parameter_shapes())
        size, weight = _norm(g[here]), _norm(w[here])
        row[0], row[1] = size, weight
        if before is not None:
            row[2] = _quotient(_norm(w[here] - old[here]), _norm(old[here]))
        row[3:5] = shares.get(id(table), np.nan)
        if previous is not None:
            row[COSINE] = _cosine(g[here], size, last[here])
        if table is not model.layers[-1] and table.weights.shape[1] > 1:
            row[6] = _same_columns(table.weights) and _same_columns(table.grad_weights)
    return result


def _float64(vector: Array | None) -> Table:
    return np.empty(0) if vector is None else vector.astype(np.float64)


def _norm(flat: Table) -> float:
    square = float(np.dot(flat, flat))
    if 1e-250 < square < 1e250 or not flat.any():
        return math.sqrt(square)
    largest = float(np.abs(flat).max())  # numbers whose squares are too small or too large even for float64
    return largest * _norm(flat / largest) if math.isfinite(largest) else largest


def _quotient(one: float, other: float) -> float:
    return one / other if other else math.inf if one else math.nan


def _cosine(one: Table, size: float, other: Table) -> float:
    norm = _norm(other)
    if 1e-100 < size < 1e100 and 1e-100 < norm < 1e100:
        return float(np.dot(one, other)) / (size * norm)
    return float(np.dot(one / size, other / norm))


def _same_columns(matrix: Array) -> bool:
    return bool(matrix.item(0) == matrix.item(1) and (matrix == matrix[:, :1]).all())


def _shares(model: Model, probe: Array) -> dict[int, tuple[float, float]]:
    """Send the probe through the model, keeping nothing, and return the shares of flat and of dead units by layer."""
    a = model.embedding.weights[probe].reshape(len(probe), -1) if model.embedding else probe
    shares: dict[int, tuple[float, float]] = {}
    least = near_zero(model.activation)
    for layer in model.layers[:-1]:
        z = a @ layer.weights  # (samples, fan_out)
        z += layer.biases
        a = layer.activation.value(z)
        slopes = layer.activation.slope(z, a)
        flat = np.abs(slopes, out=slopes) < least
        dead = np.logical_and.reduce(flat, axis=0)
        if np.isfinite(np.add.reduce(z, axis=None)):
            shares[id(layer)] = (np.count_nonzero(flat) / flat.size, np.count_nonzero(dead) / dead.size)
    return shares


class Flow:
    """The gradient flow of a run over time, in bounded memory.

    It is measured at step 1 and at every multiple of `stride` steps. When `MOST_MOMENTS` are reached, every second one
    is dropped and the stride doubles: what is kept depends on nothing but the steps, and costs less and less.

    Parameters
    ----------
    model : Model, to be followed
    inputs : inputs of a data set, of which the first `PROBE` are the probe

    Attributes
    ----------
    stride : int, a power of two
    values : float64 (moments, layers, quantities), as `measure` returns them
    previous : the gradients of the last step, kept only if the next step will be measured
    """

    def __init__(self, model: Model, inputs: NDArray[Any]) -> None:
        self.probe: Array = inputs[:PROBE] if model.embedding else inputs[:PROBE].astype(model.dtype)
        self.stride = 1
        self.values: Table = np.empty((0, len(layer_names(model)), len(QUANTITIES)))
        self.previous: Array | None = None

    @property
    def steps(self) -> NDArray[np.int64]:
        """The step of each moment: 1, and the multiples of the stride."""
        return steps_of(len(self.values), self.stride)

    def steps_left(self, step: int) -> int:
        """Return how many steps of training may follow `step` before `follow` must be called again."""
        to_next = self.stride - step % self.stride
        return 1 if step == 0 else max(1, to_next - 1)  # the gradients just before are needed too

    def follow(self, model: Model, before: Array, step: int) -> bool:
        """Take notice of step `step`, after its update; returns whether it was measured.

        Parameters
        ----------
        before : the parameters before the update
        """
        is_due = step == 1 or step % self.stride == 0
        if is_due:
            moment = measure(model, self.probe, before, self.previous)
            self.values = np.concatenate([self.values, moment[None]])
            if len(self.values) == MOST_MOMENTS:
                self._thin_out()
        self.previous = model.gradients.copy() if (step + 1) % self.stride == 0 else None
        return is_due

    def restore(self, stride: int, values: Table, previous: Array | None) -> None:
        """Take up what `stride`, `values` and `previous` were in another run."""
        self.stride, self.values, self.previous = stride, values, previous

    def _thin_out(self) -> None:
        self.stride *= 2
        steps = steps_of(len(self.values), self.stride // 2)
        self.values = self.values[(steps == 1) | (steps % self.stride == 0)]


def steps_of(count: int, stride: int) -> NDArray[np.int64]:
    """Return the steps of the first `count` moments: 1, and the multiples of the stride."""
    steps = np.arange(count) * stride
    if stride == 1:
        return steps + 1
    steps[:1] = 1
    return steps


def moments_at(step: int, stride: int) -> int:
    """Return how many moments there are after `step` steps."""
    return step // stride + (step > 0 and stride > 1)
