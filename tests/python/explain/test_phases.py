"""One batch, phase by phase: each moment computes what can be computed by then, and that is what the run computed."""

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from backprop.activations import ACTIVATIONS
from backprop.explain.source import read_file
from backprop.session import Session

Tensors = dict[str, NDArray[np.float64]]

CONFIGS: dict[str, dict[str, Any]] = {
    "default": {},
    "linear": {"model": {"hidden_dims": [], "dtype": "float64"}},
    "deep": {"model": {"hidden_dims": [5, 4, 3], "activation": "tanh", "dtype": "float64"}},
    "mse": {"trainer": {"loss_type": "mse"}, "model": {"hidden_dims": [6], "activation": "silu"}},
    "embedding": {
        "dataset": {"encoding": "embedding", "embedding_dim": 3},
        "model": {"hidden_dims": [7], "activation": "sigmoid", "dtype": "float64"},
        "trainer": {"batch_size": 40},
    },
    "adam": {"trainer": {"optimizer": "adam", "learning_rate": 0.01, "weight_decay": 0.01, "clip_norm": 0.1}},
    "many classes": {"dataset": {"vocabulary": [*"abcdefghijklmnop"]}, "trainer": {"batch_size": 80}},
}


def opened(config: dict[str, Any], steps: int = 3) -> Session:
    session = Session()
    session.create_run(config=config)
    for _ in range(steps):
        session.train_batch(update=True)
    return session


def tensors(session: Session) -> Tensors:
    """All that the page has to show, by name."""
    state = session.state()
    both = [*state["forward"]["tensors"], *state["backward"]["tensors"]]
    return {tensor["name"]: tensor["data"].astype(np.float64).reshape(tensor["shape"]) for tensor in both}


def parameters(session: Session) -> Tensors:
    return {name: values for name, values in tensors(session).items() if name.endswith(("/weights", "/biases"))}


class Recomputation:
    """Each tensor from the ones before it, as one would write it on a blackboard; what is not known is a KeyError."""

    def __init__(self, known: Tensors, run: dict[str, Any], right: list[str], labels: list[str]) -> None:
        self.known = dict(known)
        self.activation = ACTIVATIONS[run["config"]["model"]["activation"]]
        self.loss_type = run["config"]["trainer"]["loss_type"]
        self.layers = len(run["shape"]) - 1
        self.targets = np.eye(len(labels))[[labels.index(target) for target in right]]

    def compute(self, name: str) -> NDArray[np.float64]:
        place, _, kind = name.rpartition("/")
        if place == "embedding":
            return self._embedding(kind)
        k = int(place.removeprefix("layers/")) if place else -1
        values: NDArray[np.float64] = getattr(self, f"_{kind}")(k)
        return values

    def _embedding(self, kind: str) -> NDArray[np.float64]:
        one_hot = self.known["inputs"]
        vocabulary = len(self.known["embedding/weights"])
        tokens = one_hot.reshape(len(one_hot), -1, vocabulary)
        if kind == "activations":
            return (tokens @ self.known["embedding/weights"]).reshape(len(one_hot), -1)
        if kind == "grad_activations":
            return self._grad_activations(-1)
        grad = self.known["embedding/grad_activations"].reshape(*tokens.shape[:2], -1)
        return np.einsum("npt,npd->td", tokens, grad)

    def _x(self, k: int) -> NDArray[np.float64]:
        if k:
            return self.known[f"layers/{k - 1}/activations"]
        return self.known["embedding/activations" if "embedding/weights" in self.known else "inputs"]

    def _pre_activations(self, k: int) -> NDArray[np.float64]:
        return self._x(k) @ self.known[f"layers/{k}/weights"] + self.known[f"layers/{k}/biases"]

    def _activations(self, k: int) -> NDArray[np.float64]:
        return self.activation.value(self.known[f"layers/{k}/pre_activations"])

    def _grad_pre_activations(self, k: int) -> NDArray[np.float64]:
        z = self.known[f"layers/{k}/pre_activations"]
        if k < self.layers - 1:
            a = self.known[f"layers/{k}/activations"]
            return self.known[f"layers/{k}/grad_activations"] * self.activation.slope(z, a)
        if self.loss_type == "mse":
            return 2 * (z - self.targets) / z.size
        exps = np.exp(z)
        return (exps / exps.sum(axis=1, keepdims=True) - self.targets) / len(z)

    def _grad_weights(self, k: int) -> NDArray[np.float64]:
        return self._x(k).T @ self.known[f"layers/{k}/grad_pre_activations"]

    def _grad_biases(self, k: int) -> NDArray[np.float64]:
        return self.known[f"layers/{k}/grad_pre_activations"].sum(axis=0)

    def _grad_activations(self, k: int) -> NDArray[np.float64]:
        return self.known[f"layers/{k + 1}/grad_pre_activations"] @ self.known[f"layers/{k + 1}/weights"].T

    def _grad_inputs(self, _: int) -> NDArray[np.float64]:
        return self._grad_activations(-1)


