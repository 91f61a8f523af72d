"""Sampling from logits, and the look-up of typed tokens among the samples."""

import math

import numpy as np
import pytest

from backprop.data.dataset import SequenceDataset
from backprop.data.generation import KnownSamples, choose, read_input, read_start
from backprop.randomness import seeded_generator

LOGITS = np.array([0.0, 1.0, -2.0, 0.5])


def counts(temperature: float, draws: int = 20_000) -> np.ndarray:
    generator = seeded_generator(3)
    chosen = [choose(LOGITS, temperature, generator) for _ in range(draws)]
    return np.bincount(chosen, minlength=4) / draws


@pytest.mark.slow
@pytest.mark.parametrize("temperature", [0.3, 1.0, 4.0])
def test_classes_are_drawn_with_the_probabilities_of_the_temperature(temperature: float) -> None:
    expected = np.exp(LOGITS / temperature) / np.exp(LOGITS / temperature).sum()
    assert np.abs(counts(temperature) - expected).max() < 4 * math.sqrt(0.25 / 20_000)


@pytest.mark.parametrize("temperature", [0, 1e-300, 1e-3])
def test_a_temperature_near_zero_takes_the_largest(temperature: float) -> None:
    assert {choose(LOGITS, temperature, seeded_generator(seed)) for seed in range(50)} == {1}


def test_each_choice_draws_one_number_whatever_the_temperature() -> None:
    left = []
    for temperature in (0, 1.0, 7.5):
        generator = seeded_generator(1)
        choose(LOGITS, temperature, generator)
        left.append(generator.random())
    assert len(set(left)) == 1


def test_logits_far_apart_do_not_overflow() -> None:
    assert choose(np.array([1e308, -1e308]), 1e-6, seeded_generator(0)) == 0


def test_every_sample_is_known_and_no_other() -> None:
    dataset = SequenceDataset(num_samples=40, num_master_sequences=3, held_out=0.25, seed=2)
    known = KnownSamples(dataset)
    rows = {tuple(row): set[bool]() for row in dataset.tokens.tolist()}
    for index, row in enumerate(dataset.tokens.tolist()):
        rows[tuple(row)].add(index in dataset.held_out)
    for row, kinds in rows.items():
        wanted = "held_out" if kinds == {True} else "training"
        assert known.kind_of(np.array(row[:-1], np.int32), row[-1]) == wanted
    every = np.stack(np.meshgrid(*[range(4)] * 5, indexing="ij"), -1).reshape(-1, 5).tolist()
    for row in every:
        is_new = known.kind_of(np.array(row[:-1], np.int32), row[-1]) == "new"
        assert is_new == (tuple(row) not in rows)


def test_the_index_of_an_input_is_its_first_training_sample() -> None:
    dataset = SequenceDataset(num_samples=60, num_master_sequences=2, held_out=0.5, seed=1)
    known, held_out = KnownSamples(dataset), set(dataset.held_out.tolist())
    for index in range(len(dataset)):
        found = known.index_of(dataset.tokens[index, :4])
        same = [k for k in range(60) if (dataset.tokens[k, :4] == dataset.tokens[index, :4]).all()]
        assert found == min(same, key=lambda k: (k in held_out, k))
    assert known.index_of(np.array([3, 3, 3, 3], np.int32)) in {None, *range(60)}


@pytest.mark.parametrize(
    ("tokens", "sentence"),
    [
        ("abcd", "tokens must be a list of tokens, got str"),
        (None, "tokens must be a list of tokens, got NoneType"),
        (["a", "b", "c", "x"], "tokens must be tokens of the vocabulary a b c d, got 'x'"),
        (["a", "b", "c", 1], "tokens must be tokens of the vocabulary a b c d, got '1'"),
        (["a", "b", "c", ["d"]], "tokens must be tokens of the vocabulary a b c d, got \"['d']\""),
        (["a", "b", "c"], "tokens must have 4 tokens, got 3"),
        (["a"] * 5, "tokens must have 4 tokens, got 5"),
    ],
)
def test_other_tokens_are_refused_in_a_sentence(tokens: object, sentence: str) -> None:
    with pytest.raises(ValueError, match=r"^tokens must") as error:
        read_input(tokens, SequenceDataset())
    assert str(error.value) == sentence


def test_a_start_may_be_longer_than_an_input() -> None:
    assert read_start(list("abcdabcd"), SequenceDataset()).tolist() == [0, 1, 2, 3] * 2
    with pytest.raises(ValueError, match=r"^start must have 4 to 200 tokens, got 3$"):
        read_start(list("abc"), SequenceDataset())
