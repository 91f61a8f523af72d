"""Why this number, after an update: parameters and what the optimizer remembers, for every optimizer there is."""

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop.explain.cell import explain
from backprop.explain.explanation import Explanation, describe
from backprop.optimizers import OPTIMIZERS
from backprop.runs.config import RunConfig
from backprop.runs.run import TrainingRun
from backprop.session import Session
from backprop.tensors import shapes
from backprop.training.config import OF_OPTIMIZERS
from backprop.training.saved_pass import save_pass
from backprop.updates import norm
from tests.python.explain.test_cell import check_math, check_rounding


def trained(
    trainer: dict[str, Any] | None = None, *, steps: int = 3, dtype: str = "float64", **dataset: Any
) -> TrainingRun:
    data = {"num_samples": 12, "vocabulary": ["a", "b", "c"], "sequence_length": 3, "embedding_dim": 2, **dataset}
    model = {"hidden_dims": [4, 3], "dtype": dtype}
    run = TrainingRun(
        RunConfig.from_dict({"dataset": data, "model": model, "trainer": {"batch_size": 4, **(trainer or {})}})
    )
    run.advance(steps)
    return run


def why_of(run: TrainingRun, tensor: str, row: int, col: int) -> Explanation:
    return explain(run.last_pass(), tensor, row, col)


@st.composite
def runs(draw: Callable[..., Any]) -> TrainingRun:
    """A run after some updates, made by any optimizer with any options; its settings may have changed on the way."""

    def settings_drawn() -> dict[str, Any]:
        own = {"epsilon": st.sampled_from([1e-8, 1e-3])}  # all others are fractions that are kept
        return {
            **{name: draw(own.get(name, st.sampled_from([0.0, 0.5, 0.9, 0.999]))) for name in sorted(OF_OPTIMIZERS)},
            "learning_rate": draw(st.sampled_from([1e-3, 0.1, 1.0])),
            "weight_decay": draw(st.sampled_from([0.0, 0.01, 1.0])),
            "clip_norm": draw(st.sampled_from([None, 1e-3, 0.1, 1e6])),
        }

    optimizer, encoding = draw(st.sampled_from(sorted(OPTIMIZERS))), draw(st.sampled_from(["one_hot", "embedding"]))
    run = trained(
        {"optimizer": optimizer, **settings_drawn()},
        steps=draw(st.integers(1, 8)),
        dtype=draw(st.sampled_from(["float32", "float64"])),
        encoding=encoding,
        seed=draw(st.integers(0, 2**32 - 1)),
    )
    if draw(st.booleans()):
        run.configure(**settings_drawn())
        run.advance(draw(st.integers(1, 3)))
    if draw(st.booleans()):
        run.configure(**settings_drawn())  # what is on screen was made by the settings before
    return run


@pytest.mark.slow
def test_random_cells_after_random_updates_are_the_sum_of_their_terms() -> None:
    explained, kinds = 0, set()

    @given(runs(), st.randoms(use_true_random=False))
    def explain_one_cell_of_each_tensor(run: TrainingRun, random: Any) -> None:
        nonlocal explained
        for name, shape in shapes(run.model, run.trainer.optimizer.state).items():
            rows, cols = (1, *shape)[-2:]
            why = why_of(run, name, random.randrange(rows), random.randrange(cols))
            products = [term["product"] for term in why["terms"]]
            assert why["sum"] == math.fsum(products)
            check_rounding(why, run.model.dtype, math.fsum(map(abs, products)))
            for term in why["terms"]:
                assert term["product"] == math.prod(factor["value"] for factor in term["factors"])
            check_math(why["formula"]["math"])
            assert json.loads(json.dumps(why)) == why
            kinds.add(why["kind"])
            explained += 1

    explain_one_cell_of_each_tensor()
    assert explained >= 8 * settings().max_examples
    assert {"update", "optimizer state"} <= kinds


def factors(why: Explanation, label: str) -> dict[str, float]:
    term = next(term for term in why["terms"] if term["label"] == label)
    return {factor["symbol"]: factor["value"] for factor in term["factors"]}


def cells(why: Explanation) -> dict[str, str]:
    return {
        factor["symbol"]: factor["cell"]["tensor"]
        for term in why["terms"]
        for factor in term["factors"]
        if factor["cell"]
    }


def test_with_momentum_a_weight_leads_to_its_velocity_and_that_to_the_gradient() -> None:
    run = trained({"optimizer": "momentum", "momentum": 0.8, "learning_rate": 0.1})
    last = save_pass(run.trainer, run.updated)
    why = why_of(run, "layers/1/weights", 2, 1)
    assert (why["kind"], why["stale"]) == ("update", False)
    assert why["formula"]["text"] == "W_ij = W_ij^before − η · v_ij"
    assert cells(why) == {"v": "layers/1/velocity_weights"}
    velocity = why_of(run, "layers/1/velocity_weights", 2, 1)
    assert (velocity["kind"], velocity["stale"]) == ("optimizer state", False)
    assert velocity["formula"]["text"] == "v_ij = μ · v_ij^before + ∂L/∂W_ij"
    assert cells(velocity) == {"∂L/∂W": "layers/1/grad_weights"}
    offset = run.model.layers[0].weights.size + run.model.layers[0].biases.size + 2 * 3 + 1
    assert factors(velocity, "before") == {"μ": 0.8, "v before": last["optimizer_state"]["velocity"][offset]}
    assert why["cell"]["value"] == run.model.layers[1].weights[2, 1]
    assert [line["text"] for line in velocity["code"]] == ["v *= self.momentum", "v += gradients"]
    assert velocity["code"][0]["file"] == "optimizers.py"
    assert "μ" in describe(velocity)


