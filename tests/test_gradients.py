"""Backpropagation against central differences: every tensor of many networks, and planted bugs that must be found."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from backprop.activations import ACTIVATIONS, Activation
from backprop.gradcheck import TOLERANCE, GradientCheck, check_gradients, relative_error
from backprop.losses import LOSSES, LossFunction, softmax
from backprop.model import Embedding, Layer, Model
from tests import blackboard

Array = NDArray[Any]

VOCABULARY, DIM = 3, 2
# Rounding leaves about 1e-16 / 1e-5 in each central difference: no gradient smaller than this can be confirmed to 1e-7.
SMALLEST = 1e-3


class Case(NamedTuple):
    """A network and a batch for it."""

    model: Model
    x: Array
    targets: Array
    loss: str


def make_case(
    hidden_dims: tuple[int, ...],
    activation: str = "gelu",
    loss: str = "cross_entropy",
    *,
    embedding: bool = False,
    sizes: tuple[int, int, int] = (3, 3, 4),
    seed: int = 0,
) -> Case:
    """Random parameters, biases too, and a random batch; `sizes` are input width (or positions), classes and batch."""
    inputs, classes, batch = sizes
    options = {"vocabulary_size": VOCABULARY, "embedding_dim": DIM} if embedding else {}
    input_dim = inputs * DIM if embedding else inputs
    model = Model(input_dim, hidden_dims, classes, activation=activation, dtype="float64", seed=seed, **options)
    generator = np.random.default_rng(seed)
    model.parameters[:] = generator.uniform(-1.5, 1.5, model.parameters.size)
    if embedding:
        x: Array = generator.integers(VOCABULARY, size=(batch, inputs))
    else:
        x = generator.uniform(-2, 2, (batch, inputs))
    return Case(model, x, generator.integers(classes, size=batch), loss)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    return make_case(
        tuple(draw(st.lists(st.integers(1, 5), max_size=4))),
        draw(st.sampled_from(sorted(ACTIVATIONS))),
        draw(st.sampled_from(sorted(LOSSES))),
        embedding=draw(st.booleans()),
        sizes=(draw(st.integers(1, 4)), draw(st.integers(2, 4)), draw(st.integers(1, 5))),
        seed=draw(st.integers(0, 2**32 - 1)),
    )


def analytic(case: Case) -> dict[str, Array]:
    """Every gradient by backpropagation: of parameters and inputs, and of the logits and all numbers between."""
    loss = LOSSES[case.loss]
    grad_logits = loss(case.model.forward(case.x), case.targets)[1]
    grad_x = case.model.backward(grad_logits)
    gradients = {"grad_x": grad_x, **case.model.named_gradients(), "logits": grad_logits}
    for k, layer in enumerate(case.model.layers):
        gradients[f"layers/{k}/pre_activations"] = layer.grad_pre_activations
        if layer is not case.model.layers[-1]:
            gradients[f"layers/{k}/activations"] = layer.grad_activations
    return {name: gradient.copy() for name, gradient in gradients.items()}


def numerical(case: Case) -> dict[str, Array]:
    """The same by central differences of the loss, computed on the blackboard: nothing of the package is in it."""
    board = blackboard.copy_of(case.model)
    loss = blackboard.LOSSES[case.loss]
    board.forward(case.x)
    x, z, a = board.x.copy(), [z.copy() for z in board.z], [a.copy() for a in board.a]

    def from_parameters() -> float:
        return loss(board.forward(case.x), case.targets)[0]

    def from_first() -> float:
        return from_activations(-1, x)

    def from_activations(k: int, a: Array) -> float:
        return from_pre_activations(k + 1, a @ board.W[k + 1] + board.b[k + 1])

    def from_pre_activations(k: int, z: Array) -> float:
        return loss(z, case.targets)[0] if k == len(board.W) - 1 else from_activations(k, board.f(z))

    gradients = {"grad_x": differences(from_first, x)}
    if board.table is not None:
        gradients["embedding/weights"] = differences(from_parameters, board.table)
    for k in range(len(board.W)):
        gradients[f"layers/{k}/weights"] = differences(from_parameters, board.W[k])
        gradients[f"layers/{k}/biases"] = differences(from_parameters, board.b[k])
        gradients[f"layers/{k}/pre_activations"] = differences(partial(from_pre_activations, k, z[k]), z[k])
    for k in range(len(a)):
        gradients[f"layers/{k}/activations"] = differences(partial(from_activations, k, a[k]), a[k])
    gradients["logits"] = gradients[f"layers/{len(board.W) - 1}/pre_activations"]
    return gradients


def differences(loss_now: Callable[[], float], values: Array, h: float = 1e-5) -> Array:
    """(L(w + h) - L(w - h)) / 2h for each number w of `values`, nudged in place."""
    result = np.empty_like(values)
    for index in np.ndindex(values.shape):
        original = values[index]
        values[index] = original + h
        above = loss_now()
        values[index] = original - h
        below = loss_now()
        values[index] = original
        result[index] = (above - below) / (2 * h)
    return result


def error_between(a: Array, b: Array) -> float:
    """‖a - b‖ / (‖a‖ + ‖b‖)."""
    size = np.sqrt((a**2).sum()) + np.sqrt((b**2).sum())
    return float(np.sqrt(((a - b) ** 2).sum()) / size) if size else 0.0


def away_from_kinks(model: Model) -> bool:
    """Whether no nudge can push a unit over the kink of relu, where a difference is no derivative."""
    return model.activation != "relu" or all(
        float(np.abs(layer.pre_activations).min()) > 1e-2 for layer in model.layers[:-1]
    )


def measurable(gradients: dict[str, Array]) -> bool:
    """Whether each gradient is large enough for a difference to confirm it, or zero throughout (dead relu units)."""
    return all(np.linalg.norm(gradient) > SMALLEST or not gradient.any() for gradient in gradients.values())


@given(case=cases())
def test_every_gradient_of_many_networks(case: Case) -> None:
    gradients = analytic(case)
    assume(away_from_kinks(case.model))
    assume(measurable(gradients))
    expected = numerical(case)
    errors = {name: error_between(gradient, expected[name]) for name, gradient in gradients.items()}
    assert set(errors) == set(expected)
    assert max(errors.values()) <= 1e-7, errors
    # And the check that the package offers comes to the same verdict.
    checks = check_gradients(case.model, case.x, case.targets, LOSSES[case.loss])
    assert all(check.passed for check in checks), checks
    np.testing.assert_array_equal(case.model.gradients, flat(gradients, case.model))


def flat(gradients: dict[str, Array], model: Model) -> Array:
    return np.concatenate([gradients[name].ravel() for name in model.named_parameters()])


# The package's own check


@pytest.mark.parametrize("embedding", [False, True])
def test_the_check_looks_at_every_tensor_and_puts_everything_back(embedding: bool) -> None:
    case = make_case((4, 3), embedding=embedding)
    parameters, x = case.model.parameters.copy(), case.x.copy()
    checks = check_gradients(case.model, case.x, case.targets, LOSSES["mse"])
    expected = set(case.model.named_parameters()) | (set() if embedding else {"inputs"})
    assert {check.name for check in checks} == expected
    assert len(checks) == len(expected)
    np.testing.assert_array_equal(case.model.parameters, parameters)
    np.testing.assert_array_equal(case.x, x)


def test_the_check_wants_float64() -> None:
    model = Model(3, (2,), 2)
    with pytest.raises(ValueError, match=r"^dtype must be float64 to check gradients, got float32"):
        check_gradients(model, np.zeros((1, 3)), np.array([0]), LOSSES["mse"])


def test_a_gradient_that_is_no_number_does_not_pass() -> None:
    assert GradientCheck("layers/0/weights", TOLERANCE).passed
    assert not GradientCheck("layers/0/weights", 2 * TOLERANCE).passed
    assert not GradientCheck("layers/0/weights", np.nan).passed


def test_relative_error_is_scale_free_and_symmetric() -> None:
    a, b = np.array([3.0, 4.0]), np.array([3.0, 4.1])
    assert relative_error(a, b) == relative_error(b, a) == pytest.approx(relative_error(1e-9 * a, 1e-9 * b))
    assert relative_error(a, -a) == 1
    assert relative_error(a, a) == relative_error(0 * a, 0 * b) == 0


# Planted bugs. Each is planted in a network that passes the check without it.

Plant = Callable[[Case], tuple[Case, LossFunction]]


def worst_error(case: Case, loss: LossFunction) -> float:
    return max(check.relative_error for check in check_gradients(case.model, case.x, case.targets, loss))


def with_layers(case: Case, layer_class: type[Layer]) -> tuple[Case, LossFunction]:
    for layer in case.model.layers:
        layer.__class__ = layer_class
    return case, LOSSES[case.loss]


def with_model(case: Case, model_class: type[Model]) -> tuple[Case, LossFunction]:
    case.model.__class__ = model_class
    other = np.roll(case.x, 1, axis=0)[::-1].copy()  # the batch before this one
    case.model.backward(LOSSES[case.loss](case.model.forward(other), case.targets)[1])
    return case, LOSSES[case.loss]


def with_gradient(case: Case, wrong: Callable[[Array, Array, Array], Array]) -> tuple[Case, LossFunction]:
    def loss(logits: Array, targets: Array) -> tuple[float, Array]:
        value, grad_logits = LOSSES[case.loss](logits, targets)
        return value, wrong(grad_logits, logits, targets)

    return case, loss


class BiasMean(Layer):
    """Averages over the batch what must be summed."""

    def backward(self, grad_a: Array) -> Array:
        grad_x = super().backward(grad_a)
        self.grad_biases /= len(grad_a)
        return grad_x


class OneBiasForAll(Layer):
    """Sums over the units too."""

    def backward(self, grad_a: Array) -> Array:
        grad_x = super().backward(grad_a)
        self.grad_biases[:] = self.grad_biases.sum()
        return grad_x


class Untransposed(Layer):
    """Sends the gradient back through W where it must be Wᵀ; the shapes agree where W is square."""

    def backward(self, grad_a: Array) -> Array:
        grad_x = super().backward(grad_a)
        if self.fan_in == self.fan_out:
            grad_x[:] = self.grad_pre_activations @ self.weights
        return grad_x


class ForgetfulEmbedding(Embedding):
    """Writes where it must add: of a token that occurs twice, only the last counts."""

    def backward(self, grad_a: Array) -> None:
        super().backward(grad_a)
        self.grad_weights[:] = 0
        self.grad_weights[self.tokens.ravel()] = grad_a.reshape(-1, self.dim)


class StaleInputs(Model):
    """Multiplies with the inputs of an earlier batch."""

    def forward(self, x: Array) -> Array:
        logits = super().forward(x)
        if not hasattr(self, "earlier"):
            self.earlier = [layer.inputs.copy() for layer in self.layers]
        return logits

    def backward(self, grad_logits: Array) -> Array:
        for layer, x in zip(self.layers, self.earlier, strict=True):
            layer.inputs = x
        return super().backward(grad_logits)


class NeverZeroed(Model):
    """Adds to the gradients of the batch before."""

    def backward(self, grad_logits: Array) -> Array:
        before = self.gradients.copy()
        grad_x = super().backward(grad_logits)
        self.gradients += before
        return grad_x


class SlopesOffByOne(Model):
    """Takes each layer's slopes from its neighbour."""

    def backward(self, grad_logits: Array) -> Array:
        super().backward(grad_logits)
        slopes = [layer.slopes.copy() for layer in self.layers]
        grad = grad_logits
        for k in reversed(range(len(self.layers))):
            layer = self.layers[k]
            neighbour = slopes[k - 1] if 0 < k < len(self.layers) - 1 else slopes[k]
            grad_z = grad * neighbour
            layer.grad_weights[:], layer.grad_biases[:] = layer.inputs.T @ grad_z, grad_z.sum(axis=0)
            grad = grad_z @ layer.weights.T
        return grad


