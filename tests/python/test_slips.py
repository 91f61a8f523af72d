"""The slips that learners make in backpropagation: the gradient check calls each of them wrong.

Each is planted in two networks whose gradients are right without it (in three by the nightly run, in WebAssembly in
one), with batches of 10 and of 7 samples.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backprop.activations import ACTIVATIONS, Activation
from backprop.embedding import Embedding
from backprop.gradcheck import RIGHT, WRONG
from backprop.losses import LOSSES, LossFunction, softmax
from backprop.model import Layer, Model
from tests import blackboard
from tests.python.cases import Array, Case, check, make_case

Plant = Callable[[Case], LossFunction]

# One layer: x (batch, fan_in), dz (batch, fan_out), W (fan_in, fan_out)

WRONG_BIASES: dict[str, Callable[[Array], Array]] = {
    "db: mean over the batch": lambda dz: dz.mean(axis=0),
    "db: first sample": lambda dz: dz[0],
    "db: maximum over the batch": lambda dz: dz.max(axis=0),
    "db: summed over the units too": lambda dz: np.full(dz.shape[1], dz.sum()),
}
WRONG_WEIGHTS: dict[str, Callable[[Array, Array], Array]] = {
    "dW: mean over the batch": lambda x, dz: x.T @ dz / len(x),
    "dW: first sample": lambda x, dz: np.outer(x[0], dz[0]),
    "dW: product of sums": lambda x, dz: np.outer(x.sum(axis=0), dz.sum(axis=0)),
}
WRONG_WEIGHTS_OF_A_SQUARE_LAYER: dict[str, Callable[[Array, Array], Array]] = {
    "dW: transposed": lambda x, dz: dz.T @ x,
}
WRONG_INPUTS: dict[str, Callable[[Array, Array], Array]] = {
    "dx: mean over the batch": lambda dz, W: dz @ W.T / len(dz),
    "dx: rows summed": lambda dz, W: np.broadcast_to((dz @ W.T).sum(axis=0), (len(dz), len(W))),
}
WRONG_INPUTS_OF_A_SQUARE_LAYER: dict[str, Callable[[Array, Array], Array]] = {
    "dx: not transposed": lambda dz, W: dz @ W,
}


def plant_layer(case: Case, change: Callable[[Layer], object], square: bool = False) -> LossFunction:
    """Let `change` spoil the gradients of each layer, or of each square layer, after they were computed."""

    class Slip(Layer):
        def backward(self, grad_a: Array) -> Array:
            grad_x = super().backward(grad_a)
            if not square or self.fan_in == self.fan_out:
                change(self)
            return grad_x

    for layer in case.model.layers:
        layer.__class__ = Slip
    return LOSSES[case.loss]


def with_biases(wrong: Callable[[Array], Array]) -> Plant:
    def change(layer: Layer) -> None:
        layer.grad_biases[:] = wrong(layer.grad_pre_activations)

    return lambda case: plant_layer(case, change)


def with_weights(wrong: Callable[[Array, Array], Array], square: bool = False) -> Plant:
    def change(layer: Layer) -> None:
        layer.grad_weights[:] = wrong(layer.inputs, layer.grad_pre_activations)

    return lambda case: plant_layer(case, change, square)


def with_inputs(wrong: Callable[[Array, Array], Array], square: bool = False) -> Plant:
    def change(layer: Layer) -> None:
        layer.grad_inputs[:] = wrong(layer.grad_pre_activations, layer.weights)

    return lambda case: plant_layer(case, change, square)


def decayed_biases(case: Case) -> LossFunction:
    def change(layer: Layer) -> None:
        layer.grad_biases += 1e-2 * layer.biases

    return plant_layer(case, change)


# Losses

WRONG_CROSS_ENTROPIES: dict[str, Callable[[Array, Array, Array], Array]] = {
    "cross-entropy: 1/batch missing": lambda grad, *_: grad * len(grad),
    "cross-entropy: 1/classes for 1/batch": lambda grad, *_: grad * len(grad) / grad.shape[1],
    "cross-entropy: targets not subtracted": lambda grad, logits, _: softmax(logits) / len(grad),
    "cross-entropy: softmax's derivative twice": lambda grad, logits, _: through_softmax(grad, softmax(logits)),
    "cross-entropy: wrong sign": lambda grad, *_: -grad,
}
WRONG_MSES: dict[str, Callable[[Array, Array, Array], Array]] = {
    "mse: 1/classes missing": lambda grad, *_: grad * grad.shape[1],
    "mse: 1/batch missing": lambda grad, *_: grad * len(grad),
    "mse: 2 missing": lambda grad, *_: grad / 2,
}


def through_softmax(grad: Array, p: Array) -> Array:
    return p * (grad - (p * grad).sum(axis=1, keepdims=True))


def with_gradient(wrong: Callable[[Array, Array, Array], Array]) -> Plant:
    def plant(case: Case) -> LossFunction:
        def loss(logits: Array, targets: Array) -> tuple[float, Array]:
            value, grad_logits = LOSSES[case.loss](logits, targets)
            return value, wrong(grad_logits, logits, targets)

        return loss

    return plant


# Embeddings: tokens (batch, positions), rows (batch, positions, dim), table (vocabulary, dim)


def added_once(table: Array, tokens: Array, rows: Array) -> None:
    table[tokens] += rows  # NumPy adds one of the rows of a repeated index


def written(table: Array, tokens: Array, rows: Array) -> None:
    table[tokens] = rows


def mean_of_repeats(table: Array, tokens: Array, rows: Array) -> None:
    np.add.at(table, tokens, rows)
    table /= np.maximum(np.bincount(tokens.ravel(), minlength=len(table)), 1)[:, None]


WRONG_TABLES = {
    "embedding: d[ids] += g": added_once,
    "embedding: d[ids] = g": written,
    "embedding: mean of repeats": mean_of_repeats,
}


def with_table(wrong: Callable[[Array, Array, Array], None]) -> Plant:
    class Slip(Embedding):
        def backward(self, grad_a: Array) -> None:
            super().backward(grad_a)
            self.grad_weights[:] = 0
            wrong(self.grad_weights, self.tokens, grad_a.reshape(*self.tokens.shape, self.dim))

    def plant(case: Case) -> LossFunction:
        assert case.model.embedding is not None
        case.model.embedding.__class__ = Slip
        return LOSSES[case.loss]

    return plant


# The walk through the network


class FromPreActivations(Layer):
    """Takes z where it must take a."""

    before: Layer

    def backward(self, grad_a: Array) -> Array:
        grad_x = super().backward(grad_a)
        self.grad_weights[:] = self.before.pre_activations.T @ self.grad_pre_activations
        return grad_x


def from_pre_activations(case: Case) -> LossFunction:
    last = case.model.layers[-1]
    last.__class__ = FromPreActivations
    assert isinstance(last, FromPreActivations)
    last.before = case.model.layers[-2]
    return LOSSES[case.loss]


class UpdatedFirst(Layer):
    """Updates W before the gradient has passed through it."""

    def backward(self, grad_a: Array) -> Array:
        super().backward(grad_a)
        self.weights -= 0.1 * self.grad_weights
        return np.matmul(self.grad_pre_activations, self.weights.T, out=self.grad_inputs)


def updated_first(case: Case) -> LossFunction:
    for layer in case.model.layers:
        layer.__class__ = UpdatedFirst
    return LOSSES[case.loss]


class StaleInputs(Model):
    """The first layer's weights see the inputs of the batch before."""

    def backward(self, grad_logits: Array) -> Array:
        grad_x = super().backward(grad_logits)
        first = self.layers[0]
        first.grad_weights[:] = np.roll(first.inputs, 1, axis=0).T @ first.grad_pre_activations
        return grad_x


