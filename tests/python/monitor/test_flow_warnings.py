"""Warnings of the gradient flow: each preset raises its own, the healthy one none, and nothing flickers."""

from typing import Any

import numpy as np
import pytest

from backprop.monitor import flow_warnings
from backprop.monitor.flow import Flow
from backprop.monitor.flow_warnings import THRESHOLDS, warnings
from backprop.monitor.gradient_flow import QUANTITIES
from backprop.runs.config import RunConfig
from backprop.runs.presets import PRESETS
from backprop.runs.run import TrainingRun
from backprop.session import Session
from backprop.training.config import TrainerConfig

KINDS = {*THRESHOLDS, "diverged", "identical"}


def make(config: dict[str, Any], seed: int = 0, **trainer: Any) -> TrainingRun:
    """A run with all three seeds the same."""
    sections = {name: {**config.get(name, {}), "seed": seed} for name in ("dataset", "model", "trainer")}
    return TrainingRun(RunConfig.from_dict({**sections, "trainer": sections["trainer"] | trainer}))


def warned(run: TrainingRun) -> list[flow_warnings.FlowWarning]:
    diverged = run.stopped and run.stopped.tensor
    return warnings(run.flow, run.model, run.flow_now(), run.trainer.config, diverged=diverged)


def kinds(run: TrainingRun) -> set[str]:
    return {warning.kind for warning in warned(run)}


@pytest.mark.slow
def test_the_healthy_preset_raises_no_warning_ever(seeds: range) -> None:
    for seed in seeds:
        run = make(next(preset.config for preset in PRESETS if not preset.warnings), seed)
        for steps in [1] * 60 + [10] * 44 + [100] * 45:
            run.advance(steps)
            assert kinds(run) == set(), f"seed {seed}, step {run.trainer.step}"


@pytest.mark.parametrize("preset", [preset for preset in PRESETS if preset.warnings], ids=lambda preset: preset.name)
def test_a_preset_raises_its_warnings(preset: Any, seeds: range) -> None:
    for seed in seeds:
        run = make(preset.config, seed)
        for steps in (60, 1000):
            run.advance(steps)
            assert set(preset.warnings) <= kinds(run), f"seed {seed}, step {run.trainer.step}"


def test_presets_show_every_kind() -> None:
    assert {kind for preset in PRESETS for kind in preset.warnings} == KINDS


def test_the_call_answers_with_configs_that_can_be_made() -> None:
    session = Session()
    for preset in session.presets():
        session.create_run(name=preset["title"], config=preset["config"])
    assert [run["name"] for run in session.runs()[1:]] == [preset.title for preset in PRESETS]


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_each_points_at_a_cell_that_can_be_explained(preset: Any) -> None:
    session = Session()
    session.create_run(config=preset.config)
    session.advance(id=session.runs()[-1]["id"], steps=60)
    for warning in session.gradient_flow()["warnings"]:
        cell = session.explain_cell(tensor=warning["tensor"], row=warning["row"], col=warning["col"])["cell"]
        assert cell["tensor"].endswith("/grad_weights")
        assert warning["text"].endswith(".")
        assert len(warning["text"]) < 260


# ---- The rules, on made-up moments of a network of three layers ----


