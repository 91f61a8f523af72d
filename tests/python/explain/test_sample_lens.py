"""The sample lens: parts that add up to the gradient, muting that can be undone, and nothing of the run changed."""

import math
from typing import Any

import numpy as np
import pytest

from backprop.explain.sample_lens import gradients_without, part
from backprop.files.run_file import to_bytes
from backprop.losses import LOSSES
from backprop.runs.config import RunConfig
from backprop.runs.record import to_record
from backprop.runs.run import TrainingRun
from backprop.session import Session

CONFIGS: dict[str, dict[str, Any]] = {
    "default": {},
    "float64": {"model": {"hidden_dims": [6, 5], "activation": "tanh", "dtype": "float64"}},
    "linear": {"model": {"hidden_dims": []}, "trainer": {"loss_type": "mse"}},
    "embedding": {"dataset": {"encoding": "embedding", "embedding_dim": 3}, "model": {"hidden_dims": [7]}},
    "momentum": {"trainer": {"optimizer": "momentum"}},
    "adam": {
        "trainer": {
            "optimizer": "adam",
            "learning_rate": 0.01,
            "weight_decay": 0.1,
            "clip_norm": 0.05,
            "batch_size": 32,
        }
    },
}


def trained(config: dict[str, Any], update: bool) -> TrainingRun:
    run = TrainingRun(RunConfig.from_dict(config))
    run.advance(3)
    run.visit("batch", update=update)
    return run


def gradient_names(run: TrainingRun) -> list[str]:
    return [f"{name.rpartition('/')[0]}/grad_{name.rpartition('/')[2]}" for name in run.model.named_parameters()]


def opened(config: dict[str, Any], update: bool = False) -> Session:
    session = Session()
    session.create_run(config=config)
    for _ in range(3):
        session.train_batch(update=True)
    session.train_batch(update=update)
    return session


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_the_parts_add_up_to_the_gradient(config: dict[str, Any]) -> None:
    """Within what rounding can do to a sum of that many products (Higham 2002, eq. 3.5)."""
    run = trained(config, False)
    unit, batch = float(np.finfo(run.model.dtype).eps) / 2, len(run.trainer.batch)
    for name, gradient in zip(gradient_names(run), run.model.named_gradients().values(), strict=True):
        parts = np.array([part(run.model, name, n).astype(np.float64) for n in range(batch)])
        terms = batch * 8  # an embedding's part may itself be a sum
        bound = terms * unit / (1 - terms * unit) * np.abs(parts).sum(axis=0) + 1e-40
        assert np.all(np.abs(parts.sum(axis=0) - gradient) <= bound), name


def test_a_part_is_the_outer_product_of_what_went_in_and_its_delta() -> None:
    run = trained(CONFIGS["float64"], False)
    layer = run.model.layers[1]
    for n in range(len(run.trainer.batch)):
        outer = np.outer(layer.inputs[n], layer.grad_pre_activations[n])
        np.testing.assert_allclose(part(run.model, "layers/1/grad_weights", n), outer, rtol=1e-14)


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_muting_leaves_out_those_parts_and_unmuting_restores_to_the_last_bit(config: dict[str, Any]) -> None:
    run = trained(config, False)
    batch = len(run.trainer.batch)
    muted = [0, 3, batch - 1]
    rest = [n for n in range(batch) if n not in muted]
    without = gradients_without(run.model, muted)
    expected = [sum(part(run.model, name, n).astype(np.float64) for n in rest) for name in gradient_names(run)]
    flat = np.concatenate([np.ravel(values) for values in expected])
    np.testing.assert_allclose(without, flat, rtol=1e-4, atol=1e-6)
    assert gradients_without(run.model, []).tobytes() == run.model.gradients.tobytes()
    assert not np.any(gradients_without(run.model, list(range(batch))))
    session = opened(config)
    first = session.sample_lens(tensor="layers/0/grad_weights")
    assert session.sample_lens(tensor="layers/0/grad_weights", muted=[1])["left"].tobytes() != first["left"].tobytes()
    again = session.sample_lens(tensor="layers/0/grad_weights", muted=[])
    assert again["left"].tobytes() == first["left"].tobytes() == first["gradient"].tobytes()
    assert again["loss"] == first["loss"]