class NeverZeroed(Model):
    """Adds to the gradients of the batch before, here those of a batch with the same gradients."""

    def backward(self, grad_logits: Array) -> Array:
        grad_x = super().backward(grad_logits)
        self.gradients *= 2
        return grad_x


def with_model(model_class: type[Model]) -> Plant:
    def plant(case: Case) -> LossFunction:
        case.model.__class__ = model_class
        return LOSSES[case.loss]

    return plant


THREE: list[dict[str, Any]] = [
    {"hidden_dims": (5, 4), "activation": "gelu", "sizes": (3, 4)},
    {"hidden_dims": (4,), "activation": "tanh", "sizes": (5, 3)},
    {"hidden_dims": (6, 5, 4), "activation": "sigmoid", "sizes": (2, 3)},
]
SQUARE: list[dict[str, Any]] = [{**case, "hidden_dims": (4, 4), "sizes": (4, 3)} for case in THREE]
SQUARED_ERROR = [{**case, "loss": "mse"} for case in THREE]
EMBEDDED = [{**case, "embedding": True} for case in THREE]

SLIPS: dict[str, tuple[list[dict[str, Any]], Plant]] = {
    **{name: (THREE, with_biases(wrong)) for name, wrong in WRONG_BIASES.items()},
    **{name: (THREE, with_weights(wrong)) for name, wrong in WRONG_WEIGHTS.items()},
    **{name: (SQUARE, with_weights(wrong, square=True)) for name, wrong in WRONG_WEIGHTS_OF_A_SQUARE_LAYER.items()},
    **{name: (THREE, with_inputs(wrong)) for name, wrong in WRONG_INPUTS.items()},
    **{name: (SQUARE, with_inputs(wrong, square=True)) for name, wrong in WRONG_INPUTS_OF_A_SQUARE_LAYER.items()},
    **{name: (THREE, with_gradient(wrong)) for name, wrong in WRONG_CROSS_ENTROPIES.items()},
    **{name: (SQUARED_ERROR, with_gradient(wrong)) for name, wrong in WRONG_MSES.items()},
    **{name: (EMBEDDED, with_table(wrong)) for name, wrong in WRONG_TABLES.items()},
    "network: weight decay in the bias gradients": (THREE, decayed_biases),
    "network: dW from z for a": (THREE, from_pre_activations),
    "network: W updated before the gradient passes it": (THREE, updated_first),
    "network: inputs of another batch": (THREE, with_model(StaleInputs)),
    "network: gradients never zeroed": (THREE, with_model(NeverZeroed)),
}


