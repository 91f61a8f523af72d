"""Optimizers: their formulas once more by hand, equality with PyTorch, and what they do in a trainer."""

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from backprop.data.dataset import SequenceDataset
from backprop.losses import LOSSES
from backprop.model import Model
from backprop.optimizers import OPTIMIZERS, SGD, Adam, Momentum
from backprop.updates import clip, clip_factor, decay, norm
from tests.python.test_torch import assert_equal, fixture
from tests.python.training.test_trainer import make

Vector = NDArray[Any]


def vectors(size: int = 50, dtype: str = "float64") -> tuple[Vector, list[Vector]]:
    """Parameters, and the gradients of five steps."""
    generator = np.random.default_rng(3)
    gradients = generator.normal(size=(5, size)) * 10.0 ** generator.integers(-6, 3, size)
    return generator.normal(size=size).astype(dtype), list(gradients.astype(dtype))


# ---- The formulas, number by number ----


def test_gradient_descent_is_what_the_model_itself_does() -> None:
    dataset = SequenceDataset(seed=0)
    model = Model(dataset.input_dim, (4,), dataset.output_dim)
    x, y = dataset.get_batch(10)
    model.backward(LOSSES["cross_entropy"](model.forward(x.astype(np.float32)), y)[1])
    parameters = model.parameters.copy()
    SGD(parameters.size).update(parameters, model.gradients, 0.3)
    model.update(0.3)
    assert parameters.tobytes() == model.parameters.tobytes()


