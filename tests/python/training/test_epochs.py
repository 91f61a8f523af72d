"""What is measured at the end of epochs: against a separate recomputation, and in bounded memory."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.losses import perplexity
from backprop.runs.config import RunConfig
from backprop.runs.record import from_record, to_record
from backprop.runs.run import TrainingRun
from backprop.training.epochs import EpochRow, Epochs


def row(epoch: int) -> EpochRow:
    return EpochRow(epoch, 8 * epoch, epoch / 7, math.sin(epoch), 0.5, math.cos(epoch), 0.25)


@given(st.integers(0, 400), st.sampled_from([2, 8, 64]))
def test_every_second_epoch_goes_when_there_are_too_many(epochs: int, most: int) -> None:
    kept = Epochs(most)
    for epoch in range(1, epochs + 1):
        kept.append(row(epoch))
        assert len(kept.rows) < max(most, 2) + (most == 2)
        assert kept.rows[-1] == row(epoch)
    expected = [epoch for epoch in range(1, epochs + 1) if epoch % kept.stride == 0 or epoch == epochs]
    assert kept.rows == [row(epoch) for epoch in expected]
    again = Epochs(most)
    again.restore(kept.stride, kept.columns())
    assert again.rows == kept.rows
    for epoch in range(epochs + 1, epochs + 50):
        kept.append(row(epoch))
        again.append(row(epoch))
    assert again.rows == kept.rows


def softmax(z: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


def measured(run: TrainingRun, samples: Any) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Loss of each sample and whether it is right, with the weights as they are: a forward pass by hand."""
    dataset = run.dataset
    a = dataset.inputs[samples].astype(np.float64)
    for layer in run.model.layers[:-1]:
        a = np.tanh(a @ layer.weights + layer.biases)
    z = a @ run.model.layers[-1].weights + run.model.layers[-1].biases
    y = dataset.targets[samples]
    if run.config.trainer.loss_type == "mse":
        losses = ((z - np.eye(dataset.output_dim)[y]) ** 2).mean(axis=1)
    else:
        losses = -np.log(softmax(z)[np.arange(len(y)), y])
    return losses, z.argmax(axis=1) == y


@pytest.mark.parametrize("loss_type", ["cross_entropy", "mse"])
@pytest.mark.parametrize("single", [False, True])
def test_metrics_equal_a_recomputation(loss_type: str, single: bool) -> None:
    config = {
        "model": {"hidden_dims": [9], "activation": "tanh", "dtype": "float64"},
        "trainer": {"loss_type": loss_type, "batch_size": 7, "learning_rate": 0.3},
    }
    run = TrainingRun(RunConfig.from_dict(config))
    for epoch in range(1, 6):
        losses, right = [], []
        while run.trainer.epoch < epoch:
            if single and len(losses) % 3 == 0:
                run.show("sample")
            else:
                run.show("batch")
            one = single and len(losses) % 3 == 0
            batch_losses, batch_right = measured(run, run.trainer.batch)
            if one:
                run.train("sample")
            else:
                run.train("batch")
            losses += batch_losses.tolist()
            right += batch_right.tolist()
            assert run.trainer.batch_loss == pytest.approx(batch_losses.mean(), rel=1e-12)
            assert run.trainer.batch_accuracy == batch_right.mean()
            assert run.history.recent[3, -1] == batch_right.mean()
        held_losses, held_right = measured(run, run.dataset.held_out)
        assert len(losses) == 80
        expected = (epoch, run.trainer.step, run.trainer.seconds, np.mean(losses), np.mean(right))
        assert run.epochs.rows[-1][:5] == pytest.approx(expected, rel=1e-12)
        assert run.epochs.rows[-1][5:] == pytest.approx((held_losses.mean(), held_right.mean()), rel=1e-12)
        metrics = run.measure()
        train_losses, train_right = measured(run, run.dataset.train)
        assert metrics == pytest.approx(
            (run.trainer.step, train_losses.mean(), train_right.mean(), held_losses.mean(), held_right.mean()),
            rel=1e-12,
        )
    assert [row.epoch for row in run.epochs.rows] == [1, 2, 3, 4, 5]


def test_nothing_held_out_has_no_value() -> None:
    run = TrainingRun(RunConfig.from_dict({"dataset": {"held_out": 0}}))
    run.train("epoch")
    assert np.isnan(run.epochs.rows[0].held_out_loss)
    assert np.isnan(run.epochs.rows[0].held_out_accuracy)
    assert run.measure()[3:] == (None, None)


def test_an_epoch_of_two_kinds_of_loss_has_no_mean() -> None:
    run = TrainingRun(RunConfig.from_dict())
    run.advance(12)
    run.configure(loss_type="mse")
    run.advance(12)
    losses = [row.train_loss for row in run.epochs.rows]
    assert np.isnan(losses).tolist() == [False, True, False]


@pytest.mark.slow
@given(st.lists(st.integers(1, 30), min_size=1, max_size=4))
def test_slices_and_records_make_no_difference(parts: list[int]) -> None:
    config = RunConfig.from_dict({"model": {"hidden_dims": [5]}, "trainer": {"batch_size": 9}})
    one, other = TrainingRun(config), TrainingRun(config)
    other.advance(sum(parts))
    for steps in parts:
        one.advance(steps)
        one = from_record(to_record(one))

    def kept(run: TrainingRun) -> Any:
        return run.epochs.stride, [row._replace(seconds=0.0) for row in run.epochs.rows]

    assert kept(one) == kept(other)
    assert one.trainer.to_state()["right"] == other.trainer.to_state()["right"]
    assert one.trainer.progress.epoch_accuracy == other.trainer.progress.epoch_accuracy


def test_perplexity_is_the_exponential_of_the_loss() -> None:
    assert perplexity(0.0) == 1
    assert perplexity(math.log(4)) == pytest.approx(4)
    assert perplexity(1e4) == math.inf
    assert math.isnan(perplexity(math.nan))