@pytest.mark.parametrize("batch", [10, 7])
@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_wrong(slip: str, batch: int, seeds: range) -> None:
    networks, plant = SLIPS[slip]
    for seed, options in zip(seeds, networks, strict=False):
        arguments = {**options, "sizes": (*options["sizes"], batch), "seed": seed}
        assert {result.verdict for result in check(make_case(**arguments)).values()} == {RIGHT}
        case = make_case(**arguments)
        parameters = case.model.parameters.copy()
        assert WRONG in {result.verdict for result in check(case, plant(case)).values()}, arguments
        np.testing.assert_array_equal(case.model.parameters, parameters)


# z, a → a wrong f'(z)
WRONG_SLOPES: dict[str, tuple[str, Callable[[Array, Array], Array]]] = {
    "gelu: derivative of the exact form": ("gelu", lambda z, _: blackboard.gelu_exact_slope(z)),
    "gelu: without its second term": ("gelu", lambda z, a: a / z),
    "gelu: without the inner z³": ("gelu", lambda z, _: gelu_slope_without_cube(z)),
    "gelu: derivative of relu": ("gelu", lambda z, _: (z > 0) * 1.0),
    "gelu_exact: derivative of the tanh form": ("gelu_exact", lambda z, _: blackboard.gelu_slope(z)),
    "gelu: none": ("gelu", lambda z, _: np.ones_like(z)),
    "gelu: at a": ("gelu", lambda _, a: blackboard.gelu_slope(a)),
    "relu: on both sides of the kink": ("relu", lambda z, _: np.ones_like(z)),
    "sigmoid: z (1 - z)": ("sigmoid", lambda z, _: z * (1 - z)),
    "sigmoid: at a": ("sigmoid", lambda _, a: blackboard.sigmoid(a) * (1 - blackboard.sigmoid(a))),
    "sigmoid: its value": ("sigmoid", lambda _, a: a),
    "tanh: 1 - z²": ("tanh", lambda z, _: 1 - z**2),
    "tanh: 1 - a": ("tanh", lambda _, a: 1 - a),
    "tanh: at a": ("tanh", lambda _, a: 1 - np.tanh(a) ** 2),
    "tanh: none": ("tanh", lambda z, _: np.ones_like(z)),
    "silu: without its second term": ("silu", lambda z, _: blackboard.sigmoid(z)),
}


def gelu_slope_without_cube(z: Array) -> Array:
    c = np.sqrt(2 / np.pi)
    t = np.tanh(c * (z + 0.044715 * z**3))
    return 0.5 * (1 + t) + 0.5 * z * (1 - t**2) * c


@pytest.mark.parametrize("batch", [10, 7])
@pytest.mark.parametrize("slip", WRONG_SLOPES)
def test_a_wrong_slope_is_wrong(slip: str, batch: int, seeds: range, monkeypatch: pytest.MonkeyPatch) -> None:
    name, wrong = WRONG_SLOPES[slip]
    right = ACTIVATIONS[name]

    def wrong_slope(z: Array, a: Array, out: Array | None = None, **_kept: Array) -> Array:
        result = wrong(z, a)
        if out is not None:
            out[:] = result
        return result

    for seed, options in zip(seeds, [*THREE, *SQUARED_ERROR], strict=False):
        arguments = {**options, "activation": name, "sizes": (*options["sizes"], batch), "seed": seed}
        monkeypatch.setitem(ACTIVATIONS, name, right)
        assert {result.verdict for result in check(make_case(**arguments)).values()} == {RIGHT}
        monkeypatch.setitem(ACTIVATIONS, name, Activation(right.value, wrong_slope))
        assert WRONG in {result.verdict for result in check(make_case(**arguments)).values()}, arguments