def forgetful_embedding(case: Case) -> tuple[Case, LossFunction]:
    assert case.model.embedding is not None
    case.model.embedding.__class__ = ForgetfulEmbedding
    return case, LOSSES[case.loss]


def through_softmax(grad: Array, logits: Array, targets: Array) -> Array:
    """The derivative of softmax, applied to what already contains it."""
    p = softmax(logits)
    return p * (grad - (p * grad).sum(axis=1, keepdims=True))


DEEP: dict[str, Any] = {"hidden_dims": (3, 3), "sizes": (3, 3, 4)}
EMBEDDED: dict[str, Any] = {"hidden_dims": (3,), "embedding": True}
MSE: dict[str, Any] = {**DEEP, "loss": "mse"}

PLANTS: dict[str, tuple[dict[str, Any], Plant]] = {
    "bias gradient averaged over the batch": (DEEP, lambda case: with_layers(case, BiasMean)),
    "bias gradient summed over the units": (DEEP, lambda case: with_layers(case, OneBiasForAll)),
    "weights not transposed": (DEEP, lambda case: with_layers(case, Untransposed)),
    "inputs of an earlier batch": (DEEP, lambda case: with_model(case, StaleInputs)),
    "gradients never zeroed": (DEEP, lambda case: with_model(case, NeverZeroed)),
    "slopes of the neighbouring layer": (DEEP, lambda case: with_model(case, SlopesOffByOne)),
    "repeated tokens forgotten": (EMBEDDED, forgetful_embedding),
    "1/batch missing, cross-entropy": (DEEP, lambda case: with_gradient(case, lambda g, z, _: g * len(z))),
    "1/batch missing, mse": (MSE, lambda case: with_gradient(case, lambda g, z, _: g * len(z))),
    "1/classes missing, mse": (MSE, lambda case: with_gradient(case, lambda g, z, _: g * z.shape[1])),
    "the 2 of the square missing, mse": (MSE, lambda case: with_gradient(case, lambda g, *_: g / 2)),
    "double softmax derivative": (DEEP, lambda case: with_gradient(case, through_softmax)),
    "targets not subtracted": (DEEP, lambda case: with_gradient(case, lambda _, z, __: softmax(z) / len(z))),
    "wrong sign": (DEEP, lambda case: with_gradient(case, lambda g, *_: -g)),
}


