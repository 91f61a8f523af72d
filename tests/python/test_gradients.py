"""Backpropagation against central differences: every tensor of many networks."""

from collections.abc import Callable
from functools import partial

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from backprop.activations import ACTIVATIONS
from backprop.gradcheck import RIGHT, check_gradients
from backprop.losses import LOSSES
from backprop.model import Model
from tests import blackboard
from tests.python.cases import Array, Case, make_case

# Rounding leaves about 1e-16 / 1e-5 in each central difference: no gradient smaller than this can be confirmed to 1e-7.
SMALLEST = 1e-3


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
    assert all(check.verdict == RIGHT for check in checks), checks
    np.testing.assert_array_equal(case.model.gradients, flat(gradients, case.model))


def flat(gradients: dict[str, Array], model: Model) -> Array:
    return np.concatenate([gradients[name].ravel() for name in model.named_parameters()])
