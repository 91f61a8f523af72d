"""Backpropagation as one writes it on a blackboard: every formula as it stands in the book, nothing prepared.

It shares no formula with the package. The tests hold the package's numbers against it (an oracle), and the benchmark
its speed (a yardstick).
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop.model import Model

Array = NDArray[Any]
Loss = Callable[[Array, Array], tuple[float, Array]]

erf = np.vectorize(math.erf, otypes=[float])


def sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def gelu(z: Array) -> Array:
    return 0.5 * z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))


def gelu_slope(z: Array) -> Array:
    c = np.sqrt(2 / np.pi)
    t = np.tanh(c * (z + 0.044715 * z**3))
    return 0.5 * (1 + t) + 0.5 * z * (1 - t**2) * c * (1 + 3 * 0.044715 * z**2)


def gelu_exact_slope(z: Array) -> Array:
    return 0.5 * (1 + erf(z / np.sqrt(2))) + z * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)


# name: f(z), f'(z)
ACTIVATIONS: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "gelu": (gelu, gelu_slope),
    "gelu_exact": (lambda z: 0.5 * z * (1 + erf(z / np.sqrt(2))), gelu_exact_slope),
    "relu": (lambda z: np.maximum(z, 0), lambda z: np.where(z > 0, 1.0, 0.0)),
    "tanh": (np.tanh, lambda z: 1 / np.cosh(np.clip(z, -350, 350)) ** 2),
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z))),
    "silu": (lambda z: z * sigmoid(z), lambda z: sigmoid(z) * (1 + z * (1 - sigmoid(z)))),
    "identity": (lambda z: z, np.ones_like),
}


def cross_entropy(logits: Array, targets: Array) -> tuple[float, Array]:
    """-log softmax(logits)[target], mean over the batch, and its gradient; targets are class indices."""
    exps = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = exps / exps.sum(axis=1, keepdims=True)
    y = np.eye(logits.shape[1])[targets]
    return -np.mean(np.sum(y * np.log(p), axis=1)), (p - y) / len(logits)


def mse(logits: Array, targets: Array) -> tuple[float, Array]:
    """(logit - target)², mean over batch and classes, and its gradient; class indices stand for one-hot rows."""
    y = np.eye(logits.shape[1])[targets]
    return np.mean((logits - y) ** 2), 2 * (logits - y) / logits.size


LOSSES: dict[str, Loss] = {"cross_entropy": cross_entropy, "mse": mse}


class Blackboard:
    """A network as lists, one entry per layer: W, b, z, a and their gradients. With a table it reads token indices."""

    def __init__(
        self, weights: Sequence[Array], biases: Sequence[Array], activation: str = "gelu", table: Array | None = None
    ) -> None:
        self.W = [W.copy() for W in weights]
        self.b = [b.copy() for b in biases]
        self.table = None if table is None else table.copy()
        self.f, self.slope = ACTIVATIONS[activation]

    def forward(self, x: Array) -> Array:
        self.tokens = x
        a = x if self.table is None else self.table[x].reshape(len(x), -1)
        self.x = a
        self.z: list[Array] = []
        self.a: list[Array] = []
        for W, b in zip(self.W[:-1], self.b[:-1], strict=True):
            self.z.append(a @ W + b)
            a = self.f(self.z[-1])
            self.a.append(a)
        self.z.append(a @ self.W[-1] + self.b[-1])
        return self.z[-1]

    def backward(self, grad_logits: Array) -> Array:
        """Fill grad_W, grad_b, grad_z, grad_a (one for each layer that has one) and grad_table; return dL/dx."""
        self.grad_W: list[Array] = []
        self.grad_b: list[Array] = []
        self.grad_z: list[Array] = []
        self.grad_a: list[Array] = []
        grad_z = grad_logits
        for k in reversed(range(len(self.W))):
            x = self.a[k - 1] if k > 0 else self.x
            self.grad_z.insert(0, grad_z)
            self.grad_W.insert(0, x.T @ grad_z)
            self.grad_b.insert(0, grad_z.sum(axis=0))
            grad_x = grad_z @ self.W[k].T
            if k > 0:
                self.grad_a.insert(0, grad_x)
                grad_z = grad_x * self.slope(self.z[k - 1])
        if self.table is not None:
            self.grad_table = np.zeros_like(self.table)
            np.add.at(self.grad_table, self.tokens, grad_x.reshape(*self.tokens.shape, -1))
        return grad_x

    def update(self, learning_rate: float) -> None:
        for k in range(len(self.W)):
            self.W[k] = self.W[k] - learning_rate * self.grad_W[k]
            self.b[k] = self.b[k] - learning_rate * self.grad_b[k]
        if self.table is not None:
            self.table = self.table - learning_rate * self.grad_table


def copy_of(model: Model) -> Blackboard:
    """The same network as one of the package's models, on the blackboard."""
    table = model.embedding.weights if model.embedding else None
    return Blackboard([x.weights for x in model.layers], [x.biases for x in model.layers], model.activation, table)


def train(
    network: Blackboard, inputs: Array, targets: Array, *, loss: Loss, learning_rate: float, batch_size: int
) -> Iterator[float]:
    """Train for ever; yields the loss of each step. An epoch visits every sample once, in a new order, in batches."""
    generator = np.random.default_rng(0)
    while True:
        order = generator.permutation(len(inputs))
        for start in range(0, len(inputs), batch_size):
            batch = order[start : start + batch_size]
            value, grad_logits = loss(network.forward(inputs[batch]), targets[batch])
            network.backward(grad_logits)
            network.update(learning_rate)
            yield value
