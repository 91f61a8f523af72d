"""Held-out samples: how many, which, really unseen where that is asked for; and the floors of both sets."""

import math
import re
from collections import Counter, defaultdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.data.dataset import SequenceDataset
from backprop.data.split import count_held_out, hold_out_groups
from backprop.files.run_file import from_bytes, to_bytes
from backprop.runs.config import RunConfig
from backprop.runs.record import from_record, to_record
from backprop.runs.run import TrainingRun
from backprop.training.trainer import Trainer

SHARES = st.floats(0, 0.9)


def made(share: float, by: str = "sample", **options: Any) -> SequenceDataset:
    return SequenceDataset(num_master_sequences=3, held_out=share, held_out_by=by, **options)


@given(SHARES, st.integers(1, 60), st.integers(0, 2**32 - 1))
def test_the_split_parts_the_samples_and_changes_none(share: float, num_samples: int, seed: int) -> None:
    dataset, whole = made(share, num_samples=num_samples, seed=seed), made(0, num_samples=num_samples, seed=seed)
    assert np.array_equal(dataset.tokens, whole.tokens)
    assert np.array_equal(dataset.targets, whole.targets)
    assert sorted([*dataset.train, *dataset.held_out]) == list(range(num_samples))
    exact = Fraction(repr(share)) * num_samples
    at_least = min(1 if share else 0, num_samples - 1)
    assert at_least <= len(dataset.held_out) < num_samples
    assert -0.5 < len(dataset.held_out) - exact <= 0.5 or len(dataset.held_out) in {at_least, num_samples - 1}
    assert dataset.train.dtype == dataset.held_out.dtype == np.int32
    assert np.array_equal(dataset.get_batch(1)[0], dataset.inputs[dataset.train][whole_draw(dataset)])


@pytest.mark.parametrize(
    ("count", "share", "held_out"),
    [
        *((15, 0.1, 2), (25, 0.1, 3), (35, 0.1, 4), (5, 0.5, 3), (7, 0.5, 4)),  # a half is rounded up
        *((100, 0.145, 15), (1000, 0.0345, 35), (10, 0.35, 4), (50, 0.29, 15), (50, 0.57, 29)),  # of decimal numbers
        *((20, 0.01, 1), (1000, 1e-9, 1), (2, 0.1, 1), (20, 0.0, 0)),  # few are not none
        *((5, 0.9, 4), (2, 0.9, 1), (1, 0.9, 0)),  # nearly all are not all
    ],
)
def test_half_a_sample_is_one_always_few_are_not_none_and_nearly_all_are_not_all(
    count: int, share: float, held_out: int
) -> None:
    assert count_held_out(count, share) == held_out


@pytest.mark.parametrize(("name", "train", "share"), [("half", 23, 0.08), ("few", 20, 0.0)])
def test_a_run_that_was_saved_when_half_was_rounded_to_even_keeps_its_samples(
    name: str, train: int, share: float
) -> None:
    """Saved by the version before: 2 of 25 samples at 0.1, and none of 20 at 0.01; never written again."""
    saved = (Path(__file__).resolve().parents[2] / "data" / f"run_split_{name}.safetensors").read_bytes()
    run = from_record(from_bytes(saved))
    assert len(run.dataset.train) == run.config.num_train == run.trainer.config.batch_size == train
    assert run.config.dataset.held_out == share
    run.advance(2)
    again = from_record(from_bytes(to_bytes(to_record(run))))
    assert np.array_equal(again.dataset.train, run.dataset.train)
    assert again.advance(1).tolist() == run.advance(1).tolist()


def whole_draw(dataset: SequenceDataset) -> Any:
    """Where the first batch of one is drawn among the training samples, after the samples themselves were drawn."""
    again = SequenceDataset(**dataset.config)
    return again._generator.choice(len(again.train), 1, replace=False)  # the oracle needs the generator


def test_every_seed_holds_out_others_and_each_sample_as_often() -> None:
    drawn = [made(0.2, seed=seed).held_out for seed in range(300)]
    assert len({tuple(held_out) for held_out in drawn}) == 300
    often = np.bincount(np.concatenate(drawn), minlength=100)
    assert 30 < often.min() <= often.max() < 95  # 60 expected, standard deviation 7


@given(st.floats(0.01, 0.9), st.integers(20, 80), st.integers(0, 2**32 - 1), st.sampled_from([5, 7]))
def test_what_is_held_out_by_position_is_really_unseen(share: float, num_samples: int, seed: int, length: int) -> None:
    dataset = made(share, "position", num_samples=num_samples, seed=seed, sequence_length=length)
    trained = {tuple(tokens) for tokens in dataset.tokens[dataset.train]}
    held_out = {tuple(tokens) for tokens in dataset.tokens[dataset.held_out]}
    assert trained
    assert held_out
    assert not trained & held_out
    largest = max(Counter(map(tuple, dataset.tokens.tolist())).values())
    assert abs(len(dataset.held_out) - share * num_samples) <= largest
    assert RunConfig.from_dict({"dataset": dataset.config, "trainer": {"batch_size": 1}}).num_train == len(
        dataset.train
    )


