"""The dataset: the seed's own example, provenance, the order of the draws, floors, and what is refused."""

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.data.dataset import SequenceDataset

SEED_MASTERS = [list("abccaabb"), list("addaccad")]


@st.composite
def datasets(draw: st.DrawFn) -> SequenceDataset:
    """A small dataset of any kind."""
    vocabulary = draw(st.sampled_from([["a", "b"], list("abcd"), ["a", "bc", "def"]]))
    length = draw(st.integers(2, 6))
    kind = draw(st.sampled_from(["explicit", "generated", "random"]))
    masters: dict[str, Any] = {}
    if kind == "explicit":
        token = st.sampled_from(vocabulary)
        masters["master_sequences"] = draw(
            st.lists(st.lists(token, min_size=length, max_size=9), min_size=2, max_size=4)
        )
    elif kind == "generated":
        masters["num_master_sequences"] = draw(st.integers(2, 4))
        masters["master_sequence_length"] = draw(st.sampled_from([length, length + 3, (length, length + 4)]))
    return SequenceDataset(
        vocabulary=vocabulary,
        sequence_length=length,
        num_samples=draw(st.integers(1, 40)),
        task="next_token" if kind == "random" else draw(st.sampled_from(["next_token", "classification"])),
        encoding=draw(st.sampled_from(["one_hot", "embedding"])),
        embedding_dim=draw(st.integers(1, 5)),
        seed=draw(st.integers(0, 2**32 - 1)),
        **masters,
    )


def test_the_seeds_own_example() -> None:
    dataset = SequenceDataset(master_sequences=SEED_MASTERS)
    lines = set(dataset.inspect_samples(100))
    assert "adda → c  (M2: addaccad, position 0)" in lines
    assert "caab → b  (M1: abccaabb, position 3)" in lines
    assert len(lines) == 8  # two masters of eight tokens have four subsequences of five each


def test_dimensions_of_the_seeds_configuration() -> None:
    dataset = SequenceDataset(num_master_sequences=3)
    assert (len(dataset), dataset.input_dim, dataset.output_dim) == (100, 16, 4)
    assert dataset.inputs.shape == (100, 16)
    assert dataset.inputs.dtype == np.float32
    assert dataset.targets.shape == (100,)
    assert dataset.targets.dtype == np.int64
    assert all(8 <= len(master) <= 12 for master in dataset.masters)


def test_without_masters_every_token_is_random() -> None:
    dataset = SequenceDataset(num_samples=4000)
    assert (dataset.masters, dataset.master, dataset.position) == ([], None, None)
    assert np.abs(np.bincount(dataset.tokens.ravel()) / dataset.tokens.size - 0.25).max() < 0.02
    assert dataset.inspect_samples(1)[0].count("(") == 0


@given(datasets())
def test_every_sample_is_what_its_master_says(dataset: SequenceDataset) -> None:
    for index, tokens in enumerate(dataset.tokens):
        row, words = dataset.sample(index), [dataset.vocabulary[token] for token in tokens]
        if dataset.masters:
            master, position = row["master"], row["position"]
            assert dataset.masters[master][position : position + len(words)] == words
        if dataset.settings.task == "classification":
            assert (row["input"], row["target"]) == (words, f"M{row['master'] + 1}")
            assert dataset.targets[index] == row["master"]
        else:
            assert (row["input"], row["target"]) == (words[:-1], words[-1])
            assert dataset.vocabulary[dataset.targets[index]] == words[-1]


@given(datasets())
def test_inputs_encode_the_tokens(dataset: SequenceDataset) -> None:
    seen = dataset.tokens[:, : dataset.settings.positions]
    assert dataset.inputs.flags.c_contiguous
    if dataset.settings.encoding == "embedding":
        assert dataset.inputs.dtype == np.int32
        assert dataset.input_dim == seen.shape[1] * dataset.settings.embedding_dim
        np.testing.assert_array_equal(dataset.inputs, seen)
    else:
        cube = dataset.inputs.reshape(*seen.shape, len(dataset.vocabulary))
        np.testing.assert_array_equal(cube.argmax(axis=2), seen)
        np.testing.assert_array_equal(cube.sum(axis=2), np.ones(seen.shape))
        assert dataset.input_dim == dataset.inputs.shape[1] == len(dataset.input_labels)
    assert dataset.output_dim == len(dataset.output_labels) > dataset.targets.max()


