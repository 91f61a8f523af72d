"""The model: forward, backward and update against the blackboard; where its numbers live; what it refuses."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from backprop.activations import ACTIVATIONS
from backprop.losses import LOSSES
from backprop.model import Model
from tests import blackboard

VOCABULARY, DIM = 5, 3


@st.composite
def models(draw: st.DrawFn, dtype: str = "float64") -> tuple[Model, int]:
    """A model of random shape with random parameters, and a seed for its data."""
    hidden_dims = tuple(draw(st.lists(st.integers(1, 7), max_size=4)))
    positions = draw(st.sampled_from([None, 1, 2, 4]))
    seed = draw(st.integers(0, 2**32 - 1))
    model = Model(
        positions * DIM if positions else draw(st.integers(1, 6)),
        hidden_dims,
        draw(st.integers(1, 5)),
        activation=draw(st.sampled_from(sorted(ACTIVATIONS))),
        seed=seed,
        dtype=dtype,
        vocabulary_size=VOCABULARY if positions else None,
        embedding_dim=DIM if positions else None,
    )
    model.parameters[:] = np.random.default_rng(seed).normal(scale=0.5, size=model.parameters.size)
    return model, seed


def batch_for(model: Model, size: int, seed: int) -> tuple[NDArray[Any], NDArray[Any]]:
    generator = np.random.default_rng(seed)
    if model.embedding:
        x: NDArray[Any] = generator.integers(VOCABULARY, size=(size, model.input_dim // DIM))
    else:
        x = generator.normal(size=(size, model.input_dim)).astype(model.dtype)
    return x, generator.integers(model.output_dim, size=size)


def assert_close(actual: NDArray[Any], expected: NDArray[Any]) -> None:
    """Equal to 1e-12 of the tensor's largest number, or of 1e-3: where 1 + tanh cancels, the board is 1e-16 off."""
    size = max(float(np.abs(expected).max(initial=0)), 1e-3)
    np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=1e-12 * size)


def assert_same_numbers(model: Model, board: blackboard.Blackboard) -> None:
    """Every tensor that is kept equals the blackboard's."""
    for k, layer in enumerate(model.layers):
        assert_close(layer.weights, board.W[k])
        assert_close(layer.biases, board.b[k])
        assert_close(layer.inputs, board.a[k - 1] if k else board.x)
        assert_close(layer.pre_activations, board.z[k])
        assert_close(layer.grad_weights, board.grad_W[k])
        assert_close(layer.grad_biases, board.grad_b[k])
        assert_close(layer.grad_pre_activations, board.grad_z[k])
    for k, layer in enumerate(model.layers[:-1]):
        assert_close(layer.activations, board.a[k])
        assert_close(layer.grad_activations, board.grad_a[k])
    if model.embedding and board.table is not None:
        assert_close(model.embedding.weights, board.table)
        assert_close(model.embedding.activations, board.x)
        assert_close(model.embedding.grad_weights, board.grad_table)


