"""The gradient check: it never calls a right gradient wrong, and always a wrong one."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop import differences
from backprop.activations import ACTIVATIONS, Activation
from backprop.differences import CURVATURE, KINK, NOT_DRAWN, OVERFLOW, REASONS, RULES, rounding
from backprop.gradcheck import RESOLUTION, RIGHT, TOLERANCE, TOO_SMALL, WRONG, check_gradients, relative_error
from backprop.losses import LOSSES, cross_entropy, mse
from backprop.model import INITIALIZATIONS, Model
from tests.python.cases import Array, Case, check, make_case

# Right gradients


def random_case(seed: int) -> Case:
    """A network with 0 to 20 hidden layers; a third as it begins, the others with noise on every parameter."""
    generator = np.random.default_rng(seed)
    depth, width, batch, classes = (int(n) for n in generator.integers([0, 1, 1, 1], [21, 9, 11, 6]))
    positions, embedding = int(generator.integers(1, 5)), bool(generator.integers(2))
    model = Model(
        positions * (3 if embedding else 1),
        tuple(map(int, generator.integers(1, width + 1, depth))),
        classes,
        activation=str(generator.choice(sorted(ACTIVATIONS))),
        initialization=str(generator.choice(INITIALIZATIONS)),
        seed=seed,
        dtype="float64",
        **({"vocabulary_size": 5, "embedding_dim": 3} if embedding else {}),
    )
    model.parameters += generator.normal(0, generator.choice([0, 0.3, 1.5]), model.parameters.size)
    # Inputs as in the datasets, one-hot, or any numbers.
    hot = np.eye(positions)[generator.integers(positions, size=batch)]
    numbers = generator.normal(0, generator.choice([1, 2, 30]), (batch, positions))
    x = generator.integers(5, size=(batch, positions)) if embedding else hot if generator.integers(2) else numbers
    return Case(model, x, generator.integers(classes, size=batch), str(generator.choice(sorted(LOSSES))))


# Five networks for every two examples of other properties.
@settings(max_examples=settings.default.max_examples * 5 // 2)
@given(seed=st.integers(0, 2**32 - 1))
def test_no_right_gradient_is_called_wrong(seed: int) -> None:
    case = random_case(seed)
    parameters = case.model.parameters.copy()
    checks = check_gradients(case.model, case.x, case.targets, LOSSES[case.loss], max_cells=4)
    assert [result for result in checks if result.verdict == WRONG] == []
    np.testing.assert_array_equal(case.model.parameters, parameters)


DEEP_SIGMOID = ((16,) * 12, "sigmoid")


def fresh_case(hidden_dims: tuple[int, ...], activation: str, **options: Any) -> Case:
    """A network with its first weights and ten one-hot samples."""
    generator = np.random.default_rng(1)
    model = Model(16, hidden_dims, 4, activation=activation, dtype="float64", **options)
    x = np.eye(4)[generator.integers(4, size=(10, 4))].reshape(10, 16)
    return Case(model, x, generator.integers(4, size=10), "cross_entropy")


def test_vanishing_gradients_are_too_small_and_not_wrong() -> None:
    checks = check(fresh_case(*DEEP_SIGMOID), max_cells=16)
    assert checks["layers/12/weights"].verdict == checks["layers/11/biases"].verdict == RIGHT
    first = checks["layers/0/weights"]
    assert (first.verdict, first.too_small) == (TOO_SMALL, 16)
    assert {result.verdict for result in checks.values()} == {RIGHT, TOO_SMALL}


def test_a_zero_in_place_of_a_gradient_that_can_be_checked_is_wrong() -> None:
    """Too small is said of what rounding hides, not of every small number."""

    class Frozen(Model):
        def backward(self, grad_logits: Array) -> Array:
            grad_x = super().backward(grad_logits)
            self.layers[8].grad_weights[:] = 0
            return grad_x

    case = fresh_case(*DEEP_SIGMOID)
    case.model.__class__ = Frozen
    checks = check(case, max_cells=16)
    assert [name for name, result in checks.items() if result.verdict == WRONG] == ["layers/8/weights"]


def test_a_zero_in_place_of_a_gradient_that_differences_cannot_see_is_never_right() -> None:
    """The loss does not change by a bit where the gradient is that small, and still the network depends on it."""

    class Zeroed(Model):
        def backward(self, grad_logits: Array) -> Array:
            grad_x = super().backward(grad_logits)
            for layer in self.layers[:4]:
                layer.grad_weights[:] = 0
                layer.grad_biases[:] = 0
            return grad_x

    case = fresh_case((2,) * 20, "sigmoid")
    case.model.__class__ = Zeroed
    checks = check(case, max_cells=16)
    zeroed = [checks[f"layers/{k}/{quantity}"].verdict for k in range(4) for quantity in ("weights", "biases")]
    assert RIGHT not in zeroed


def test_what_moves_nothing_has_the_gradient_zero() -> None:
    checks = check(fresh_case((8, 6), "gelu", initialization="zeros"))
    assert {result.verdict for result in checks.values()} == {RIGHT}
    assert checks["layers/0/weights"].too_small == 0


@pytest.mark.parametrize(
    ("hidden_dims", "activation", "scale"),
    [
        ((24,) * 12, "tanh", 1.0),
        ((6,) * 16, "gelu", 1.5),
        ((4, 4), "gelu", 1e2),
        ((4, 4), "relu", 1e12),
        ((4,), "tanh", 1e-6),
    ],
)
@pytest.mark.parametrize("size", [1.0, 1e4])
def test_curved_and_huge_networks(hidden_dims: tuple[int, ...], activation: str, scale: float, size: float) -> None:
    case = fresh_case(hidden_dims, activation, initialization="standard_normal")
    case.model.parameters *= scale
    checks = check(Case(case.model, case.x * size, case.targets, case.loss), max_cells=6)
    assert WRONG not in {result.verdict for result in checks.values()}


# Kinks


def test_a_bias_at_the_kink() -> None:
    """The first unit is off for some samples, so for them all eight of the next layer stand exactly at z = 0."""
    case = fresh_case((1, 8), "relu")
    checks = check(case)
    z = case.model.layers[1].pre_activations
    assert (z == 0).all(axis=1).any()
    assert not (z == 0).all()
    assert {result.verdict for result in checks.values()} == {RIGHT}


@pytest.mark.parametrize(("at_zero", "verdict"), [(0, RIGHT), (1, RIGHT), (2, WRONG), (-1, WRONG)])
def test_at_zero_a_slope_of_0_or_1_is_accepted(at_zero: float, verdict: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def slope(z: Array, a: Array, out: Array | None = None, cache: Array | None = None) -> Array:
        result = np.where(z == 0, at_zero, z > 0) + 0.0
        return result if out is None else np.copyto(out, result) or out

    monkeypatch.setitem(ACTIVATIONS, "relu", Activation(ACTIVATIONS["relu"].value, slope))
    model = Model(2, (3,), 2, activation="relu", dtype="float64")
    x = np.array([[1.0, 1.0], [2.0, 2.0], [-1.0, 1.0]])
    model.layers[0].weights[:] = [[1, -1, 1], [-1, 1, 1]]  # the first two units: z = 0 for two samples
    checks = check(Case(model, x, np.array([0, 1, 0]), "cross_entropy"))
    assert checks["layers/0/biases"].verdict == verdict
    assert checks["layers/0/biases"].left_out == {}
    assert checks["layers/1/weights"].verdict == RIGHT


def test_cells_whose_nudge_crosses_a_kink_are_left_out_and_counted() -> None:
    model = Model(2, (3,), 2, activation="relu", dtype="float64")
    model.layers[0].biases[:] = [1e-6, -1e-6, 1]
    x = np.zeros((1, 2))
    result = check(Case(model, x, np.array([0]), "mse"))["layers/0/biases"]
    assert result.left_out == {KINK: 2}
    assert result.verdict == RIGHT
    np.testing.assert_array_equal(np.isnan(result.differences), [True, True, False])
    # Every cell: nothing was compared, so nothing is right.
    model.layers[0].biases[:] = 1e-6
    result = check(Case(model, x, np.array([0]), "mse"))["layers/0/biases"]
    assert (result.verdict, result.left_out, result.worst) == (TOO_SMALL, {KINK: 3}, None)


# The result


def test_the_result_for_a_tensor_with_one_wrong_cell() -> None:
    class OneCell(Model):
        def backward(self, grad_logits: Array) -> Array:
            grad_x = super().backward(grad_logits)
            self.layers[0].grad_weights[1, 2] += 0.5
            return grad_x

    case = make_case((4, 3))
    right = check(case)["layers/0/weights"]
    case.model.__class__ = OneCell
    wrong = check(case)["layers/0/weights"]
    assert (right.verdict, wrong.verdict) == (RIGHT, WRONG)
    assert right.relative_error <= TOLERANCE < wrong.relative_error < 1
    assert right.worst is not None
    assert wrong.worst is not None
    assert wrong.worst.position == (1, 2)
    assert wrong.worst.gradient == case.model.layers[0].grad_weights[1, 2]
    assert wrong.worst.numeric == pytest.approx(wrong.worst.gradient - 0.5)
    assert wrong.differences.shape == (3, 4)
    assert wrong.differences[1, 2] == pytest.approx(0.5)
    assert (wrong.differences > 1e-6).sum() == 1
    assert right.differences.max() == abs(right.worst.gradient - right.worst.numeric)
    assert right.left_out == wrong.left_out == {}


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_a_gradient_that_is_no_number_is_wrong(number: float) -> None:
    class NoNumber(Model):
        def backward(self, grad_logits: Array) -> Array:
            grad_x = super().backward(grad_logits)
            self.layers[1].grad_biases[0] = number
            return grad_x

    case = make_case((4, 3))
    case.model.__class__ = NoNumber
    checks = check(case)
    assert [name for name, result in checks.items() if result.verdict == WRONG] == ["layers/1/biases"]
    worst = checks["layers/1/biases"].worst
    assert worst is not None
    assert worst.position == (0,)


def test_some_cells_of_each_tensor() -> None:
    checks = check(make_case((4, 3)), max_cells=5)
    assert checks["layers/0/weights"].left_out == {NOT_DRAWN: 7}
    assert np.isfinite(checks["layers/0/weights"].differences).sum() == 5
    assert checks["layers/1/biases"].left_out == {}
    assert {result.verdict for result in checks.values()} == {RIGHT}


def test_a_cell_whose_nudge_overflows_is_left_out() -> None:
    """A loss that is finite, but not to the right of where the last bias is."""
    case = make_case((4, 3))
    bias = case.model.layers[2].biases
    start = float(bias[1])

    def loss(logits: Array, targets: Array) -> tuple[float, Array]:
        value, grad_logits = mse(logits, targets)
        return (np.inf if bias[1] > start else value), grad_logits

    checks = {result.name: result for result in check_gradients(case.model, case.x, case.targets, loss)}
    assert checks["layers/2/biases"].left_out == {OVERFLOW: 1}
    assert {result.verdict for result in checks.values()} == {RIGHT}


def test_a_cell_whose_differences_contradict_each_other_is_left_out() -> None:
    """A loss that swings faster than any step."""
    case = make_case((4, 3))
    bias = case.model.layers[2].biases
    start = float(bias[1])

    def loss(logits: Array, targets: Array) -> tuple[float, Array]:
        value, grad_logits = mse(logits, targets)
        return value + 1e-3 * float(np.sin((bias[1] - start) * 1e11)), grad_logits

    checks = {result.name: result for result in check_gradients(case.model, case.x, case.targets, loss)}
    assert checks["layers/2/biases"].left_out == {CURVATURE: 1}
    assert checks["layers/2/biases"].verdict == RIGHT


def test_relative_error_is_scale_free_and_symmetric() -> None:
    a, b = np.array([3.0, 4.0]), np.array([3.0, 4.1])
    assert relative_error(a, b) == relative_error(b, a) == pytest.approx(relative_error(1e-9 * a, 1e-9 * b))
    assert relative_error(a, -a) == 1
    assert relative_error(a, a) == relative_error(0 * a, 0 * b) == 0
    assert relative_error(1e200 * a, 1e200 * b) == pytest.approx(relative_error(a, b))
    assert np.isnan(relative_error(a, np.nan * b))


# What differences can do


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_finds_the_slope(rule: differences.Rule) -> None:
    slope = rule.slope(lambda h: float(np.exp(0.3 + h)), rule.step)
    # Its own error, and that of rounding.
    assert slope == pytest.approx(np.exp(0.3), rel=1e-10 + rule.weights * rounding(1, 1) / rule.step)


def test_the_weights_of_each_rule() -> None:
    """What `rounding` counts: the slope of a loss that is rounded as badly as can be."""
    for formula, weights in [(rule.slope, rule.weights) for rule in RULES] + [
        (differences.one_sided, differences.ONE_SIDED_WEIGHTS)
    ]:
        losses: dict[float, float] = {}
        for h in (0.0, 1.0, -1.0, 2.0, -2.0):
            one = {h: 1.0}
            losses[h] = abs(formula(lambda nudge, one=one: one.get(nudge, 0.0), 1))
        assert sum(losses.values()) == pytest.approx(weights)


def test_a_deeper_network_and_a_larger_loss_have_more_rounding() -> None:
    assert rounding(2, 1.0) < rounding(3, 1.0) == pytest.approx(rounding(1, 3.0))
    assert [step for step, finer in pairwise(rule.step for rule in RULES[1:]) if step <= finer] == []
    assert RESOLUTION > TOLERANCE


# The network stays as it is


@pytest.mark.parametrize("embedding", [False, True])
def test_the_check_looks_at_every_tensor_and_puts_everything_back(embedding: bool) -> None:
    case = make_case((4, 3), embedding=embedding)
    cross_entropy(case.model.forward(case.x), case.targets)
    kept = state(case.model)
    x = case.x.copy()
    checks = check_gradients(case.model, case.x, case.targets, LOSSES["mse"])
    expected = [*([] if embedding else ["inputs"]), *case.model.named_parameters()]
    assert [result.name for result in checks] == expected
    assert all(result.left_out.keys() <= set(REASONS) for result in checks)
    np.testing.assert_array_equal(case.x, x)
    for name, values in state(case.model).items():
        np.testing.assert_array_equal(values, kept[name], err_msg=name)


def state(model: Model) -> dict[str, Array]:
    numbers = {f"z{k}": layer.pre_activations.copy() for k, layer in enumerate(model.layers)}
    numbers |= {f"a{k}": layer.activations.copy() for k, layer in enumerate(model.layers)}
    return {"parameters": model.parameters.copy(), **numbers}


@pytest.mark.parametrize("passes", [1, 2, 3, 20])
def test_the_network_comes_back_if_the_loss_raises(passes: int) -> None:
    case, left = make_case((4, 3)), [passes]
    case.model.forward(case.x)
    kept = state(case.model)

    def loss(logits: Array, targets: Array) -> tuple[float, Array]:
        left[0] -= 1
        if not left[0]:
            raise MemoryError
        return mse(logits, targets)

    with pytest.raises(MemoryError):
        check_gradients(case.model, case.x, case.targets, loss)
    for name, values in state(case.model).items():
        np.testing.assert_array_equal(values, kept[name], err_msg=name)


def test_the_check_wants_float64() -> None:
    model = Model(3, (2,), 2)
    with pytest.raises(ValueError, match=r"^dtype must be float64 to check gradients, got float32"):
        check_gradients(model, np.zeros((1, 3)), np.array([0]), LOSSES["mse"])


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_the_check_wants_a_finite_loss(value: float) -> None:
    case = make_case((4, 3))
    case.model.layers[0].weights[0, 0] = value
    with pytest.raises(ValueError, match=r"^loss must be finite to check gradients, got (nan|inf)"):
        check_gradients(case.model, case.x, case.targets, mse)
    assert case.model.layers[0].weights[0, 0] == pytest.approx(value, nan_ok=True)