@given(datasets())
def test_the_floors_equal_a_count_by_hand(dataset: SequenceDataset) -> None:
    answers: dict[tuple[str, ...], Counter[str]] = {}
    for index in range(len(dataset)):
        row = dataset.sample(index)
        answers.setdefault(tuple(row["input"]), Counter())[row["target"]] += 1
    right = sum(max(counter.values()) for counter in answers.values())
    nats = -sum(n * math.log(n / counter.total()) for counter in answers.values() for n in counter.values())
    assert dataset.unique_inputs == len(answers)
    assert dataset.best_possible.accuracy == pytest.approx(right / len(dataset), rel=1e-12)
    assert dataset.best_possible.cross_entropy == pytest.approx(nats / len(dataset), rel=1e-12, abs=1e-12)


@given(datasets())
def test_a_config_makes_the_same_dataset_again(dataset: SequenceDataset) -> None:
    again = SequenceDataset(**dataset.config)
    assert (again.digest, again.config) == (dataset.digest, dataset.config)
    np.testing.assert_array_equal(again.inputs, dataset.inputs)
    np.testing.assert_array_equal(again.targets, dataset.targets)


def test_explicit_masters_win_over_generated_ones() -> None:
    dataset = SequenceDataset(master_sequences=SEED_MASTERS, num_master_sequences=5, master_sequence_length=3)
    assert dataset.masters == SEED_MASTERS
    assert dataset.config["num_master_sequences"] is None


def test_another_seed_makes_other_samples() -> None:
    assert len({SequenceDataset(num_master_sequences=3, seed=seed).digest for seed in range(20)}) == 20


def test_the_draws_come_in_the_documented_order() -> None:
    generator = np.random.Generator(np.random.PCG64(7))
    lengths = generator.integers(8, 13, size=3)
    masters = [generator.integers(4, size=length) for length in lengths]
    chosen = generator.integers(3, size=100)
    positions = generator.integers(lengths[chosen] - 5 + 1)
    batch = generator.choice(100, 10, replace=False)
    dataset = SequenceDataset(num_master_sequences=3, seed=7)
    assert dataset.masters == [["abcd"[token] for token in master] for master in masters]
    expected = np.array([masters[m][p : p + 5] for m, p in zip(chosen, positions, strict=True)])
    np.testing.assert_array_equal(dataset.tokens, expected)
    np.testing.assert_array_equal(dataset.get_batch(10)[1], expected[batch, -1])


def test_the_default_samples_are_the_same_everywhere() -> None:
    digest = SequenceDataset(num_master_sequences=3).digest
    assert digest == "ee96536f5f9eca9366fa7244d70cf890c024201d44970b80f041888be9977b2c"


def test_masters_are_drawn_alike_whatever_their_length() -> None:
    dataset = SequenceDataset(master_sequences=[list("abcda"), list("abcd") * 50], num_samples=10_000)
    assert dataset.master is not None
    assert dataset.position is not None
    assert abs(np.mean(dataset.master == 0) - 0.5) < 0.02
    places = np.bincount(dataset.position[dataset.master == 1], minlength=196)
    assert len(places) == 196
    assert places.min() > 0  # the first and the last place at which a sequence fits, too


def test_generated_lengths_take_every_value_of_the_range() -> None:
    dataset = SequenceDataset(num_master_sequences=64, master_sequence_length=(8, 12))
    assert {len(master) for master in dataset.masters} == {8, 9, 10, 11, 12}
    fixed = SequenceDataset(num_master_sequences=5, master_sequence_length=10)
    assert {len(master) for master in fixed.masters} == {10}


