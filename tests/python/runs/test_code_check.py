"""The check of the code that trains a run: right code is right at every point, wrong code is seen at one of them."""

import importlib
from pathlib import Path

import numpy as np
import pytest

from backprop.gradcheck import RIGHT, WRONG
from backprop.learner.package import load_package
from backprop.learner.patch import Patch, patched
from backprop.runs.code_check import BATCHES, CodeVerdict, check_code
from backprop.runs.config import RunConfig
from backprop.runs.run import TrainingRun

SMALL = {"model": {"hidden_dims": [6, 5]}, "dataset": {"num_samples": 30}, "trainer": {"batch_size": 5}}


def verdicts(*patches: Patch) -> dict[str, CodeVerdict]:
    """The verdicts on a run that a copy of the package with these patches has trained."""
    load_package("mine", patched(patches))
    run = importlib.import_module("mine.runs.run").TrainingRun(
        importlib.import_module("mine.runs.config").RunConfig.from_dict(SMALL)
    )
    return {each.name: each for each in importlib.import_module("mine.runs.code_check").check_code(run)}


def wrong(found: dict[str, CodeVerdict]) -> set[str]:
    return {name for name, each in found.items() if each.verdict == WRONG}


@pytest.mark.parametrize("steps", [0, 20])
def test_right_code_is_right(steps: int) -> None:
    run = TrainingRun(RunConfig.from_dict(SMALL))
    for _ in range(steps):
        run.train("batch")
    before = run.model.parameters.tobytes()
    found = check_code(run)
    assert {each.verdict for each in found} == {RIGHT}
    assert [each.name for each in found if each.name != "inputs"] == list(run.model.named_parameters())
    assert run.model.parameters.tobytes() == before
    for each in found:
        assert each.relative_error < 1e-7
        assert np.nanmax(each.differences) < 1e-8


def test_a_mean_in_place_of_a_sum_turns_the_biases_wrong_alone() -> None:
    patch = Patch("model.py", "np.add.reduce(grad_z, axis=0", "np.mean(grad_z, axis=0")
    found = verdicts(patch)
    assert wrong(found) == {f"layers/{k}/biases" for k in range(3)}
    assert found["layers/1/biases"].relative_error == pytest.approx((max(BATCHES) - 1) / (max(BATCHES) + 1))


def test_a_mistake_that_fresh_biases_hide_is_seen_burnt_in() -> None:
    """Weight decay in the gradient of the biases is 0 while they are 0."""
    line = "        np.add.reduce(grad_z, axis=0, out=self.grad_biases)"
    found = verdicts(Patch("model.py", line, f"{line}\n        self.grad_biases += 0.01 * self.biases"))
    assert wrong(found) == {f"layers/{k}/biases" for k in range(3)}
    assert np.nanmax(found["layers/0/biases"].differences) < 1e-8  # at the weights as they are


@pytest.mark.slow
def test_the_sources_that_it_checks_are_the_copys() -> None:
    verdicts(Patch("losses.py", "    exps /= batch\n", ""))
    module = importlib.import_module("mine.runs.code_check")
    assert Path(module.__file__ or "").name == "code_check.py"
    assert wrong(verdicts(Patch("losses.py", "    exps /= batch\n", ""))) >= {"layers/2/weights", "layers/0/weights"}