def test_momentum_adds_up_gradients_that_fade() -> None:
    parameters, gradients = vectors()
    start, optimizer = parameters.copy(), Momentum(50, "float64", momentum=0.7)
    for gradient in gradients:
        optimizer.update(parameters, gradient, 0.1)
    sums = [sum(0.7 ** (t - s) * gradients[s] for s in range(t + 1)) for t in range(5)]
    np.testing.assert_allclose(optimizer.state["velocity"], sums[-1], rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(parameters, start - 0.1 * sum(sums), rtol=1e-12, atol=1e-12)


def test_adam_divides_the_mean_gradient_by_the_root_of_the_mean_square() -> None:
    parameters, gradients = vectors()
    start, optimizer = parameters.copy(), Adam(50, "float64", beta1=0.8, beta2=0.95, epsilon=1e-7)
    expected = start.copy()
    for gradient in gradients:
        optimizer.update(parameters, gradient, 0.1)
    for t in range(1, 6):  # each mean in closed form, from all gradients so far
        share1, share2 = (np.array([(1 - b) * b ** (t - s) for s in range(1, t + 1)]) for b in (0.8, 0.95))
        seen = np.array(gradients[:t])
        m_hat, v_hat = share1 @ seen / share1.sum(), share2 @ seen**2 / share2.sum()
        expected -= 0.1 * m_hat / (np.sqrt(v_hat) + 1e-7)
    np.testing.assert_allclose(parameters, expected, rtol=1e-12, atol=1e-12)
    assert optimizer.t == 5


def test_adams_first_step_is_the_learning_rate_whatever_the_gradient() -> None:
    parameters, (gradient, *_) = vectors()
    start = parameters.copy()
    Adam(50, "float64", beta1=0.9, beta2=0.999, epsilon=1e-16).update(parameters, gradient, 0.01)
    np.testing.assert_allclose(start - parameters, 0.01 * np.sign(gradient), rtol=1e-6)


def test_clipping_keeps_the_direction_and_bounds_the_norm() -> None:
    _, (gradient, *_) = vectors()
    length = math.sqrt(math.fsum(float(g) ** 2 for g in gradient))
    assert norm(gradient) == pytest.approx(length, rel=1e-12)
    clipped = clip(gradient, length / 3)
    np.testing.assert_allclose(clipped, gradient / 3, rtol=1e-12)
    assert clip(gradient, 2 * length).tobytes() == gradient.tobytes()
    assert clip_factor(np.zeros(3), 0.1) == 1
    huge = np.full(4, 1e30, np.float32)  # the squares are too large for float32
    assert norm(huge) == pytest.approx(2e30)


@pytest.mark.parametrize("size", [1e160, 1e200, 4e307, 1.7e308])
def test_clipping_bounds_gradients_whose_norm_or_squares_are_too_large(size: float) -> None:
    """As long as each is finite; else the update would be 0, and the run stand still without a word."""
    gradient = np.array([3, -4, 0, 4, 3, 0, 4], np.float64) / 4 * size
    for limit in (1e-6, 1.0, 1e6):
        clipped = clip(gradient, limit)
        expected = np.array([3, -4, 0, 4, 3, 0, 4]) * limit / math.sqrt(66)
        np.testing.assert_allclose(clipped, expected, rtol=1e-7)


def test_decay_shrinks_by_a_share() -> None:
    parameters, _ = vectors()
    start = parameters.copy()
    decay(parameters, 0.5, 0.02)
    np.testing.assert_allclose(parameters, start - 0.5 * 0.02 * start, rtol=1e-12)


def test_every_optimizer_is_compared() -> None:
    assert {case["optimizer"] for case in fixture("optimizers")["cases"]} == OPTIMIZERS.keys() == STEPS.keys()


@pytest.mark.parametrize(
    "case", fixture("optimizers")["cases"], ids=lambda case: f"{case['optimizer']}-{case['dtype']}"
)
def test_equal_to_pytorch_step_by_step(case: dict[str, Any]) -> None:
    dtype, kind = case["dtype"], OPTIMIZERS[case["optimizer"]]
    parameters = np.array(case["parameters"], dtype)
    optimizer = kind(len(parameters), dtype, **{name: case[name] for name in kind.SETTINGS})
    for gradient, trained, state in zip(case["gradients"], case["trained"], case["state"], strict=True):
        g = np.array(gradient, dtype)
        if case["clip_norm"] is not None:
            g = clip(g, case["clip_norm"])
        decay(parameters, case["learning_rate"], case["weight_decay"])
        optimizer.update(parameters, g, case["learning_rate"])
        assert_equal(parameters, trained, dtype)
        assert optimizer.state.keys() == state.keys()
        for name, vector in optimizer.state.items():
            assert_equal(vector, state[name], dtype)


# ---- In a trainer ----


def sgd_step(g: Vector, _: dict[str, Vector], t: int) -> Vector:
    return g


def momentum_step(g: Vector, memory: dict[str, Vector], t: int) -> Vector:
    memory["v"] = 0.9 * memory.get("v", np.zeros_like(g)) + g
    return memory["v"]


def nesterov_step(g: Vector, memory: dict[str, Vector], t: int) -> Vector:
    return g + 0.9 * momentum_step(g, memory, t)


def adam_step(g: Vector, memory: dict[str, Vector], t: int) -> Vector:
    memory["m"] = 0.9 * memory.get("m", np.zeros_like(g)) + 0.1 * g
    memory["s"] = 0.999 * memory.get("s", np.zeros_like(g)) + 0.001 * g * g
    return memory["m"] / (1 - 0.9**t) / (np.sqrt(memory["s"] / (1 - 0.999**t)) + 1e-8)


def rmsprop_step(g: Vector, memory: dict[str, Vector], t: int) -> Vector:
    memory["s"] = 0.99 * memory.get("s", np.zeros_like(g)) + 0.01 * g * g
    return g / (np.sqrt(memory["s"]) + 1e-8)


# By the gradients, a memory, and the number of the step: the multiple of the learning rate.
STEPS = {
    "sgd": sgd_step,
    "momentum": momentum_step,
    "nesterov": nesterov_step,
    "adam": adam_step,
    "rmsprop": rmsprop_step,
}
OPTIONS: list[dict[str, Any]] = [
    {"optimizer": name, "weight_decay": weight_decay, "clip_norm": clip_norm}
    for name in STEPS
    for weight_decay in (0.0, 0.1)
    for clip_norm in (None, 0.05)
]


@pytest.mark.parametrize("options", OPTIONS, ids=lambda options: "-".join(map(str, options.values())))
def test_each_step_of_a_trainer_is_the_formula(options: dict[str, Any]) -> None:
    """Recomputed in NumPy from the gradients that are on screen."""
    trainer = make(learning_rate=0.2, **options)
    theta, memory = trainer.model.parameters.copy(), dict[str, Vector]()
    for t in range(1, 8):
        trainer.train_batch()
        g = trainer.model.gradients.copy()
        if options["clip_norm"]:
            g *= min(1, options["clip_norm"] / math.sqrt(float(g @ g)))
        theta = theta - 0.2 * options["weight_decay"] * theta
        theta -= 0.2 * STEPS[options["optimizer"]](g, memory, t)
        np.testing.assert_allclose(trainer.model.parameters, theta, rtol=1e-12, atol=1e-12)
        theta = trainer.model.parameters.copy()  # so that roundings do not add up


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_each_of_them_learns(optimizer: str) -> None:
    trainer = make(optimizer=optimizer, learning_rate=0.01 if OPTIMIZERS[optimizer].ADAPTS else 0.1)
    first = trainer.evaluate()[0]
    for _ in range(30):
        trainer.train_epoch()
    assert trainer.evaluate()[0] < 0.7 * first


def test_gradients_on_screen_are_not_clipped() -> None:
    plain, clipped = make(), make(clip_norm=1e-3)
    for trainer in (plain, clipped):
        trainer.train_batch()
    assert plain.model.gradients.tobytes() == clipped.model.gradients.tobytes()
    assert norm(clipped.model.gradients) > 1e-3


def test_settings_change_on_the_way_and_the_state_stays() -> None:
    trainer = make(optimizer="momentum")
    trainer.advance(3)
    velocity = trainer.optimizer.state["velocity"].copy()
    trainer.configure(momentum=0.5, learning_rate=0.01, weight_decay=0.1, clip_norm=1.0)
    assert trainer.optimizer.state["velocity"].tobytes() == velocity.tobytes()
    trainer.advance(1)
    g = clip(trainer.model.gradients, 1.0)
    np.testing.assert_allclose(trainer.optimizer.state["velocity"], 0.5 * velocity + g, rtol=1e-5, atol=1e-8)


def test_another_optimizer_begins_anew() -> None:
    trainer = make(optimizer="adam")
    trainer.advance(5)
    trainer.configure(optimizer="momentum")
    assert trainer.optimizer.state.keys() == {"velocity"}
    assert not trainer.optimizer.state["velocity"].any()
    trainer.configure(optimizer="adam")
    assert trainer.optimizer.t == 0
    assert not any(vector.any() for vector in trainer.optimizer.state.values())
    trainer.configure(optimizer="sgd")
    assert trainer.optimizer.state == {}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_looking_changes_no_state(optimizer: str) -> None:
    trainer = make(optimizer=optimizer)
    trainer.advance(4)
    before = trainer.to_state()["optimizer_state"]
    trainer.train_batch(update=False)
    trainer.run_single(update=False, sample=3)
    trainer.train_epoch(update=False)
    after = trainer.to_state()
    assert {name: vector.tobytes() for name, vector in after["optimizer_state"].items()} == {
        name: vector.tobytes() for name, vector in before.items()
    }
    assert after["optimizer_t"] == (4 if OPTIMIZERS[optimizer].COUNTS else 0)
