"""Training: the order of visits, what one step is, what changes and what does not, saving and going on."""

import math
import re
from collections.abc import Callable
from itertools import chain
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.data.dataset import SequenceDataset
from backprop.losses import LOSSES
from backprop.model import Model
from backprop.optimizers import OPTIMIZERS
from backprop.runs.config import RunConfig
from backprop.runs.run import TrainingRun
from backprop.settings import settings_of
from backprop.tensors import backward_tensors
from backprop.training.config import TrainerConfig
from backprop.training.trainer import Trainer
from tests import blackboard

encodings = pytest.mark.parametrize("encoding", ["one_hot", "embedding"])
Snapshot = dict[str, Any]


def make(
    encoding: str = "one_hot", *, num_samples: int = 23, hidden_dims: tuple[int, ...] = (6,), **config: Any
) -> Trainer:
    dataset = SequenceDataset(num_samples=num_samples, num_master_sequences=3, encoding=encoding, embedding_dim=3)
    sizes = {"vocabulary_size": 4, "embedding_dim": 3} if encoding == "embedding" else {}
    model = Model(dataset.input_dim, hidden_dims, dataset.output_dim, dtype="float64", **sizes)
    return Trainer(model, dataset, TrainerConfig(**{"batch_size": 5, **config}))


def snapshot(trainer: Trainer) -> Snapshot:
    """Everything that decides how training goes on: parameters and state, without what a clock measured."""
    state = {name: value for name, value in trainer.to_state().items() if name not in CLOCK}
    return {**state, "parameters": trainer.model.parameters.copy(), "dataset": trainer.dataset.get_state()}


CLOCK = {"seconds", "epoch_ms", "epoch_began"}


def assert_same(a: Snapshot, b: Snapshot) -> None:
    """Equal to the last bit."""
    assert a.keys() == b.keys()
    for name, value in a.items():
        if isinstance(value, np.ndarray):
            assert value.dtype == b[name].dtype, name
            assert value.tobytes() == b[name].tobytes(), name
        else:
            assert value == b[name], name


def visited(trainer: Trainer, batches: int) -> list[list[int]]:
    """Indices of the samples of the next batches, training on each."""
    result = []
    for _ in range(batches):
        trainer.train_batch()
        result.append(trainer.batch.tolist())
    return result


# The order of visits


def test_an_epoch_visits_every_sample_once_and_keeps_the_short_last_batch() -> None:
    trainer = make()
    for _ in range(3):
        batches = visited(trainer, 5)
        assert [len(batch) for batch in batches] == [5, 5, 5, 5, 3]
        assert sorted(chain.from_iterable(batches)) == list(range(23))


def test_the_order_is_a_function_of_the_seed_and_new_in_each_epoch() -> None:
    first = visited(make(seed=7), 10)
    assert first == visited(make(seed=7), 10)
    assert first == visited(make("embedding", seed=7, loss_type="mse", learning_rate=0.5), 10)
    assert first != visited(make(seed=8), 10)
    assert first[:5] != first[5:]


@pytest.mark.slow
def test_every_order_is_about_equally_likely() -> None:
    """Over 3,000 epochs each of three samples comes first about 1,000 times: within five standard deviations."""
    trainer = make(num_samples=3, batch_size=1)
    firsts = [visited(trainer, 3)[0][0] for _ in range(3000)]
    assert np.abs(np.bincount(firsts, minlength=3) - 1000).max() < 5 * math.sqrt(3000 * 2 / 9)


@pytest.mark.parametrize("batch_size", [1, 4, 23])
def test_any_batch_size_up_to_all_samples(batch_size: int) -> None:
    trainer = make(batch_size=batch_size)
    count = math.ceil(23 / batch_size)
    assert trainer.steps_left_in_epoch == count
    assert sorted(chain.from_iterable(visited(trainer, count))) == list(range(23))
    assert trainer.epoch == 1


# One step