def test_equal_masters_are_classes_that_nobody_can_tell_apart() -> None:
    dataset = SequenceDataset(master_sequences=[list("abcda"), list("abcda")], task="classification", num_samples=1000)
    assert dataset.output_dim == 2
    assert dataset.best_possible.accuracy == pytest.approx(0.5, abs=0.05)
    assert dataset.best_possible.cross_entropy == pytest.approx(math.log(2), abs=0.01)


def test_a_batch_holds_different_samples_in_random_order() -> None:
    dataset = SequenceDataset(vocabulary=[f"t{k}" for k in range(64)], sequence_length=8, num_samples=50)
    rows = {row.tobytes(): index for index, row in enumerate(dataset.inputs)}
    assert len(rows) == 50
    batches = []
    for _ in range(200):
        x, y = dataset.get_batch(10)
        indices = [rows[row.tobytes()] for row in x]
        assert len(set(indices)) == 10
        np.testing.assert_array_equal(y, dataset.targets[indices])
        batches.append(tuple(indices))
    assert len(set(batches)) == 200
    assert np.bincount(np.ravel(batches), minlength=50).min() > 0
    assert sorted(rows[row.tobytes()] for row in dataset.get_batch(50)[0]) == list(range(50))


def test_the_generator_of_batches_is_the_datasets_own_and_can_be_put_back() -> None:
    first, second = SequenceDataset(seed=3), SequenceDataset(seed=3)
    first.get_batch(5)
    state = first.get_state()
    expected = [first.get_batch(5)[0] for _ in range(3)]
    np.random.default_rng(3).random(100)
    second.set_state(state)
    for x in expected:
        np.testing.assert_array_equal(second.get_batch(5)[0], x)


def test_a_batch_is_a_copy() -> None:
    dataset = SequenceDataset()
    before = dataset.inputs.copy()
    dataset.get_batch(10)[0][:] = 9
    np.testing.assert_array_equal(dataset.inputs, before)


def test_long_tokens_are_set_apart_by_spaces() -> None:
    dataset = SequenceDataset(vocabulary=["ab", "c"], sequence_length=3, master_sequences=[["ab", "c", "ab"]])
    assert dataset.inspect_samples(1) == ["ab c → ab  (M1: ab c ab, position 0)"]
    assert dataset.input_labels == ["1:ab", "1:c", "2:ab", "2:c"]