def moments(count: int = 8, **changes: list[float] | float) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Healthy moments, with some quantities set, layer by layer."""
    healthy = {"grad_norm": 1.0, "weight_norm": 5.0, "update_ratio": 1e-3, "flat": 0.1, "dead": 0.0}
    values = np.zeros((count, 3, len(QUANTITIES)))
    for name, value in {**healthy, **changes}.items():
        values[:, :, QUANTITIES.index(name)] = value
    return values


def said(
    values: np.ndarray[Any, np.dtype[np.float64]], activation: str = "tanh", optimizer: str = "sgd"
) -> list[flow_warnings.FlowWarning]:
    run = make({"model": {"activation": activation}})
    flow = Flow(run.model, run.dataset.inputs)
    flow.restore(1, values, None)
    return warnings(flow, run.model, values[-1], TrainerConfig(optimizer=optimizer))


def test_nothing_is_said_of_healthy_moments() -> None:
    assert said(moments()) == []


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"grad_norm": [0.025, 1, 1]}, "vanishing", "layer 1's gradient is 40× smaller than layer 2's"),
        ({"grad_norm": [1, 0.01, 2]}, "vanishing", "layer 2's gradient is 200× smaller than the output layer's"),
        ({"grad_norm": [1e-12, 1, 1]}, "vanishing", "over a billion times smaller"),
        ({"grad_norm": [40, 1, 1]}, "exploding", "layer 1's gradient is 40× larger than the output layer's"),
        ({"grad_norm": [36, 6, 1]}, "exploding", "layer 1's gradient is 36× larger than the output layer's"),
        ({"update_ratio": [1e-3, 0.25, 1e-3]}, "large_updates", "changes the weights of layer 2 by 25%."),
        ({"update_ratio": [1e-3, 2.5, 1e-3]}, "large_updates", "changes the weights of layer 2 by 2.5× their size."),
        ({"update_ratio": [1e-3, 1234, 1e-3]}, "large_updates", "changes the weights of layer 2 by 1,200× their size."),
        ({"update_ratio": [1e-3, 1e300, 1e-3]}, "large_updates", "layer 2 by over a billion times their size."),
        ({"update_ratio": 2e-6}, "small_updates", "by more than 2e-06 of their size"),
        ({"flat": [0.1, 0.7, 0.1]}, "saturated", "70% of the activations of layer 2"),
        (
            {"flat": [0.4, 0.1, 0], "dead": [0.5, 0.1, 0]},
            "dead",
            "50% of the units of layer 1 have a slope near zero for all of 40 samples",
        ),
    ],
    ids=str,
)
def test_each_kind_by_its_rule(changes: dict[str, Any], kind: str, words: str) -> None:
    (warning,) = said(moments(**changes))
    assert warning.kind == kind
    assert words in warning.text


@pytest.mark.parametrize(
    "changes",
    [
        {"grad_norm": [0.05, 1, 1]},  # only 20 times
        {"update_ratio": [1e-3, 1e-9, 1e-3]},  # small in one layer alone
        {"update_ratio": np.nan},  # weights of zero
        {"flat": [0.55, 0.1, 0]},
        {"dead": [0.35, 0.1, 0], "flat": [0.35, 0.1, 0]},
    ],
    ids=str,
)
def test_nothing_is_said_before_the_threshold(changes: dict[str, Any]) -> None:
    assert said(moments(**changes)) == []


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_with_adam_it_is_the_updates_that_are_compared(optimizer: str) -> None:
    """It moves layers with small gradients as far as those with large ones."""
    small, large = moments(grad_norm=[0.025, 1, 1]), moments(grad_norm=[40, 1, 1])
    slow, fast = moments(update_ratio=[1e-4, 1e-4, 4e-3]), moments(update_ratio=[4e-2, 1e-3, 1e-3])
    if optimizer != "adam":
        assert [said(values, optimizer=optimizer)[0].kind for values in (small, large)] == ["vanishing", "exploding"]
        assert [said(values, optimizer=optimizer) for values in (slow, fast)] == [[], []]
        return
    assert [said(values, optimizer=optimizer) for values in (small, large)] == [[], []]
    assert "layer 1's update is 40× smaller than the output layer's" in said(slow, optimizer=optimizer)[0].text
    assert "layer 1's update is 40× larger than the output layer's" in said(fast, optimizer=optimizer)[0].text


def test_adam_learns_in_every_layer_where_plain_descent_does_not() -> None:
    config = next(preset.config for preset in PRESETS if "vanishing" in preset.warnings)
    plain, adam = make(config), make(config, optimizer="adam", learning_rate=0.001)
    for run in (plain, adam):
        run.advance(60)
    assert "vanishing" in kinds(plain)
    assert "vanishing" not in kinds(adam)


def test_small_updates_of_a_network_that_has_learned_are_no_fault() -> None:
    values = moments(update_ratio=1e-7)
    values[1:, :, 0] /= 20  # the gradients are much smaller than at step 1
    assert said(values) == []


def test_half_of_the_slopes_of_relu_may_be_zero() -> None:
    values = moments(flat=[0.8, 0.7, 0])
    assert said(values, "relu") == []
    assert [warning.kind for warning in said(values)] == ["saturated"]


def test_one_odd_moment_says_nothing_and_three_do() -> None:
    odd, healthy = moments(1, update_ratio=0.5), moments(1)
    assert said(np.concatenate([*[healthy] * 5, odd])) == []
    assert said(np.concatenate([*[healthy] * 5, odd, odd])) == []
    assert said(np.concatenate([*[healthy] * 5, odd, odd, odd])) != []


def test_nothing_is_said_of_the_first_two_steps() -> None:
    assert said(moments(2, update_ratio=0.5)) == []
    assert said(moments(3, update_ratio=0.5)) != []


def test_between_the_two_thresholds_a_warning_stays_as_it_was() -> None:
    between = moments(8, update_ratio=0.07)
    assert said(np.concatenate([moments(), between])) == []
    assert said(np.concatenate([moments(8, update_ratio=0.2), between])) != []
    assert said(np.concatenate([moments(8, update_ratio=0.2), between, moments(8, update_ratio=0.04)])) == []


@pytest.mark.parametrize("kind", THRESHOLDS)
def test_withdrawing_takes_more_than_raising(kind: str) -> None:
    on, off = THRESHOLDS[kind]
    assert on > off > 0


def test_what_follows_from_zeros_or_infinities_is_not_said_besides() -> None:
    values = moments(grad_norm=[1e-9, 1, 1], update_ratio=0.5, flat=0.9, dead=0.9)
    values[:, :2, QUANTITIES.index("identical")] = 1
    assert [warning.kind for warning in said(values)] == ["identical"]
    values[-1, 1, 0] = np.inf
    assert [(warning.kind, warning.tensor) for warning in said(values)] == [("diverged", "layers/1/grad_weights")]


def test_a_learning_rate_that_is_lowered_withdraws_the_warning() -> None:
    run = make({}, learning_rate=2)
    run.advance(5)
    assert "large_updates" in kinds(run)
    run.configure(learning_rate=0.01)
    run.advance(40)
    assert "large_updates" not in kinds(run)