@encodings
@pytest.mark.parametrize("loss_type", LOSSES)
def test_training_equals_the_blackboard(encoding: str, loss_type: str) -> None:
    trainer = make(encoding, hidden_dims=(6, 5), loss_type=loss_type, learning_rate=0.2)
    board = blackboard.copy_of(trainer.model)
    inputs, targets = trainer.dataset.inputs, trainer.dataset.targets
    for _ in range(60):
        loss = trainer.train_batch()
        batch = trainer.batch
        expected, grad_logits = blackboard.LOSSES[loss_type](board.forward(inputs[batch]), targets[batch])
        board.backward(grad_logits)
        board.update(0.2)
        assert loss == pytest.approx(expected, rel=1e-11)
    for k, layer in enumerate(trainer.model.layers):
        np.testing.assert_allclose(layer.weights, board.W[k], rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(layer.biases, board.b[k], rtol=1e-10, atol=1e-12)
    if trainer.model.embedding:
        np.testing.assert_allclose(trainer.model.embedding.weights, board.table, rtol=1e-10, atol=1e-12)


def test_counts_steps_samples_and_epochs() -> None:
    trainer = make()
    assert (trainer.step, trainer.samples_visited, trainer.epoch, trainer.progress.loss) == (0, 0, 0, None)
    assert (trainer.epoch_loss, trainer.progress.epoch_ms, trainer.seconds) == (None, None, 0)
    trainer.advance(4)
    assert (trainer.step, trainer.samples_visited, trainer.epoch) == (4, 20, 20 / 23)
    assert trainer.progress.epoch_ms is None
    trainer.advance(1)
    assert (trainer.step, trainer.samples_visited, trainer.epoch) == (5, 23, 1)
    assert trainer.progress.epoch_ms is not None
    assert 0 < trainer.progress.epoch_ms <= 1000 * trainer.seconds


def test_the_epoch_loss_is_the_mean_over_samples() -> None:
    trainer = make()
    losses = trainer.advance(5)
    assert trainer.epoch_loss == pytest.approx((5 * losses[:4].sum() + 3 * losses[4]) / 23, rel=1e-14)
    assert trainer.progress.loss == losses[-1]


def test_single_sample_batch_and_epoch() -> None:
    trainer = make()
    first = make().train_batch(update=False)
    trainer.run_single()
    assert (trainer.step, trainer.samples_visited, len(trainer.batch)) == (1, 1, 1)
    trainer.train_batch()
    assert (trainer.step, trainer.samples_visited, len(trainer.batch)) == (2, 6, 5)
    mean = trainer.train_epoch()
    assert trainer.epoch == 1
    assert mean == trainer.epoch_loss
    trainer.train_epoch()
    assert trainer.epoch == 2
    assert trainer.epoch_loss < first


@given(slices=st.lists(st.integers(1, 12), min_size=1, max_size=6))
def test_slices_of_any_size_come_to_the_same_last_bit(slices: list[int]) -> None:
    one, many = make("embedding"), make("embedding")
    losses = one.advance(sum(slices))
    np.testing.assert_array_equal(np.concatenate([many.advance(steps) for steps in slices]), losses)
    assert_same(snapshot(one), snapshot(many))


@encodings
def test_twice_a_hundred_steps_are_two_hundred(encoding: str) -> None:
    once, twice, by_batch = make(encoding), make(encoding), make(encoding)
    once.advance(200)
    twice.advance(100)
    twice.advance(100)
    for _ in range(200):
        by_batch.train_batch()
    assert_same(snapshot(once), snapshot(twice))
    assert_same(snapshot(once), snapshot(by_batch))


def test_a_limit_of_time_stops_early_but_not_before_one_step() -> None:
    trainer, other = make(), make()
    losses = trainer.advance(1_000_000, max_seconds=1e-9)
    assert 1 <= len(losses) < 1_000_000
    assert trainer.step == len(losses)
    other.advance(len(losses))
    assert_same(snapshot(trainer), snapshot(other))


# Looking without training: update=False

LOOKS: dict[str, Callable[[Trainer], float]] = {
    "single": lambda trainer: trainer.run_single(update=False),
    "chosen sample": lambda trainer: trainer.run_single(update=False, sample=11),
    "batch": lambda trainer: trainer.train_batch(update=False),
    "epoch": lambda trainer: trainer.train_epoch(update=False),
    "evaluate": lambda trainer: trainer.evaluate()[0],
}


@encodings
@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("steps", [0, 4, 5, 12])
def test_looking_changes_nothing_at_all(encoding: str, look: str, steps: int) -> None:
    trainer, untouched = make(encoding), make(encoding)
    for each in (trainer, untouched):
        if steps:
            each.advance(steps)
    clock = trainer.seconds, trainer.progress.epoch_ms
    before = snapshot(trainer)
    LOOKS[look](trainer)
    assert_same(snapshot(trainer), before)
    assert (trainer.seconds, trainer.progress.epoch_ms) == clock
    np.testing.assert_array_equal(trainer.advance(20), untouched.advance(20))
    assert_same(snapshot(trainer), snapshot(untouched))


def test_looking_shows_what_training_would_take_next() -> None:
    trainer = make()
    trainer.advance(3)
    shown = trainer.train_batch(update=False), trainer.batch.tolist(), trainer.model.gradients.copy()
    assert trainer.batch_loss == shown[0]
    assert trainer.progress.loss != shown[0]
    assert trainer.train_batch() == shown[0]
    assert trainer.batch.tolist() == shown[1]
    np.testing.assert_array_equal(trainer.model.gradients, shown[2])


def test_an_epoch_can_be_looked_at() -> None:
    trainer = make()
    whole = trainer.train_epoch(update=False)
    assert whole == pytest.approx(trainer.evaluate()[0], rel=1e-13)
    trainer.advance(2)
    rest = trainer.dataset.targets.size - 10
    losses = trainer.train_epoch(update=False)
    seen = set(chain.from_iterable(visited(make(), 2)))
    chosen = np.array([k for k in range(23) if k not in seen])
    x = trainer.dataset.inputs[chosen].astype("float64")
    expected = blackboard.cross_entropy(blackboard.copy_of(trainer.model).forward(x), trainer.dataset.targets[chosen])
    assert len(chosen) == rest
    assert losses == pytest.approx(expected[0], rel=1e-12)


def test_a_chosen_sample_can_only_be_looked_at() -> None:
    trainer = make()
    trainer.run_single(update=False, sample=22)
    assert trainer.batch.tolist() == [22]
    with pytest.raises(ValueError, match="sample can be chosen only with update=False"):
        trainer.run_single(sample=3)
    with pytest.raises(ValueError, match=re.escape("sample must be between 0 and 22 (the samples' indices), got 23")):
        trainer.run_single(update=False, sample=23)
    assert trainer.step == 0


@encodings
def test_evaluate_measures_all_samples_and_keeps_the_batch_on_screen(encoding: str) -> None:
    trainer = make(encoding)
    trainer.advance(30)
    kept = trainer.model.layers[0].pre_activations.copy(), trainer.batch.copy()
    loss, accuracy = trainer.evaluate()
    logits = blackboard.copy_of(trainer.model).forward(trainer.dataset.inputs)
    assert loss == pytest.approx(blackboard.cross_entropy(logits, trainer.dataset.targets)[0], rel=1e-12)
    assert accuracy == np.mean(logits.argmax(axis=1) == trainer.dataset.targets)
    np.testing.assert_array_equal(trainer.model.layers[0].pre_activations, kept[0])
    np.testing.assert_array_equal(trainer.batch, kept[1])


def test_evaluate_goes_through_more_samples_than_one_pass_holds() -> None:
    trainer = make(num_samples=2500)
    loss, accuracy = trainer.evaluate()
    logits = blackboard.copy_of(trainer.model).forward(trainer.dataset.inputs)
    assert loss == pytest.approx(blackboard.cross_entropy(logits, trainer.dataset.targets)[0], rel=1e-12)
    assert accuracy == np.mean(logits.argmax(axis=1) == trainer.dataset.targets)


# Changes while a run goes on


def test_learning_rate_batch_size_and_loss_change_without_a_reset() -> None:
    trainer = make()
    trainer.advance(2)
    before = snapshot(trainer)
    assert trainer.configure(learning_rate=0.01, batch_size=9, loss_type="mse") == trainer.config
    assert trainer.config == TrainerConfig(0.01, 9, "mse", 0)
    assert_same(snapshot(trainer), before)

    rest = visited(make(batch_size=1), 23)[10:]
    parameters = trainer.model.parameters.copy()
    loss = trainer.train_batch()
    assert [[k] for k in trainer.batch.tolist()] == rest[:9]
    logits = trainer.model.layers[-1].pre_activations
    assert loss == blackboard.mse(logits, trainer.dataset.targets[trainer.batch])[0]
    np.testing.assert_array_equal(trainer.model.parameters, parameters - 0.01 * trainer.model.gradients)
    trainer.train_batch()
    assert [[k] for k in trainer.batch.tolist()] == rest[9:]
    assert trainer.epoch == 1


def test_a_change_to_the_same_values_changes_nothing() -> None:
    trainer, other = make(), make()
    trainer.advance(7)
    trainer.configure()
    trainer.configure(batch_size=5, seed=0)
    trainer.advance(7)
    other.advance(14)
    assert_same(snapshot(trainer), snapshot(other))


# Saving and going on


@encodings
@given(before=st.integers(0, 14), after=st.integers(1, 14))
def test_a_saved_run_goes_on_bit_for_bit(encoding: str, before: int, after: int) -> None:
    never_stopped, saved, restored = make(encoding), make(encoding), make(encoding)
    if before:
        never_stopped.advance(before)
        saved.advance(before)
    state, parameters = saved.to_state(), saved.model.parameters.copy()
    saved.advance(3)  # what goes on afterwards does not reach what was saved
    restored.restore(state)
    restored.model.parameters[:] = parameters
    assert restored.epoch == never_stopped.epoch
    assert restored.seconds == state["seconds"]
    np.testing.assert_array_equal(restored.advance(after), never_stopped.advance(after))
    assert_same(snapshot(restored), snapshot(never_stopped))


def test_what_was_saved_is_plain_data() -> None:
    trainer = make()
    trainer.advance(7)
    for name, value in trainer.to_state().items():
        assert isinstance(value, int | float | None | np.ndarray | dict), name
    assert all(isinstance(number, str) for number in trainer.to_state()["generator"].values())
    assert trainer.to_state()["order"].dtype == np.int32


# Divergence


def test_a_run_may_diverge_without_a_warning() -> None:
    trainer = make(learning_rate=1000.0, loss_type="mse")
    losses = trainer.advance(60)
    assert trainer.divergence
    assert trainer.step == len(losses) < 60
    assert np.isfinite(losses).all()
    assert np.isfinite(trainer.model.parameters).all()


# What it refuses


BETWEEN = "batch_size must be between 1 and 23 (the number of training samples), got "
REFUSED: list[tuple[str, Any, str]] = [
    ("batch_size", 0, BETWEEN + "0"),
    ("batch_size", -3, BETWEEN + "-3"),
    ("batch_size", 24, BETWEEN + "24"),
    ("batch_size", 2.5, "batch_size must be a whole number between 1 and 23 (the number of training samples), got 2.5"),
    ("batch_size", "5", "batch_size must be a whole number between 1 and 23 (the number of training samples), got '5'"),
    (
        "batch_size",
        "",
        "batch_size must be a whole number between 1 and 23 (the number of training samples), got nothing",
    ),
    (
        "batch_size",
        None,
        "batch_size must be a whole number between 1 and 23 (the number of training samples), got nothing",
    ),
    (
        "batch_size",
        True,
        "batch_size must be a whole number between 1 and 23 (the number of training samples), got True",
    ),
    ("batch_size", 1e99, BETWEEN + "1e+99"),
    (
        "batch_size",
        math.nan,
        "batch_size must be a whole number between 1 and 23 (the number of training samples), got nan",
    ),
    ("learning_rate", 0, "learning_rate must be a number between 1e-09 and 1,000, got 0"),
    ("learning_rate", -0.1, "learning_rate must be a number between 1e-09 and 1,000, got -0.1"),
    ("learning_rate", 1e99, "learning_rate must be a number between 1e-09 and 1,000, got 1e+99"),
    ("learning_rate", math.inf, "learning_rate must be a number between 1e-09 and 1,000, got inf"),
    ("learning_rate", math.nan, "learning_rate must be a number between 1e-09 and 1,000, got nan"),
    ("learning_rate", "fast", "learning_rate must be a number between 1e-09 and 1,000, got 'fast'"),
    ("loss_type", "hinge", "loss_type must be one of cross_entropy, mse, got 'hinge'"),
    ("loss_type", None, "loss_type must be one of cross_entropy, mse, got nothing"),
    ("seed", 1, "seed must stay 0 during a run; create a new run to change it, got 1"),
    ("optimizer", "adagrad", f"optimizer must be one of {', '.join(OPTIMIZERS)}, got 'adagrad'"),
    ("optimizer", None, f"optimizer must be one of {', '.join(OPTIMIZERS)}, got nothing"),
    ("momentum", 1, "momentum must be a number between 0 and 0.9999, got 1"),
    ("beta1", 1.0, "beta1 must be a number between 0 and 0.9999, got 1.0"),
    ("beta2", -0.1, "beta2 must be a number between 0 and 0.999999, got -0.1"),
    ("epsilon", 0, "epsilon must be a number between 1e-16 and 1, got 0"),
    ("weight_decay", math.nan, "weight_decay must be a number between 0 and 10, got nan"),
    ("clip_norm", 0, "clip_norm must be a number between 1e-06 and 1,000,000, got 0"),
    ("clip_norm", "none", "clip_norm must be a number between 1e-06 and 1,000,000, got 'none'"),
    (
        "dropout",
        0.9,
        f"dropout must be one of the trainer's settings: {', '.join(settings_of(TrainerConfig))}",
    ),
]


@pytest.mark.parametrize(("field", "value", "message"), REFUSED, ids=lambda value: str(value)[:20])
def test_a_refused_value_changes_nothing_and_says_why(field: str, value: Any, message: str) -> None:
    trainer = make()
    trainer.advance(2)
    before, config = snapshot(trainer), trainer.config
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        trainer.configure(**{"learning_rate": 0.5, field: value})
    assert trainer.config == config
    assert_same(snapshot(trainer), before)


def test_a_new_trainer_checks_its_config() -> None:
    with pytest.raises(ValueError, match=re.escape(BETWEEN + "100")):
        make(batch_size=100)
    with pytest.raises(ValueError, match=r"^seed must be "):
        make(seed=-1)


def test_model_and_dataset_must_fit() -> None:
    dataset = SequenceDataset()
    message = r"^model must have the dataset's 16 inputs and 4 outputs, got 15 and 4$"
    with pytest.raises(ValueError, match=message):
        Trainer(Model(15, (3,), 4), dataset)


@pytest.mark.parametrize("steps", [0, -1, 1.5, "10", None, 1_000_001])
def test_steps_must_be_a_count(steps: Any) -> None:
    with pytest.raises(ValueError, match=r"^steps must be "):
        make().advance(steps)


def test_float32_stays_float32() -> None:
    dataset = SequenceDataset(num_master_sequences=3)
    trainer = Trainer(Model(16, (4,), 4), dataset)
    trainer.advance(30)
    first, last = trainer.model.layers
    arrays = [trainer.model.parameters, trainer.model.gradients, first.inputs, last.grad_pre_activations]
    assert {array.dtype.name for array in arrays} == {"float32"}


def test_a_batch_that_would_not_fit_into_memory_is_refused_and_nothing_changes() -> None:
    trainer = make(num_samples=20_000, hidden_dims=(1200,))
    with pytest.raises(
        ValueError, match=r"^batch_size must keep the activations of a batch at or under 20,000,000, got"
    ):
        trainer.configure(batch_size=20_000)
    assert trainer.config.batch_size == 5


@pytest.mark.slow
def test_the_default_run_at_a_learning_rate_of_10_goes_on_as_on_the_blackboard() -> None:
    """Far out GELU is flat or straight: it ran away there, at step 9."""
    options = {"trainer": {"learning_rate": 10}, "model": {"dtype": "float64"}}
    run = TrainingRun(RunConfig.from_dict(options))
    trainer, data, board = run.trainer, run.dataset, blackboard.copy_of(run.model)
    with np.errstate(all="ignore"):  # the blackboard takes logarithms of 0
        for step in range(400):
            batch = trainer.order.peek(10)[0]
            loss, grad_logits = blackboard.cross_entropy(board.forward(data.inputs[batch]), data.targets[batch])
            board.backward(grad_logits)
            board.update(10)
            found = trainer.advance(1)
            assert len(found) == 1, trainer.divergence
            assert math.isnan(loss) or found[0] == pytest.approx(loss, rel=1e-5, abs=1e-9), step
    for layer, weights in zip(run.model.layers, board.W, strict=True):
        np.testing.assert_allclose(layer.weights, weights, rtol=1e-5)
    options["model"] = {"dtype": "float32"}
    assert len(TrainingRun(RunConfig.from_dict(options)).advance(400)) == 400


class CoarseClock:
    """A clock that shows multiples of `tick` seconds, and takes `cost` seconds of its own time from look to look."""

    def __init__(self, tick: float, cost: float) -> None:
        self.tick, self.cost, self.now = tick, cost, 0.0

    def __call__(self) -> float:
        self.now += self.cost
        return self.now // self.tick * self.tick


@pytest.mark.slow
@pytest.mark.parametrize("tick", [1e-6, 0.01667, 0.1])
def test_with_a_coarse_clock_no_epoch_takes_no_time_and_the_times_add_up(
    tick: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = CoarseClock(tick, 0.0007)
    monkeypatch.setattr("backprop.training.progress.time.perf_counter", clock)
    trainer = make()
    seen, began = [], clock.now
    for _ in range(2000):
        trainer.advance(trainer.steps_left_in_epoch, 10.0)
        seen.append(trainer.progress.epoch_ms)
    known = [ms for ms in seen if ms is not None]
    assert len(known) > 1900
    assert min(known) > 0
    passed = clock.now - began
    assert abs(trainer.seconds - passed) <= 0.2 * passed
    spent = 1000 * passed / 2000  # an epoch
    assert spent / 3 < float(np.median(known)) < 3 * spent


@pytest.mark.parametrize("tick", [1e-6, 0.01667, 0.1])
def test_a_deadline_by_a_coarse_clock_is_kept_to_one_tick(tick: float, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = CoarseClock(tick, 0.0007)
    monkeypatch.setattr("backprop.training.progress.time.perf_counter", clock)
    trainer = make()
    for _ in range(50):
        began = clock.now
        done = len(trainer.advance(1_000_000, 0.05))
        assert done > 0
        assert clock.now - began <= 0.05 + tick + 10 * clock.cost


@encodings
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_the_last_pass_is_complete_after_any_number_of_steps(encoding: str, optimizer: str) -> None:
    for steps in (1, 2, 5, 9):
        trainer = make(encoding, optimizer=optimizer)
        trainer.advance(steps)
        shown = {name: tensor.copy() for name, tensor in backward_tensors(trainer.model).items()}
        trainer.model.parameters[:] = trainer.snapshot.parameters  # those of the pass
        trainer.make_pass(trainer.samples.batch(trainer.batch))
        whole = backward_tensors(trainer.model)
        assert ("grad_inputs" in whole) == (encoding == "one_hot")
        assert {name: tensor.tobytes() for name, tensor in shown.items()} == {
            name: tensor.tobytes() for name, tensor in whole.items()
        }