def moments(answer: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(phase["phase"], moment) for phase in answer["phases"] for moment in phase["moments"]]


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_each_moment_computes_what_can_be_computed_by_then(config: dict[str, Any]) -> None:
    """A separate recomputation knows parameters at first, and of all else only what earlier moments have computed."""
    session = opened(config)
    session.train_batch(update=False)
    shown, answer = tensors(session), session.phases()
    run = next(run for run in session.runs() if run["active"])
    right = [session.inspect_samples(start=int(i), count=1)[0]["target"] for i in answer["batch"]]
    blackboard = Recomputation(parameters(session), run, right, session.dataset()["output_labels"])
    for phase, moment in moments(answer):
        for name in moment["tensors"]:
            if phase == "batch":
                blackboard.known[name] = shown[name]
            elif phase != "update":
                assert name not in blackboard.known
                blackboard.known[name] = blackboard.compute(name)
                np.testing.assert_allclose(blackboard.known[name], shown[name], rtol=2e-5, atol=2e-6, err_msg=name)
    assert blackboard.known.keys() == shown.keys()
    assert answer["phases"][-1]["tensors"] == list(parameters(session))
    assert answer["changes"] is None


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_the_update_is_that_of_the_same_batch(config: dict[str, Any]) -> None:
    """Looked at first, then made: forward and backward are the same numbers, and each parameter moves by -η dL/dW."""
    session = opened(config)
    session.train_batch(update=False)
    looked, first = tensors(session), session.phases()
    session.train_batch(update=True)
    made, second = tensors(session), session.phases()
    assert first["batch"].tolist() == second["batch"].tolist()
    assert (first["step"] + 1, first["loss"], first["losses"]) == (second["step"], second["loss"], second["losses"])
    rate = next(run for run in session.runs() if run["active"])["config"]["trainer"]["learning_rate"]
    changes = {change["name"]: change for change in second["changes"]}
    assert changes.keys() == parameters(session).keys()
    for name, values in made.items():
        if name not in changes:
            np.testing.assert_array_equal(values, looked[name], err_msg=name)
            continue
        before, change = changes[name]["before"], changes[name]["change"]
        np.testing.assert_array_equal(before, looked[name].ravel(), err_msg=name)
        np.testing.assert_allclose(values.ravel(), before.astype(np.float64) + change, atol=1e-7, err_msg=name)
        if "optimizer" in config.get("trainer", {}):
            assert np.any(change != 0)
            continue
        place, _, kind = name.rpartition("/")
        gradient = made[f"{place}/grad_{kind}"].ravel()
        np.testing.assert_allclose(values.ravel(), before - rate * gradient, rtol=1e-6, atol=1e-8, err_msg=name)
        np.testing.assert_allclose(change, -rate * gradient, rtol=1e-4, atol=1e-7, err_msg=name)


