"""The plan of a sweep: every combination once, each a config that can be run, and what is refused."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.limits import LIMITS
from backprop.runs.config import DEFAULTS, RunConfig
from backprop.runs.names import check_name
from backprop.session import Session
from backprop.sweep.plan import NAMES, plan_sweep

# Values that are valid together with each other and with all defaults.
VALID: dict[str, list[Any]] = {
    "trainer.learning_rate": [0.1, 0.03, 1, 1e-9, 0.123456789012345],
    "trainer.clip_norm": [None, 1, 0.5],
    "trainer.optimizer": ["sgd", "adam"],
    "model.hidden_dims": [[], [16], [32, 32], [4] * 32, [4] * 31 + [5]],
    "model.seed": [0, 1, 4294967295],
    "dataset.vocabulary": [["a", "b"], ["a", "bc", "d"], ["ab", "c", "d"]],
    "dataset.master_sequence_length": [10, [10, 12]],
    "dataset.held_out": [0, 0.2],
    "stopping.early_stopping": [True, False],
}


def refusal(values: object, base: object = None, epochs: object = 1) -> str:
    try:
        plan_sweep(base, values, epochs)
    except ValueError as error:
        return str(error)
    pytest.fail("the sweep is not refused")


@st.composite
def sweeps(draw: st.DrawFn) -> dict[str, list[Any]]:
    """Different values of some settings, in any order, up to 200 runs."""
    chosen = draw(st.lists(st.sampled_from(sorted(VALID)), min_size=1, max_size=5, unique=True))
    lists = {name: draw(st.permutations(VALID[name])) for name in chosen}
    left, values = int(LIMITS["sweep_runs"][1]), {}
    for name, each in lists.items():
        values[name] = each[: draw(st.integers(1, min(len(each), left)))]
        left //= len(values[name])
    return values


@given(values=sweeps(), epochs=st.integers(1, 1_000_000))
def test_each_combination_is_one_run_that_can_be_created(values: dict[str, list[Any]], epochs: int) -> None:
    plan = plan_sweep(None, values, epochs)
    runs = plan["runs"]
    assert len(runs) == math.prod(map(len, values.values()))
    assert len({run["name"] for run in runs}) == len(runs)
    assert plan["steps"] == sum(run["steps"] for run in runs)
    for run in runs:
        config = RunConfig.from_dict(run["config"])
        assert config.to_dict() == run["config"]
        assert check_name(run["name"]) == run["name"]
        assert config.stopping.max_epochs == epochs
        assert (run["parameters"], run["steps"]) == (config.parameters, epochs * config.steps_per_epoch)


def test_the_last_setting_varies_fastest() -> None:
    values = {"trainer.learning_rate": [0.1, 0.03], "model.hidden_dims": [[16], [32, 32]], "model.seed": [0, 1]}
    runs = plan_sweep({"trainer": {"batch_size": 7}, "model": {"activation": "relu"}}, values, 5)["runs"]
    assert [run["name"] for run in runs[:3]] == [
        "lr 0.1, hidden 16, seed 0",
        "lr 0.1, hidden 16, seed 1",
        "lr 0.1, hidden 32-32, seed 0",
    ]
    assert runs[-1]["name"] == "lr 0.03, hidden 32-32, seed 1"
    last = runs[-1]["config"]
    assert last["trainer"] == DEFAULTS["trainer"] | {"learning_rate": 0.03, "batch_size": 7}
    assert last["model"] == DEFAULTS["model"] | {"hidden_dims": [32, 32], "seed": 1, "activation": "relu"}


def test_a_planned_run_is_the_run_that_the_page_creates() -> None:
    session = Session()
    (planned,) = session.plan_sweep(values={"dataset.held_out_by": ["position"]}, epochs=3)["runs"]
    created = session.create_run(name=planned["name"], config=planned["config"])[-1]
    session.advance(id=created["id"], steps=1000)
    summary = session.runs()[-1]
    assert (summary["name"], summary["step"]) == (planned["name"], planned["steps"])
    assert session.plan_run(config=planned["config"])["parameters"] == planned["parameters"]


def test_values_of_a_sweep_replace_those_of_its_base() -> None:
    base = {"model": {"seed": 7}, "stopping": {"max_epochs": 9}}
    (run,) = plan_sweep(base, {"model.seed": [1]}, 2)["runs"]
    assert run["config"]["model"]["seed"] == 1
    assert run["config"]["stopping"]["max_epochs"] == 2
    assert base == {"model": {"seed": 7}, "stopping": {"max_epochs": 9}}


def test_names_are_different_also_where_values_look_the_same() -> None:
    runs = plan_sweep(None, {"model.hidden_dims": [[1] * 20, [1] * 21, [1] * 22]}, 1)["runs"]
    assert [run["name"] for run in runs] == [f"hidden 1-1-1-1-1-1-1-1-1-1-1-1…{end}" for end in ("", " (2)", " (3)")]
    together = plan_sweep(None, {"dataset.vocabulary": [["ab", "c"], ["a", "bc"]]}, 1)["runs"]
    assert [run["name"] for run in together] == ["vocabulary abc", "vocabulary abc (2)"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "values must name one setting or more, such as trainer.learning_rate"),
        ([], "values must be a dict, got list"),
        ({"model.seed": []}, "model.seed must be a list of one value or more, got []"),
        ({"model.seed": 3}, "model.seed must be a list of one value or more, got 3"),
        ({"model.seed": [1, 2, 1.0]}, "model.seed must not have a value twice, got 1.0 more than once"),
        ({"model.seed": list(range(201))}, "values must give at most 200 runs, got 201"),
        (
            {"model.seed": list(range(20)), "trainer.seed": list(range(11))},
            "values must give at most 200 runs, got 220 = 20 × 11",
        ),
        ({"stopping.max_epochs": [1]}, "stopping.max_epochs cannot vary in a sweep: epochs sets it for all runs"),
        ({"trainer.lerning_rate": [1]}, "trainer.lerning_rate is not a setting: did you mean trainer.learning_rate?"),
        ({"lr": [1]}, "lr is not a setting: did you mean trainer.learning_rate?"),
        ({"momentum": [0.5]}, "momentum is not a setting: did you mean trainer.momentum?"),
        (
            {"trainer.learning_rate": [0.1, 0], "model.seed": [0]},
            "trainer.learning_rate must be a number between 1e-09 and 1,000, got 0 (run “lr 0, seed 0”)",
        ),
        (
            {"trainer.batch_size": [80, 81]},
            "trainer.batch_size must be between 1 and 80 (the number of training samples), got 81 (run “batch 81”)",
        ),
        (
            {"model.hidden_dims": [[2048, 2048]], "dataset.encoding": ["x\n"]},
            "dataset.encoding must be one of one_hot, embedding, got 'x\\n' (run “hidden 2048-2048, encoding x?”)",
        ),
    ],
)
def test_a_refusal_names_setting_value_and_run(values: object, sentence: str) -> None:
    assert refusal(values) == sentence


def test_a_run_that_needs_too_much_memory_is_refused_before_it_is_created() -> None:
    """Each of its numbers is within its own limit; 1,600 units twice with a state of Adam are too many together."""
    base = {
        "dataset": {"num_samples": 100_000, "held_out": 0, "sequence_length": 32, "num_master_sequences": None}
        | {"vocabulary": list("abcdefghijklmnop")},
        "model": {"dtype": "float64"},
        "trainer": {"batch_size": 5300, "optimizer": "adam"},
    }
    sentence = refusal({"model.hidden_dims": [[4], [1600, 1600]]}, base)
    assert sentence.startswith("dataset.num_samples must be smaller: this run would need ")
    assert sentence.endswith("(run “hidden 1600-1600”)")


@pytest.mark.parametrize("epochs", [0, 1.5, 1_000_001, None, "3"])
def test_epochs_are_a_whole_number(epochs: object) -> None:
    assert refusal({"model.seed": [1]}, epochs=epochs).startswith("epochs must be ")


@pytest.mark.parametrize(
    ("base", "beginning"),
    [
        ([], "base must be a dict, got list"),
        ({"trainer": [1]}, "trainer must be a dict, got list"),
        ({"training": {}}, "training is not an option of config: use dataset, model, trainer, stopping (run"),
        ({"trainer": {"lr": 1}}, "trainer.lr is not an option of trainer: use learning_rate, "),
    ],
)
def test_a_wrong_base_is_refused(base: object, beginning: str) -> None:
    assert refusal({"model.seed": [1]}, base).startswith(beginning)


def test_every_setting_has_a_short_name_of_its_own() -> None:
    shorts = [setting.short for setting in NAMES.values()]
    assert len(set(shorts)) == len(shorts)
    assert max(map(len, shorts)) <= 50
