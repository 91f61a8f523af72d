"""Solutions inside the network: with the answers it trains as ours does, with a wrong one it does not."""

import importlib
from types import ModuleType

import numpy as np
import pytest

import backprop
from backprop.exercises.exercise import NAMES, Exercise
from backprop.exercises.installation import INSTALLATIONS, install

pytestmark = pytest.mark.native  # in the page: tests/browser/test_exercises.py
# A config in which the solution of an exercise is used; the others use the default.
CONFIGS = {
    "relu": {"model": {"activation": "relu"}},
    "sigmoid_and_tanh": {"model": {"activation": "tanh"}},
    "mean_squared_error": {"trainer": {"loss_type": "mse"}},
    "embedding": {"dataset": {"encoding": "embedding"}},
    "optimizer": {"trainer": {"optimizer": "adam"}},
}
STEPS = 300


def answers(*names: str) -> dict[str, str]:
    return {name: Exercise(NAMES.index(name) + 1).text("answer.py") for name in names}


def losses(package: ModuleType, config: dict[str, dict[str, object]], steps: int) -> list[float]:
    """The losses of a run in float64."""
    config_of = importlib.import_module(f"{package.__name__}.runs.config").RunConfig.from_dict
    run_of = importlib.import_module(f"{package.__name__}.runs.run").TrainingRun
    run = run_of(config_of({**config, "model": {**config.get("model", {}), "dtype": "float64"}}))
    return [float(run.train("batch")) for _ in range(steps)]


@pytest.mark.slow
@pytest.mark.parametrize("name", INSTALLATIONS)
def test_with_the_answer_it_trains_as_ours(name: str) -> None:
    config = CONFIGS.get(name, {})
    mine = losses(install("mine", answers(name)), config, 20)
    np.testing.assert_allclose(mine, losses(backprop, config, 20), rtol=1e-9)


@pytest.mark.parametrize("name", INSTALLATIONS)
def test_the_network_calls_each_function_of_a_solution(name: str) -> None:
    """Not one of ours with the same name, such as `losses.softmax`."""
    exercise = Exercise(NAMES.index(name) + 1)
    called = "def called(*_):\n    raise RuntimeError('called')\n"
    if name == "layer":
        solution = exercise.text("answer.py") + called + "Layer.backward = called\n"
    else:
        solution = called + "".join(f"{function} = called\n" for function in exercise.functions)
    package = install("mine", {name: solution})
    with pytest.raises(RuntimeError, match="called"):
        losses(package, CONFIGS.get(name, {}), 1)


@pytest.mark.slow
def test_all_answers_together_train_the_default_run_to_the_same_loss() -> None:
    """The end of the course: the loss at step 300 is ours within 1e-9."""
    package = install("mine", answers(*INSTALLATIONS))
    mine, ours = losses(package, {}, STEPS)[-1], losses(backprop, {}, STEPS)[-1]
    assert mine == pytest.approx(ours, rel=1e-9)


def test_a_wrong_solution_is_used_and_trains_otherwise() -> None:
    wrong = answers("bias_gradient")["bias_gradient"].replace("dz.sum(axis=0)", "dz.mean(axis=0)")
    mine = losses(install("mine", {"bias_gradient": wrong}), {}, 5)
    assert mine[0] == losses(backprop, {}, 1)[0]
    assert mine[-1] != losses(backprop, {}, 5)[-1]


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("def bias_gradient(dz):\n    return dz\n", r"bias_gradient must return an array of shape \(4,\), got"),
        ("def bias_gradient(dz):\n    return 1\n", "must return a NumPy array of numbers, got int"),
        ("def bias_gradient(dz):\n    return dz.sum(axis=0) * float('nan')\n", "numbers that are not finite"),
    ],
)
def test_a_result_that_does_not_fit_is_refused_by_name(source: str, says: str) -> None:
    package = install("mine", {"bias_gradient": source})
    with pytest.raises(ValueError, match=says):
        losses(package, {}, 1)


def test_a_solution_cannot_change_the_network_through_its_arguments() -> None:
    source = "def bias_gradient(dz):\n    result = dz.sum(axis=0)\n    dz[:] = 0\n    return result\n"
    assert losses(install("mine", {"bias_gradient": source}), {}, 5) == pytest.approx(losses(backprop, {}, 5))


def test_other_exercises_are_refused() -> None:
    with pytest.raises(ValueError, match="got gradient_check"):
        install("mine", answers("gradient_check"))