def test_with_nesterov_momentum_a_weight_leads_to_the_gradient_and_the_velocity() -> None:
    why = why_of(trained({"optimizer": "nesterov", "momentum": 0.8, "clip_norm": 1e-3}), "layers/1/weights", 2, 1)
    assert why["formula"]["text"] == "W_ij = W_ij^before − η · (s · ∂L/∂W_ij + μ · v_ij)"
    assert cells(why) == {"∂L/∂W": "layers/1/grad_weights", "v": "layers/1/velocity_weights"}
    assert factors(why, "the velocity")["μ"] == 0.8


def test_with_adam_a_weight_leads_to_both_moments_and_those_to_the_gradient() -> None:
    run = trained({"optimizer": "adam", "learning_rate": 0.01})
    why = why_of(run, "layers/0/biases", 0, 1)
    assert why["formula"]["text"] == "b_j = b_j^before − η · m̂_j/(√(v̂_j) + ε)"
    assert cells(why) == {"m̂": "layers/0/first_moment_biases", "1/(√v̂+ε)": "layers/0/second_moment_biases"}
    assert "t = 3" in why["sentence"]
    update = next(term for term in why["terms"] if term["label"] == "the update")
    place = run.model.layers[0].weights.size + 1
    m, v = (run.trainer.optimizer.state[name][place] for name in ("first_moment", "second_moment"))
    functions = {factor["symbol"]: factor["value"] for factor in update["factors"] if factor["is_function"]}
    assert functions == {"m̂": m / (1 - 0.9**3), "1/(√v̂+ε)": 1 / (np.sqrt(v / (1 - 0.999**3)) + 1e-8)}
    assert any("self.beta1**self.t" in line["text"] for line in why["code"])
    first, second = (why_of(run, f"layers/0/{name}_biases", 0, 1) for name in ("first_moment", "second_moment"))
    assert first["formula"]["text"] == "m_j = β₁ · m_j^before + (1−β₁) · ∂L/∂b_j".replace("1−β", "1 − β")
    assert second["formula"]["text"] == "v_j = β₂ · v_j^before + (1 − β₂) · (∂L/∂b_j)^2"
    assert cells(first) == cells(second) == {"∂L/∂b": "layers/0/grad_biases"}
    gradient = run.model.layers[0].grad_biases[1]
    square = next(term for term in second["terms"] if term["label"] == "the gradient")
    assert square["product"] == pytest.approx(0.001 * gradient**2, rel=1e-12)


def test_with_rmsprop_a_weight_leads_to_its_gradient_and_its_mean_square() -> None:
    run = trained({"optimizer": "rmsprop", "learning_rate": 0.01, "alpha": 0.9})
    why = why_of(run, "layers/0/biases", 0, 1)
    assert why["formula"]["text"] == "b_j = b_j^before − η · ∂L/∂b_j/(√(v_j) + ε)"
    assert cells(why) == {"∂L/∂b": "layers/0/grad_biases", "1/(√v+ε)": "layers/0/mean_square_biases"}
    square = why_of(run, "layers/0/mean_square_biases", 0, 1)
    assert square["formula"]["text"] == "v_j = α · v_j^before + (1 − α) · (∂L/∂b_j)^2"
    assert factors(square, "before")["α"] == 0.9


def test_decay_and_clipping_are_factors_with_their_reasons() -> None:
    run = trained({"learning_rate": 0.5, "weight_decay": 0.1, "clip_norm": 1e-3})
    why = why_of(run, "layers/1/weights", 0, 0)
    length = norm(run.model.gradients)
    assert factors(why, "before")["1−ηλ"] == 1 - 0.5 * 0.1
    assert factors(why, "the update")["s"] == 1e-3 / length
    assert why["formula"]["text"] == "W_ij = (1 − ηλ) · W_ij^before − η · s · ∂L/∂W_ij"
    assert f"the norm {length:.3g}, over the limit of 0.001" in why["sentence"]
    assert {line["function"] for line in why["code"]} == {"decay", "clip", "SGD.update"}
    run = trained({"clip_norm": 1e6})
    why = why_of(run, "layers/1/weights", 0, 0)
    assert "within the limit of 1e+06" in why["sentence"]
    assert factors(why, "the update").keys() == {"−η", "∂L/∂W"}


