"""Equality with PyTorch, whose results lie in tests/data/torch_*.json (make_torch_fixtures.py there wrote them)."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from backprop.activations import ACTIVATIONS
from backprop.losses import LOSSES
from backprop.model import Model

DATA = Path(__file__).resolve().parents[1] / "data"
TOLERANCE = {"float64": 1e-12, "float32": 2e-6}  # relative; float32 has steps of 1.2e-7, and each sum adds its own


def fixture(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((DATA / f"torch_{name}.json").read_text("utf-8"))
    return content


def assert_equal(actual: NDArray[Any], expected: Any, dtype: str) -> None:
    """Equal relative to the largest number of the tensor, as sums are; and of the dtype."""
    expected = np.array(expected, dtype)
    assert (actual.dtype.name, actual.shape) == (dtype, expected.shape)
    tolerance = TOLERANCE[dtype]
    np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance * np.abs(expected).max(initial=0))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_and_their_slopes(name: str, dtype: str) -> None:
    activations = fixture("activations")
    z = np.array(activations["z"], dtype)
    a = ACTIVATIONS[name].value(z)
    slope = ACTIVATIONS[name].slope(z, a)
    # In the tails PyTorch's gelu takes a difference of two numbers near 1, so their last digit times z is its error.
    digit = {"float64": 2.3e-16, "float32": 1.2e-7}[dtype]
    last_digits = digit * np.minimum(np.abs(z), 20)
    for ours, theirs in [(a, "value"), (slope, "slope")]:
        expected = np.array(activations[dtype][name][theirs], dtype)
        error = np.abs(ours - expected)
        allowed = TOLERANCE[dtype] * np.abs(expected) + 4 * last_digits
        assert np.all(error <= allowed), (z[error > allowed], ours[error > allowed], expected[error > allowed])


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("case", fixture("losses")["cases"], ids=lambda case: case["loss"])
def test_losses_and_their_gradients(case: dict[str, Any], dtype: str) -> None:
    targets = np.array(case["targets"])
    targets = targets if targets.ndim == 1 else targets.astype(dtype)
    value, grad_logits = LOSSES[case["loss"]](np.array(case["logits"], dtype), targets)
    expected = case[dtype]
    assert value == pytest.approx(expected["value"], rel=TOLERANCE[dtype], abs=TOLERANCE[dtype])
    assert_equal(grad_logits, expected["grad_logits"], dtype)


def title(case: dict[str, Any]) -> str:
    kind = "embedding" if case["embedding_dim"] else "dense"
    return "-".join([kind, *map(str, case["hidden_dims"]), case["activation"], case["loss"], case["dtype"]])


@pytest.mark.parametrize("case", fixture("models")["cases"], ids=title)
def test_a_network_its_gradients_and_five_steps_of_descent(case: dict[str, Any]) -> None:
    dtype, inputs, targets = case["dtype"], np.array(case["inputs"]), np.array(case["targets"])
    sizes = {name: case[name] for name in ("vocabulary_size", "embedding_dim")}
    model = Model(
        inputs.shape[2] * (case["embedding_dim"] or 1),
        tuple(case["hidden_dims"]),
        len(case["logits"][0]),
        activation=case["activation"],
        dtype=dtype,
        **sizes,
    )
    for name, values in model.named_parameters().items():
        values[:] = case["parameters"][name]
    loss = LOSSES[case["loss"]]
    losses = []
    for k, y in enumerate(targets):
        x = inputs[k] if model.embedding else inputs[k].astype(dtype)
        logits = model.forward(x)
        value, grad_logits = loss(logits, y)
        grad_inputs = model.backward(grad_logits)
        if k == 0:
            assert_equal(logits, case["logits"], dtype)
            for name, gradient in model.named_gradients().items():
                assert_equal(gradient, case["gradients"][name], dtype)
            if not model.embedding:
                assert_equal(grad_inputs, case["grad_inputs"], dtype)
        losses.append(value)
        model.update(case["learning_rate"])
    np.testing.assert_allclose(losses, case["losses"], rtol=TOLERANCE[dtype])
    for name, values in model.named_parameters().items():
        assert_equal(values, case["trained"][name], dtype)