@pytest.mark.parametrize("update", [False, True], ids=["looked at", "trained"])
@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_the_next_loss_is_that_of_the_update_itself(config: dict[str, Any], update: bool) -> None:
    """Before the update it is foretold, after it still told: what the batch's loss is with the parameters it made."""
    session = opened(config, update)
    told = session.sample_lens(tensor="layers/0/grad_weights", muted=[2])["loss"]
    if not update:
        session.train_batch(update=True)
    assert session.sample_lens(tensor="layers/0/grad_weights", muted=[2])["loss"] == told
    run = session._runs.active
    x, y = run.trainer.samples.x[run.trainer.batch], run.dataset.targets[run.trainer.batch]
    loss, _ = LOSSES[run.config.trainer.loss_type](run.model.predict(x), y)
    assert told["whole"] == loss
    assert told["now"] == pytest.approx(run.trainer.batch_loss, rel=1e-6)
    assert told["left"] not in {told["whole"], told["now"]}
    of_all = session.sample_lens(tensor="layers/0/grad_weights", muted=[2])["training_loss"]
    assert of_all["whole"] == run.trainer.evaluate()[0]
    assert len(set(of_all.values())) == 3


def test_muting_equals_training_without_the_muted_samples() -> None:
    """Plain descent along the gradient of the rest, by hand; the divisor stays that of the whole batch."""
    run = trained({"model": {"hidden_dims": [6], "dtype": "float64"}}, False)
    muted, trainer = [1, 4], run.trainer
    kept = [n for n in range(len(trainer.batch)) if n not in muted]
    without = gradients_without(run.model, muted)
    x, y = trainer.samples.x[trainer.batch[kept]], run.dataset.targets[trainer.batch[kept]]
    _, grad = LOSSES["cross_entropy"](run.model.forward(x), y)
    run.model.backward(grad * len(kept) / len(trainer.batch))
    np.testing.assert_allclose(without, run.model.gradients, rtol=1e-12, atol=1e-16)


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
@pytest.mark.parametrize("update", [False, True], ids=["looked at", "trained"])
def test_nothing_of_the_run_changes(config: dict[str, Any], update: bool) -> None:
    """Parameters, optimizer, history, generator: the whole record, and all numbers on screen, to the last bit."""
    session = opened(config, update)

    def everything() -> tuple[bytes, list[bytes]]:
        run = session._runs.active
        state = session.state()
        tensors = [*state["forward"]["tensors"], *state["backward"]["tensors"]]
        return to_bytes(to_record(run)), [tensor["data"].tobytes() for tensor in tensors]

    before = everything()
    for muted in ([], [0, 2], list(range(10))):
        for tensor in gradient_names(session._runs.active):
            session.sample_lens(tensor=tensor, muted=muted)
    assert everything() == before


def test_a_page_of_parts() -> None:
    session = opened({"trainer": {"batch_size": 32}})
    answer = session.sample_lens(tensor="layers/2/grad_weights", start=30, count=5)
    assert (answer["batch"], answer["start"], len(answer["names"])) == (32, 30, 2)
    assert answer["shape"] == [32, 4]
    assert answer["parts"].shape == (2 * math.prod(answer["shape"]),)
    batch = session.state()["batch"]
    for name, index in zip(answer["names"], batch[30:], strict=True):
        assert session.inspect_samples(start=int(index), count=1)[0]["text"].startswith(name)


def test_of_large_matrices_there_are_fewer_parts_at_once() -> None:
    session = opened({"model": {"hidden_dims": [512, 512]}})
    assert len(session.sample_lens(tensor="layers/1/grad_weights", count=12)["names"]) == 3


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"tensor": "layers/0/weights"}, "tensor must be the gradient of weights or biases"),
        ({"tensor": "layers/0/grad_activations"}, "tensor must be the gradient of weights or biases"),
        ({"tensor": None}, "tensor must be the gradient of weights or biases"),
        ({"muted": [10]}, "muted must be between 0 and 9"),
        ({"muted": "all"}, "muted must be a list"),
        ({"start": 10}, "start must be between 0 and 9"),
        ({"count": 0}, "count must be between 1"),
    ],
)
def test_what_is_not_there_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        opened({}).sample_lens(**{"tensor": "layers/0/grad_weights", **given})


def test_a_run_that_has_diverged_is_taken_apart_without_a_warning(recwarn: pytest.WarningsRecorder) -> None:
    session = Session()
    trainer = {"loss_type": "mse", "learning_rate": 100.0}
    session.create_run(config={"model": {"activation": "identity"}, "trainer": trainer})
    state = session.advance(id=session.runs()[-1]["id"], steps=30)
    assert state["stopped"]["reason"] == "diverged"
    session.sample_lens(tensor="layers/0/grad_weights", muted=[0])
    assert not recwarn.list