@given(st.lists(st.integers(0, 5), min_size=2, max_size=40), st.floats(0.01, 0.9), st.integers(0, 99))
def test_groups_stay_whole(groups: list[int], share: float, seed: int) -> None:
    _, numbers = np.unique(groups, return_inverse=True)
    if numbers.max() == 0:
        return
    held_out = hold_out_groups(numbers, share, np.random.default_rng(seed))
    inside = set(numbers[held_out])
    assert 0 < len(inside) < numbers.max() + 1
    assert np.array_equal(held_out, np.flatnonzero(np.isin(numbers, list(inside))))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"held_out": -0.1}, "held_out must be a number between 0 and 0.9, got -0.1"),
        ({"held_out": 1}, "held_out must be a number between 0 and 0.9, got 1"),
        ({"held_out": "0.2"}, "held_out must be a number between 0 and 0.9, got '0.2'"),
        ({"held_out": math.nan}, "held_out must be a number between 0 and 0.9, got nan"),
        ({"held_out_by": "master"}, "held_out_by must be one of sample, position, got 'master'"),
        (
            {"held_out_by": "position", "num_master_sequences": None},
            "held_out_by must be sample for fully random sequences",
        ),
        (
            {"held_out_by": "position", "master_sequences": [["a", "b", "c", "d", "a"]]},
            "held_out_by must be sample here: all 100 samples are the same sequence",
        ),
    ],
)
def test_what_cannot_be_held_out_is_said(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^dataset.{re.escape(sentence)}"):
        RunConfig.from_dict({"dataset": options})


def test_training_visits_the_training_samples_only() -> None:
    run = TrainingRun(RunConfig.from_dict({"trainer": {"batch_size": 7}}))
    for _ in range(3):
        seen: list[int] = []
        for _ in range(run.trainer.steps_left_in_epoch):
            run.train("batch")
            seen += run.trainer.batch.tolist()
        assert sorted(seen) == run.dataset.train.tolist()
    assert run.trainer.epoch == 3
    assert run.trainer.step == 3 * run.config.steps_per_epoch == 3 * 12


@pytest.mark.parametrize("by", ["sample", "position"])
@pytest.mark.parametrize("task", ["next_token", "classification"])
def test_floors_equal_a_count_by_hand(by: str, task: str) -> None:
    dataset = made(0.4, by, task=task, sequence_length=3, num_samples=60)
    assert dataset.held_out_best_possible is not None
    for samples, floor in ((dataset.train, dataset.best_possible), (dataset.held_out, dataset.held_out_best_possible)):
        answers: dict[Any, Counter[int]] = defaultdict(Counter)
        for index in samples:
            answers[tuple(dataset.sample(index)["input"])][int(dataset.targets[index])] += 1
        shares = [(n, n / counter.total()) for counter in answers.values() for n in counter.values()]
        nats = -sum(n * math.log(p) for n, p in shares)
        # The squared error of the conditional mean: (p - 1)² where the class is right, p² for each other one.
        square = sum(
            n * ((p - 1) ** 2 + sum((m / counter.total()) ** 2 for y, m in counter.items() if y != target))
            for counter in answers.values()
            for target, n in counter.items()
            for p in [n / counter.total()]
        )
        right = sum(max(counter.values()) for counter in answers.values())
        expected = (nats / len(samples), square / len(samples) / dataset.output_dim, right / len(samples))
        assert floor == pytest.approx(expected, rel=1e-12, abs=1e-15)


@pytest.mark.slow
@pytest.mark.parametrize("loss_type", ["cross_entropy", "mse"])
def test_training_comes_down_to_the_floor_and_never_below(loss_type: str) -> None:
    config = {
        "dataset": {"sequence_length": 3},  # so short that much is ambiguous
        "model": {"dtype": "float64"},
        "trainer": {"loss_type": loss_type, "learning_rate": 1.0, "batch_size": 80},
    }
    run = TrainingRun(RunConfig.from_dict(config))
    floor = run.dataset.best_possible
    assert floor.loss(loss_type) > 0.01
    losses = run.advance(1000)
    assert (losses >= floor.loss(loss_type) - 1e-12).all()  # each batch is the whole set
    loss, accuracy = run.trainer.evaluate()
    assert loss == pytest.approx(floor.loss(loss_type), rel=0.02)
    assert accuracy == pytest.approx(floor.accuracy)
    held_out = run.dataset.held_out_best_possible
    assert held_out is not None
    assert run.trainer.evaluate(run.dataset.held_out)[0] >= held_out.loss(loss_type) - 1e-12


def test_what_is_held_out_decides_nothing_of_training() -> None:
    """The held-out samples' answers could be anything: not a bit of the parameters would change."""
    run = TrainingRun(RunConfig.from_dict())
    run.advance(100)
    dataset = run.config.make_dataset()
    dataset.targets[dataset.held_out] = (dataset.targets[dataset.held_out] + 1) % 4
    trainer = Trainer(run.config.make_model(), dataset, run.config.trainer)
    trainer.advance(100)
    assert np.array_equal(trainer.model.parameters, run.model.parameters)
