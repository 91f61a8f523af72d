"""Gradient flow: norms of gradients, weights and updates of each layer over time.

Backpropagation multiplies the slopes and weights of one layer after the other. If the products shrink on the way back,
the first layers do not learn (vanishing gradients); if they grow, no learning rate suits all layers (exploding
gradients). Glorot & Bengio (2010), "Understanding the difficulty of training deep feedforward neural networks", monitor
the same quantities per layer and over time.
"""

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ..activations import ACTIVATIONS, Array
from ..model import Model
from ..updates import norm

Table = NDArray[np.float64]

QUANTITIES = ("grad_norm", "weight_norm", "update_ratio", "flat", "dead", "cosine", "identical")
COSINE = QUANTITIES.index("cosine")
# A slope is near zero below this fraction of the activation function's steepest slope.
NEAR_ZERO = 0.01

# Squares of float32 numbers have lost nothing to underflow, and have not overflowed, if their norm lies between these.
SMALL, LARGE = 1e-15, 1e15

# In a diverged run or with zero weights, quotients are NaN or infinite, as intended.
_quiet = np.errstate(over="ignore", invalid="ignore", divide="ignore")


@cache
def near_zero(activation: str) -> float:
    """Return the slope below which a unit with this activation function passes hardly any gradient.

    It is `NEAR_ZERO` times the largest |f'(z)|: 0.01 for ReLU and tanh, 0.0025 for sigmoid, about 0.011 for GELU.
    """
    z = np.linspace(-8.0, 8.0, 3201)  # every 0.005, 0 among them
    f = ACTIVATIONS[activation]
    return NEAR_ZERO * float(np.abs(f.slope(z, f.value(z))).max())


@_quiet
def measure(model: Model, probe: Array, before: Array | None = None, previous: Array | None = None) -> Table:
    """Measure the gradient flow of every layer of a model after a pass.

    Parameters
    ----------
    model : Model, after `forward` and `backward`
    probe : inputs (samples, input_dim), or tokens (samples, positions) for a model with an embedding
    before : parameters before the update that followed the pass; None without an update
    previous : gradients of the previous step; None if unknown

    Returns
    -------
    float64 array (layers, quantities), rows as `layer_names`, columns as `QUANTITIES`. W is a layer's weight matrix or
    the embedding's table, without biases: their initial value 0 has no size to compare an update with.

        grad_norm : ‖dL/dW‖, the root of the sum of all squares
        weight_norm : ‖W‖, after the update
        update_ratio : ‖W - W_before‖ / ‖W_before‖. In large networks it is often near 1e-3 (A. Karpathy, CS231n,
            "Neural networks part 3", ratio of weights:updates); small ones take larger steps while they learn, the
            default run 5e-3 to 2e-2
        flat : fraction of activations (units × samples of the probe) with |f'(z)| < `near_zero`
        dead : fraction of units with |f'(z)| < `near_zero` for every sample of the probe
        cosine : cosine similarity of dL/dW and the previous step's: 1 in the same direction, -1 in the opposite one
        identical : 1 if all units of the layer have the same weights and the same gradients, so that they stay
            identical; else 0

    Undefined quantities are NaN: flat and dead without an activation function (embedding, output layer) and with
    non-finite numbers; identical in the output layer, whose units have different targets, and in a layer of one unit;
    update_ratio and cosine without `before` and `previous`.
    """
    tables = model.tables
    shares = _shares(model, probe)
    w, g, old, last = model.parameters, model.gradients, before, previous
    result, offset = np.full((len(tables), len(QUANTITIES)), np.nan), 0
    for row, table in zip(result, tables, strict=True):
        here = slice(offset, offset + table.weights.size)
        offset += sum(math.prod(shape) for shape in table.parameter_shapes().values())
        size = _norm(g[here])
        row[0], row[1] = size, _norm(w[here])
        if old is not None:
            row[2] = _quotient(_norm(w[here] - old[here]), _norm(old[here]))
        row[3:5] = shares.get(id(table), np.nan)
        if last is not None:
            row[COSINE] = _cosine(g[here], size, last[here])
        if table is not model.layers[-1] and table.weights.shape[1] > 1:
            row[6] = _same_columns(table.weights) and _same_columns(table.grad_weights)
    return result


def _dot(one: Array, other: Array) -> float:
    """Return the sum of all products, in the dtype of the arrays; NumPy adds pairwise, so little is rounded off."""
    return float(np.add.reduce(one * other))


def _norm(vector: Array) -> float:
    """Return ‖v‖, in float64 only if the squares are too small or too large for the vector's dtype."""
    square = _dot(vector, vector)
    return math.sqrt(square) if SMALL**2 < square < LARGE**2 else norm(vector)


def _quotient(one: float, other: float) -> float:
    return one / other if other else math.inf if one else math.nan


def _cosine(one: Array, size: float, other: Array) -> float:
    length = _norm(other)
    if SMALL < size < LARGE and SMALL < length < LARGE:
        return _dot(one, other) / (size * length)
    return _dot(one.astype(np.float64) / size, other.astype(np.float64) / length)


def _same_columns(matrix: Array) -> bool:
    return bool(matrix.item(0) == matrix.item(1) and (matrix == matrix[:, :1]).all())


def _shares(model: Model, probe: Array) -> dict[int, tuple[float, float]]:
    """Pass the probe through the model and return id of layer → fractions of flat activations and dead units."""
    a = model.embedding.weights[probe].reshape(len(probe), -1) if model.embedding else probe
    shares: dict[int, tuple[float, float]] = {}
    least = near_zero(model.activation)
    for layer in model.layers[:-1]:
        z = a @ layer.weights  # (samples, fan_out)
        z += layer.biases
        cache = np.empty_like(z)
        a = layer.activation.value(z, cache=cache)
        slopes = layer.activation.slope(z, a, cache=cache)
        flat = np.abs(slopes, out=slopes) < least
        dead = np.logical_and.reduce(flat, axis=0)
        if np.isfinite(z).all():
            shares[id(layer)] = (np.count_nonzero(flat) / flat.size, np.count_nonzero(dead) / dead.size)
    return shares