@given(drawn=models(), loss=st.sampled_from(sorted(LOSSES)), sizes=st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_equals_the_blackboard_in_every_number_and_after_every_update(
    drawn: tuple[Model, int], loss: str, sizes: list[int]
) -> None:
    model, seed = drawn
    board = blackboard.copy_of(model)
    for k, size in enumerate(sizes):
        x, y = batch_for(model, size, seed + k)
        value, grad_logits = LOSSES[loss](model.forward(x), y)
        expected_value, expected_grad_logits = blackboard.LOSSES[loss](board.forward(x), y)
        assert value == pytest.approx(expected_value, rel=1e-12, abs=1e-14)
        assert_close(model.backward(grad_logits), board.backward(expected_grad_logits))
        assert_same_numbers(model, board)
        model.update(0.01)
        board.update(0.01)


def test_logits_and_input_gradient_survive_the_next_pass() -> None:
    model = Model(3, (4,), 2)
    logits = model.forward(np.ones((2, 3), "float32"))
    grad_inputs = model.backward(np.ones((2, 2), "float32"))
    kept = logits.copy(), grad_inputs.copy()
    model.forward(np.zeros((2, 3), "float32"))
    model.backward(np.zeros((2, 2), "float32"))
    np.testing.assert_array_equal(logits, kept[0])
    np.testing.assert_array_equal(grad_inputs, kept[1])


@given(drawn=models(), size=st.integers(1, 9))
def test_predict_gives_the_logits_and_keeps_nothing(drawn: tuple[Model, int], size: int) -> None:
    model, seed = drawn
    x, _ = batch_for(model, 3, seed)
    model.backward(np.ones_like(model.forward(x)))
    before = [layer.pre_activations.copy() for layer in model.layers], model.gradients.copy()
    other, _ = batch_for(model, size, seed + 1)
    predicted = model.predict(other)
    for layer, kept in zip(model.layers, before[0], strict=True):
        np.testing.assert_array_equal(layer.pre_activations, kept)
    np.testing.assert_array_equal(model.gradients, before[1])
    assert_close(predicted, model.forward(other))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("embedding", [False, True])
def test_every_number_has_the_models_dtype(dtype: str, activation: str, embedding: bool) -> None:
    sizes = {"vocabulary_size": VOCABULARY, "embedding_dim": DIM} if embedding else {}
    model = Model(2 * DIM, (4, 3), 2, activation=activation, dtype=dtype, **sizes)
    x, y = batch_for(model, 4, 0)
    grad_inputs = model.backward(LOSSES["cross_entropy"](model.forward(x), y)[1])
    model.update(0.1)
    arrays = [model.parameters, model.gradients, grad_inputs, model.predict(x)]
    arrays += [array for layer in model.layers for array in vars(layer).values() if isinstance(array, np.ndarray)]
    assert {array.dtype.name for array in arrays} == {dtype}


# Parameters


@given(drawn=models())
def test_parameters_and_gradients_are_views_into_one_vector_each(drawn: tuple[Model, int]) -> None:
    model, _ = drawn
    for vector, named in [
        (model.parameters, model.named_parameters()),
        (model.gradients, model.named_gradients()),
    ]:
        assert sum(view.size for view in named.values()) == vector.size
        vector[:] = np.arange(vector.size)
        np.testing.assert_array_equal(np.concatenate([view.ravel() for view in named.values()]), vector)
        for view in named.values():
            assert np.shares_memory(view, vector)
    shapes = {name: view.shape for name, view in model.named_parameters().items()}
    assert shapes == {name: view.shape for name, view in model.named_gradients().items()}
    names = [f"layers/{k}/{kind}" for k in range(len(model.layers)) for kind in ("weights", "biases")]
    assert list(shapes) == (["embedding/weights"] if model.embedding else []) + names


def test_the_update_is_in_place_and_moves_against_the_gradient() -> None:
    model = Model(2, (3,), 2, dtype="float64")
    weights = model.layers[0].weights
    before = model.parameters.copy()
    model.gradients[:] = np.arange(model.gradients.size)
    model.update(0.25)
    np.testing.assert_array_equal(model.parameters, before - 0.25 * model.gradients)
    assert model.layers[0].weights is weights


def test_weights_are_xavier_uniform_and_biases_zero() -> None:
    """Glorot & Bengio (2010), eq. 16: uniform within ±√(6 / (fan_in + fan_out)): variance 2 / (fan_in + fan_out)."""
    model = Model(300, (200, 100), 50, seed=7, dtype="float64")
    for layer, (fan_in, fan_out) in zip(model.layers, [(300, 200), (200, 100), (100, 50)], strict=True):
        limit = math.sqrt(6 / (fan_in + fan_out))
        assert layer.weights.shape == (fan_in, fan_out)
        assert 0.99 * limit < layer.weights.max() < limit
        assert -limit < layer.weights.min() < -0.99 * limit
        assert abs(layer.weights.mean()) < 5 * limit / math.sqrt(3 * fan_in * fan_out)  # five standard errors
        assert layer.weights.var() == pytest.approx(2 / (fan_in + fan_out), rel=0.05)
        np.testing.assert_array_equal(layer.biases, 0)


def test_weights_can_begin_standard_normal_or_at_zero() -> None:
    normal = Model(300, (200,), 50, seed=7, dtype="float64", initialization="standard_normal")
    for layer in normal.layers:
        assert abs(layer.weights.mean()) < 5 / math.sqrt(layer.weights.size)  # five standard errors
        assert layer.weights.std() == pytest.approx(1, rel=0.02)
        assert np.mean(np.abs(layer.weights) < 1) == pytest.approx(0.6827, abs=0.02)
        np.testing.assert_array_equal(layer.biases, 0)
    assert not Model(3, (2,), 2, initialization="zeros").parameters.any()
    with pytest.raises(ValueError, match="initialization must be one of xavier_uniform, standard_normal, zeros, got"):
        Model(3, (2,), 2, initialization="ones")


def test_the_seed_decides_the_weights_and_the_dtype_only_rounds_them() -> None:
    def drawn(**options: Any) -> NDArray[Any]:
        return Model(4, (5,), 3, **options).parameters

    np.testing.assert_array_equal(drawn(seed=1), drawn(seed=1))
    assert not np.array_equal(drawn(seed=1), drawn(seed=2))
    np.testing.assert_array_equal(drawn(seed=1), drawn(seed=1, dtype="float64").astype("float32"))


# Shapes


def test_no_hidden_layer_is_a_linear_model() -> None:
    model = Model(3, (), 2, dtype="float64")
    x = np.array([[1.0, 2.0, 3.0]])
    np.testing.assert_allclose(model.forward(x), x @ model.layers[0].weights, rtol=1e-15)
    np.testing.assert_allclose(model.backward(np.array([[1.0, 0.0]])), model.layers[0].weights[:, :1].T, rtol=1e-15)


def test_thirty_two_hidden_layers_work() -> None:
    model = Model(2, (3,) * 32, 2, activation="identity", dtype="float64")
    board = blackboard.copy_of(model)
    x = np.array([[1.0, -1.0]])
    assert_close(model.forward(x), board.forward(x))
    assert_close(model.backward(np.ones((1, 2))), board.backward(np.ones((1, 2))))


def test_batch_sizes_may_change_all_the_time() -> None:
    model = Model(3, (4, 4), 2, dtype="float64")
    for size in [4, 1, 4, 7, 2, 9, 4, 5, 1, 11, 4]:
        x, y = batch_for(model, size, size)
        value, grad = LOSSES["mse"](model.forward(x), y)
        model.backward(grad)
        board = blackboard.copy_of(model)
        assert value == pytest.approx(blackboard.LOSSES["mse"](board.forward(x), y)[0], rel=1e-12)
        board.backward(grad)
        assert_same_numbers(model, board)


def test_an_embedding_is_a_product_with_one_hot_vectors() -> None:
    """And so each time that a token occurs adds to its row of the gradient."""
    model = Model(3 * DIM, (4,), 2, vocabulary_size=VOCABULARY, embedding_dim=DIM, dtype="float64")
    assert model.embedding is not None
    tokens = np.array([[1, 1, 1], [4, 1, 0]])
    grad_rows = model.backward(np.ones_like(model.forward(tokens))).reshape(-1, DIM)
    one_hot = np.eye(VOCABULARY)[tokens.ravel()]
    np.testing.assert_array_equal(model.embedding.activations.reshape(-1, DIM), one_hot @ model.embedding.weights)
    np.testing.assert_allclose(model.embedding.grad_weights, one_hot.T @ grad_rows, rtol=1e-14)
    np.testing.assert_array_equal(model.embedding.grad_weights[[2, 3]], 0)


# What it refuses


@pytest.mark.parametrize("shape", [(3,), (2, 4), (0, 3), (1, 2, 3)])
def test_refuses_inputs_of_another_shape(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"x must have shape \(batch, 3\) with a batch of 1 or more, got \("):
        Model(3, (2,), 2).forward(np.zeros(shape, "float32"))


def test_refuses_gradients_of_another_shape_or_before_forward() -> None:
    model = Model(3, (2,), 2)
    with pytest.raises(ValueError, match=r"grad_logits must have the shape of the logits"):
        model.backward(np.zeros((4, 2), "float32"))
    model.forward(np.zeros((4, 3), "float32"))
    with pytest.raises(ValueError, match=r"grad_logits must have the shape of the logits .* got \(3, 2\)"):
        model.backward(np.zeros((3, 2), "float32"))


@pytest.mark.parametrize(
    ("field", "arguments"),
    [
        ("input_dim", {"input_dim": 0}),
        ("input_dim", {"input_dim": 2.5}),
        ("input_dim", {"input_dim": True}),
        ("output_dim", {"output_dim": -1}),
        ("hidden_dims", {"hidden_dims": (3, 0)}),
        ("hidden_dims", {"hidden_dims": (math.nan,)}),
        ("hidden_dims", {"hidden_dims": "32"}),
        ("hidden_dims", {"hidden_dims": 32}),
        ("hidden_dims", {"hidden_dims": (1,) * 40}),
        ("hidden_dims", {"hidden_dims": (2048,) * 4}),
        ("activation", {"activation": "softplus"}),
        ("activation", {"activation": None}),
        ("seed", {"seed": -1}),
        ("seed", {"seed": "0"}),
        ("dtype", {"dtype": "float16"}),
        ("dtype", {"dtype": np.float32}),
        ("input_dim", {"input_dim": 7, "vocabulary_size": 4, "embedding_dim": 2}),
        ("embedding_dim", {"vocabulary_size": 4}),
        ("vocabulary_size", {"embedding_dim": 2}),
    ],
)
def test_refuses_values_out_of_range_by_the_fields_name(field: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=rf"^{field} must "):
        Model(**{"input_dim": 4, "hidden_dims": (3,), "output_dim": 2, **arguments})