@pytest.mark.parametrize("optimizer", ["momentum", "adam"])
def test_without_an_update_on_screen_the_state_is_as_it_was_remembered(optimizer: str) -> None:
    run = trained({"optimizer": optimizer}, steps=1)
    run.show("batch")
    for vector in OPTIMIZERS[optimizer].STATE:
        why = why_of(run, f"layers/0/{vector}_weights", 1, 1)
        assert (why["kind"], why["stale"], why["count"], why["difference"]) == ("optimizer state", False, 1, 0)
        assert {line["function"] for line in why["code"]} == {f"{optimizer.title()}.update"}
    assert why_of(run, "layers/0/weights", 1, 1)["kind"] == "parameter"


def test_after_a_change_of_the_optimizer_the_pass_explains_itself_and_the_update_is_no_longer_known() -> None:
    run = trained({"optimizer": "adam"})
    gone = "made by another optimizer, whose state is no longer kept"
    run.configure(optimizer="momentum")
    weight = why_of(run, "layers/0/weights", 0, 0)
    assert weight["kind"] == "parameter"
    assert gone in weight["sentence"]
    velocity = why_of(run, "layers/0/velocity_weights", 0, 0)
    assert (velocity["cell"]["value"], velocity["count"]) == (0, 1)
    assert "The optimizer was changed, and no update has changed this number yet." in velocity["sentence"]
    old = why_of(run, "layers/0/pre_activations", 0, 0)
    assert abs(old["difference"]) <= old["bound"]
    with pytest.raises(ValueError, match=r"^tensor must be one of"):
        why_of(run, "layers/0/first_moment_weights", 0, 0)
    run.configure(optimizer="adam")  # begins anew: not the state that made the update
    assert gone in why_of(run, "layers/0/weights", 0, 0)["sentence"]
    run.advance(1)
    assert why_of(run, "layers/0/weights", 0, 0)["kind"] == "update"
    run.show("batch")
    run.configure(optimizer="sgd")
    assert gone not in why_of(run, "layers/0/weights", 0, 0)["sentence"]  # no update belongs to this pass


@pytest.mark.parametrize("optimizer", ["momentum", "adam"])
def test_what_an_optimizer_remembers_that_follows_plain_descent_has_no_update_yet(optimizer: str) -> None:
    """Plain descent remembers nothing, so its last update is still explained, but not as the new optimizer's."""
    run = trained()
    run.configure(optimizer=optimizer)
    assert why_of(run, "layers/0/weights", 0, 0)["kind"] == "update"
    for vector in OPTIMIZERS[optimizer].STATE:
        why = why_of(run, f"layers/0/{vector}_weights", 1, 1)
        assert (why["cell"]["value"], why["sum"], why["difference"], why["stale"]) == (0, 0, 0, False)
        assert "no update has changed this number yet" in why["sentence"]


@pytest.mark.parametrize("optimizer", ["momentum", "adam"])
def test_the_partner_of_what_is_remembered_is_its_parameter(optimizer: str) -> None:
    run = trained({"optimizer": optimizer}, encoding="embedding")
    for vector in OPTIMIZERS[optimizer].STATE:
        for name, values in run.model.named_parameters().items():
            place, _, quantity = name.rpartition("/")
            row, col = (size - 1 for size in (1, *values.shape)[-2:])
            partner = why_of(run, f"{place}/{vector}_{quantity}", row, col)["partner"]
            assert partner == {"tensor": name, "row": row, "col": col, "value": np.atleast_2d(values)[row, col]}
            assert why_of(run, name, row, col)["partner"] == {
                "tensor": f"{place}/grad_{quantity}",
                "row": row,
                "col": col,
                "value": np.atleast_2d(run.model.named_gradients()[name])[row, col],
            }


def test_the_session_explains_an_update_by_the_settings_that_made_it() -> None:
    session = Session()
    session.trainer_config(optimizer="momentum", momentum=0.5)
    session.train_batch()
    session.train_batch()
    before = session.explain_cell(tensor="layers/1/velocity_weights", row=3, col=7)
    session.trainer_config(momentum=0.9, learning_rate=0.3, clip_norm=0.01)
    after = session.explain_cell(tensor="layers/1/velocity_weights", row=3, col=7)
    assert before == after
    assert factors(after, "before")["μ"] == 0.5
    assert np.isfinite(after["sum"])


@pytest.mark.parametrize(
    ("trainer", "words"),
    [
        ({}, "The next one moves it a step against its gradient."),
        ({"optimizer": "momentum"}, "moves it a step against its velocity, a decaying sum of its gradients"),
        ({"optimizer": "adam"}, "moves it a step against the running mean of its gradients, divided by the root of"),
        ({"weight_decay": 0.1}, "The next one shrinks it (weight decay) and moves it a step against its gradient."),
    ],
    ids=str,
)
def test_of_a_pass_without_an_update_no_line_is_quoted_that_did_not_run(trainer: dict[str, Any], words: str) -> None:
    session = Session()
    session.create_run(config={"trainer": trainer})
    session.train_batch()
    session.train_batch(update=False)
    for tensor, function in (("weights", "Model._draw_parameters"), ("biases", "allocate_parameters")):
        why = session.explain_cell(tensor=f"layers/0/{tensor}", row=0, col=0)
        assert {line["function"] for line in why["code"]} == {function}
        assert words in why["sentence"]
