"""The exercises: each answer is right, each stub is not, and each known slip fails with its own sentence."""

import numpy as np
import pytest

from backprop.exercises.case import EDGE, FORWARD, GRADIENT, STAGES, numeric_gradient
from backprop.exercises.exercise import RUNGS, Exercise, body_lines, exercises
from backprop.exercises.network.check import NETWORKS
from backprop.exercises.network.check import cases as network_cases
from backprop.exercises.runner import check_solution
from backprop.exercises.verdict import CLOSE
from backprop.learner.code import LearnerCode
from backprop.losses import cross_entropy
from backprop.model import Model

pytestmark = pytest.mark.native  # in the page: tests/browser/test_exercises.py

COURSE = exercises()
SLIPS = [(exercise, slip.name) for exercise in COURSE for slip in exercise.slips]


def slipped(exercise: Exercise, name: str) -> str:
    """The answer with one of its functions replaced by a slip."""
    slip = next(slip for slip in exercise.slips if slip.name == name)
    return f"{exercise.text('slips.py')}\n{exercise.text('answer.py')}\n{slip.function} = {slip.name}\n"


@pytest.mark.parametrize("exercise", COURSE, ids=lambda exercise: exercise.name)
def test_the_answer_is_right_and_the_stub_is_not(exercise: Exercise) -> None:
    report = check_solution(exercise, exercise.text("answer.py"))
    assert report["solved"], report
    report = check_solution(exercise, exercise.text("stub.py"))
    assert (report["solved"], report["stage"], report["slip"]) == (False, report["stage"], None)
    assert report["stage"] in {"result", "exception"}


@pytest.mark.parametrize(("exercise", "name"), SLIPS, ids=lambda value: getattr(value, "name", value))
def test_each_slip_fails_with_its_own_sentence(exercise: Exercise, name: str) -> None:
    slip = next(slip for slip in exercise.slips if slip.name == name)
    report = check_solution(exercise, slipped(exercise, name))
    assert not report["solved"]
    assert report["slip"] == slip.message
    assert slip.message.startswith("Yours ")
    assert slip.message.endswith((".", "?"))


@pytest.mark.parametrize("exercise", COURSE, ids=lambda exercise: exercise.name)
def test_each_exercise_is_whole(exercise: Exercise) -> None:
    assert exercise.statement
    assert len(exercise.prediction.options) == 3
    assert 0 <= exercise.prediction.right < 3
    assert exercise.prediction.why.endswith(".")
    assert "- [" not in exercise.prediction.question + exercise.prediction.why
    assert tuple(exercise.hints) == RUNGS
    assert all(exercise.hints.values())
    order = [STAGES.index(case.kind) for case in exercise.cases if case.function == exercise.functions[0]]
    assert order == sorted(order)
    assert {case.kind for case in exercise.cases} <= {FORWARD, GRADIENT, EDGE}
    # The stub has no line of the answer but its definitions.
    assert set(body_lines(exercise.text("answer.py"))) - set(body_lines(exercise.text("stub.py")))


def test_a_close_result_does_not_pass() -> None:
    gelu = COURSE[6]
    report = check_solution(gelu, gelu.text("answer.py").replace("0.044715", "0.04472"))
    assert (report["solved"], report["stage"]) == (False, GRADIENT)
    assert [tensor["verdict"] for tensor in report["tensors"]] == [CLOSE]
    assert "close, but not equal" in report["message"]


def test_the_first_ten_wrong_numbers_are_listed_and_all_differences_are_there() -> None:
    weights = COURSE[1]
    report = check_solution(weights, slipped(weights, "mean_over_batch"))
    (tensor,) = report["tensors"]
    assert len(tensor["cells"]) == 10
    assert tensor["cells"][0]["position"] == [0, 0]
    assert tensor["cells"][0]["yours"] * 10 == pytest.approx(tensor["cells"][0]["right"])
    assert tensor["differences"].shape == (4, 3)
    assert (tensor["differences"] > 0).all()