@pytest.mark.parametrize("bug", PLANTS)
def test_a_planted_bug_is_found(bug: str) -> None:
    arguments, plant = PLANTS[bug]
    case = make_case(**arguments)
    assert worst_error(case, LOSSES[case.loss]) <= TOLERANCE
    assert worst_error(*plant(case)) > 100 * TOLERANCE


WRONG_SLOPES = {
    "no derivative at all": ("gelu", lambda z, _: np.ones_like(z)),
    "the derivative of the other gelu": ("gelu", lambda z, _: blackboard.gelu_exact_slope(z)),
    "the derivative of gelu for gelu_exact": ("gelu_exact", lambda z, _: blackboard.gelu_slope(z)),
    "a product rule without its second term": ("silu", lambda z, _: blackboard.sigmoid(z)),
    "the derivative at a, not at z": ("tanh", lambda _, a: 1 - np.tanh(a) ** 2),
    "the value for the derivative": ("sigmoid", lambda _, a: a),
    "both sides of the kink": ("relu", lambda z, _: np.ones_like(z)),
}


@pytest.mark.parametrize("bug", WRONG_SLOPES)
def test_a_wrong_derivative_is_found(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, wrong = WRONG_SLOPES[bug]

    def wrong_slope(z: Array, a: Array, out: Array | None = None, **_kept: Array) -> Array:
        result = wrong(z, a)
        if out is not None:
            out[:] = result
        return result

    right = make_case((3, 3), name)
    assert worst_error(right, LOSSES["mse"]) <= TOLERANCE
    monkeypatch.setitem(ACTIVATIONS, "wrong", Activation(ACTIVATIONS[name].value, wrong_slope))
    assert worst_error(make_case((3, 3), "wrong"), LOSSES["mse"]) > 100 * TOLERANCE