def test_in_float64_a_tiny_change_keeps_its_digits() -> None:
    session = opened({"model": {"dtype": "float64"}, "trainer": {"learning_rate": 1e-9}})
    gradients = tensors(session)
    for change in session.phases()["changes"]:
        place, _, kind = change["name"].rpartition("/")
        expected = -1e-9 * gradients[f"{place}/grad_{kind}"].ravel()
        np.testing.assert_allclose(change["change"], expected, rtol=1e-4, atol=1e-15)


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_losses_of_samples_are_those_that_the_loss_is_the_mean_of(config: dict[str, Any]) -> None:
    session = opened(config)
    session.train_batch(update=False)
    shown, answer = tensors(session), session.phases()
    logits = shown[f"layers/{len(session.runs()[-1]['shape']) - 2}/pre_activations"]
    rows = answer["losses"]
    assert len(rows) == min(len(answer["batch"]), 32)
    if len(rows) == len(answer["batch"]):
        assert math.fsum(row["loss"] for row in rows) / len(rows) == pytest.approx(answer["loss"], rel=1e-5)
    exps = np.exp(logits)
    probabilities = exps / exps.sum(axis=1, keepdims=True)
    labels = session.dataset()["output_labels"]
    for n, row in enumerate(rows):
        sample = session.inspect_samples(start=int(answer["batch"][n]), count=1)[0]
        assert sample["text"].startswith(row["name"])
        assert labels[row["target"]] == sample["target"]
        indices = [score["index"] for score in row["scores"]]
        assert row["target"] in indices
        assert len(indices) == min(8, len(labels))
        left_out = set(range(len(labels))) - set(indices)
        others = [logits[n, j] for j in indices if j != row["target"]]
        assert all(logits[n, j] <= min(others) for j in left_out)
        for score in row["scores"]:
            assert score["logit"] == pytest.approx(logits[n, score["index"]], rel=1e-6)
            if score["probability"] is not None:
                assert score["probability"] == pytest.approx(probabilities[n, score["index"]], rel=1e-5)
        if row["scores"][0]["probability"] is not None:
            assert row["loss"] == pytest.approx(-math.log(probabilities[n, row["target"]]), rel=1e-4)


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_each_phase_has_its_sentence_its_formula_and_its_lines(config: dict[str, Any]) -> None:
    answer = opened(config).phases()
    assert [phase["phase"] for phase in answer["phases"]] == ["batch", "forward", "loss", "backward", "update"]
    for phase in answer["phases"]:
        of_all = [name for moment in phase["moments"] for name in moment["tensors"]]
        assert phase["tensors"] == of_all
        for part in (phase, *phase["moments"]):
            assert part["sentence"].endswith(".")
            if phase["phase"] == "batch":
                continue
            assert part["formulas"]
            assert part["code"]
            for line in part["code"]:
                assert read_file(line["file"])["text"].splitlines()[line["line"] - 1].strip() == line["text"].strip()
    files = {line["file"] for phase in answer["phases"] for line in phase["code"]}
    assert {"model.py", "losses.py"} <= files


@pytest.mark.parametrize("update", [False, True])
@pytest.mark.parametrize(
    ("trainer", "words"),
    [
        ({}, "The update moves each of 1,732 parameters a step against its gradient."),
        ({"optimizer": "momentum"}, "parameters a step against its velocity, a decaying sum of its gradients."),
        (
            {"optimizer": "adam"},
            "a step against the running mean of its gradients, divided by the root of the running mean of their",
        ),
        (
            {"weight_decay": 0.1},
            "The update shrinks each of 1,732 parameters (weight decay) and moves it a step against",
        ),
        (
            {"clip_norm": 1},
            "a step against its gradient, with all gradients scaled down if their norm is over the limit.",
        ),
    ],
    ids=str,
)
def test_the_update_is_told_as_it_is_made(trainer: dict[str, Any], words: str, update: bool) -> None:
    session = opened({"trainer": trainer})
    session.train_batch(update=update)
    assert words in session.phases()["phases"][-1]["sentence"]


def test_of_an_update_whose_optimizer_is_gone_nothing_is_made_up() -> None:
    session = opened({"trainer": {"optimizer": "adam"}})
    session.trainer_config(optimizer="momentum")
    last = session.phases()["phases"][-1]
    assert "The update changed each of 1,732 parameters; it was made by another optimizer, whose" in last["sentence"]
    assert (last["formulas"], last["code"]) == ([], [])


def test_a_run_that_has_diverged_has_phases_too() -> None:
    session = opened({"trainer": {"learning_rate": 1e3}}, 50)
    assert [len(phase["moments"]) for phase in session.phases()["phases"]] == [1, 3, 1, 3, 1]