def test_numbers_at_a_kink_are_left_out_and_either_slope_is_accepted() -> None:
    relu = COURSE[4]
    for comparison in (">", ">="):
        report = check_solution(relu, relu.text("answer.py").replace("z > 0", f"z {comparison} 0"))
        assert report["solved"], report


@pytest.mark.parametrize(
    ("body", "stage", "says", "line"),
    [
        ("return dz.sum(axis=0", "syntax", "was never closed", 2),
        ("return unknown", "exception", "NameError: name 'unknown' is not defined", 2),
        ("return None", "result", "db is None", None),
        ("pass", "result", "Does it end with `return`?", None),
        ("return [1, 2, 3]", "result", "must be a NumPy array, got list", None),
        ("return dz.sum()", "result", "must be a NumPy array, got float64", None),
        ("return dz.sum(axis=0)[None]", "result", "must have shape (3,), got (1, 3)", None),
        ("return dz.sum(axis=0).astype('f4')", "result", "must have dtype float64, got float32", None),
        ("return dz.sum(axis=0) * float('nan')", "result", "not finite, the first at [0]", None),
        ("dz *= 2; return dz.sum(axis=0)", "result", "changes its arguments", None),
        ("import random; return dz.sum(axis=0) * random.random()", "gradient", "db is wrong", None),
        ("while True: pass", "time", "Stopped after 1 s", 2),
        ("return bias_gradient(dz)", "exception", "calls itself without end", 2),
        ("raise SystemExit", "exception", "ends the program", 2),
        ("import js", "exception", "js cannot be imported here", 2),
    ],
)
def test_each_failure_is_a_sentence_with_its_line(body: str, stage: str, says: str, line: int | None) -> None:
    report = check_solution(COURSE[0], f"def bias_gradient(dz):\n    {body}\n")
    assert (report["solved"], report["stage"], report["line"]) == (False, stage, line)
    assert says in report["message"]


def test_a_result_that_differs_the_second_time_is_refused() -> None:
    source = (
        "calls = []\ndef bias_gradient(dz):\n    calls.append(1)\n    return dz.sum(axis=0) * (1 + 1e-9 * len(calls))\n"
    )
    report = check_solution(COURSE[0], source)
    assert (report["solved"], report["stage"]) == (False, "result")
    assert "another result the second time" in report["message"]


def test_a_missing_function_is_named() -> None:
    report = check_solution(COURSE[5], "def sigmoid_gradient(da, a):\n    return da * a * (1 - a)\n")
    assert report["message"] == "The file does not define tanh_gradient."


@pytest.mark.parametrize("network", [0, 1, 3], ids=str)
def test_the_gradients_asked_of_a_network_are_the_differences_of_its_loss(network: int) -> None:
    """The exercise compares with `Model.backward`, so compare that with differences here."""
    case, (widths, activation, count, _) = network_cases()[network], NETWORKS[network]
    x, layers, _, _ = case.arguments
    model = Model(widths[0], widths[1:-1], widths[-1], activation=activation, dtype="float64")
    targets = np.arange(count) * 2 % widths[-1]
    vector = np.concatenate([part.ravel() for layer in layers for part in (layer["W"], layer["b"])])

    def loss(parameters: np.ndarray) -> float:
        model.parameters[:] = parameters
        return cross_entropy(model.forward(x), targets)[0]

    gradient = numeric_gradient(loss, vector)
    mine = np.concatenate([values.ravel() for values in case.expected.values()])
    assert np.linalg.norm(gradient - mine) <= 1e-7 * np.linalg.norm(mine)


def test_code_may_import_numpy_and_the_standard_library() -> None:
    names = LearnerCode("import math\nimport numpy as np\nx = np.float64(math.pi)\n", "mine.py").names
    assert names["x"] == np.pi