def test_inspect_samples_stops_at_the_last_one() -> None:
    assert len(SequenceDataset(num_samples=3).inspect_samples(10)) == 3
    assert SequenceDataset().inspect_samples(0) == []


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("vocabulary", {"vocabulary": ["a", "b", "a"]}, "twice"),
    ("vocabulary", {"vocabulary": ["a"]}, "between 2 and 64 tokens, got 1"),
    ("vocabulary", {"vocabulary": [str(k) for k in range(65)]}, "got 65"),
    ("vocabulary", {"vocabulary": "abcd"}, "list of tokens"),
    ("vocabulary", {"vocabulary": ["a", 3]}, "list of tokens"),
    ("vocabulary", {"vocabulary": ["a", ["b"]]}, "list of tokens"),
    ("vocabulary", {"vocabulary": None}, "list of tokens"),
    ("vocabulary", {"vocabulary": ["a", ""]}, "1 to 8 characters"),
    ("vocabulary", {"vocabulary": ["a", "b" * 9]}, "1 to 8 characters"),
    ("vocabulary", {"vocabulary": ["a", "b c"]}, "without spaces"),
    ("vocabulary", {"vocabulary": ["a", "\u202eb"]}, "printable"),
    ("vocabulary", {"vocabulary": ["a", "\ud800"]}, "printable"),
    ("sequence_length", {"sequence_length": 1}, "between 2 and 64, got 1"),
    ("sequence_length", {"sequence_length": 1e99}, "got 1e+99"),
    ("sequence_length", {"sequence_length": 4.5}, "whole number"),
    ("num_samples", {"num_samples": 0}, "between 1 and 100,000, got 0"),
    ("num_samples", {"num_samples": -5}, "got -5"),
    ("num_samples", {"num_samples": math.nan}, "got nan"),
    ("num_samples", {"num_samples": math.inf}, "got inf"),
    ("num_samples", {"num_samples": True}, "got True"),
    ("num_samples", {"num_samples": "100"}, "got '100'"),
    ("num_samples", {"num_samples": None}, "got nothing"),
    ("num_samples", {"num_samples": 10**400}, "between 1 and 100,000"),
    ("num_samples", {"num_samples": [100]}, "whole number"),
    (
        "num_samples",
        {"num_samples": 100_000, "sequence_length": 64, "vocabulary": [str(k) for k in range(64)]},
        "at or under 50,000,000, got 403,200,000",
    ),
    ("task", {"task": "regression"}, "next_token, classification"),
    ("task", {"task": 1}, "next_token, classification"),
    ("encoding", {"encoding": None}, "one_hot, embedding"),
    ("embedding_dim", {"embedding_dim": 0}, "between 1 and 256"),
    ("seed", {"seed": -1}, "between 0 and"),
    ("seed", {"seed": 2**32}, "between 0 and"),
    ("seed", {"seed": 0.5}, "whole number"),
    ("master_sequences", {"master_sequences": 5}, "list of lists of tokens, got 5"),
    ("master_sequences", {"master_sequences": [5]}, "list of lists of tokens"),
    ("master_sequences", {"master_sequences": ["abccaabb"]}, "list of lists of tokens"),
    ("master_sequences", {"master_sequences": []}, "between 1 and 64 sequences, got 0"),
    (
        "master_sequences",
        {"master_sequences": [list("abcd")]},
        "5 (the sequence_length) and 1000 tokens each, got 4 in M1",
    ),
    ("master_sequences", {"master_sequences": [list("abcda"), list("abcde")]}, "got 'e' in M2"),
    ("master_sequences", {"master_sequences": [[["a"]] * 5]}, "only tokens of the vocabulary"),
    ("master_sequences", {"master_sequences": [["a"] * 1001]}, "got 1001 in M1"),
    (
        "master_sequences",
        {"master_sequences": [list("abcda")], "task": "classification"},
        "2 or more for classification",
    ),
    ("num_master_sequences", {"num_master_sequences": 0}, "between 1 and 64, got 0"),
    ("num_master_sequences", {"num_master_sequences": 65}, "got 65"),
    ("num_master_sequences", {"num_master_sequences": 1, "task": "classification"}, "2 or more for classification"),
    ("num_master_sequences", {"task": "classification"}, "got 0"),
    (
        "master_sequence_length",
        {"num_master_sequences": 3, "master_sequence_length": 4},
        "at least 5 (the sequence_length)",
    ),
    ("master_sequence_length", {"num_master_sequences": 3, "master_sequence_length": (4, 12)}, "at least 5"),
    ("master_sequence_length", {"master_sequence_length": (12, 8)}, "shortest first, got 12 and 8"),
    ("master_sequence_length", {"master_sequence_length": (8, 9, 10)}, "one length, or"),
    ("master_sequence_length", {"master_sequence_length": "8-12"}, "whole number"),
    ("master_sequence_length", {"master_sequence_length": [8, [9]]}, "whole number"),
    ("master_sequence_length", {"master_sequence_length": 1001}, "got 1001"),
]


@pytest.mark.parametrize(("field", "options", "fact"), REFUSED)
def test_an_impossible_option_is_refused_by_name_with_the_fact(field: str, options: dict[str, Any], fact: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # the message is looked at below
        SequenceDataset(**options)
    assert str(caught.value).startswith(f"{field} must ")
    assert fact in str(caught.value)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("size", [0, -1, 101, 1e99, math.nan, "10", None, True, 2.5])
def test_a_batch_is_never_larger_than_the_data_nor_empty(size: Any) -> None:
    with pytest.raises(ValueError, match=r"^batch_size must be .*1 and 100 \(the number of training samples\), got "):
        SequenceDataset().get_batch(size)
