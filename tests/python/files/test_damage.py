"""Damaged run files are refused in a sentence or taken whole; nothing else happens."""

import random
from pathlib import Path

import pytest

from backprop.files.history_rows import history_rows
from backprop.files.run_file import from_bytes
from backprop.files.safetensors import unpack
from tests.conftest import Amounts
from tests.python.files.damage import TEXTS, arrays_changed, mutated, odd, refusal, small_files, value_changed

RELEASED = Path(__file__).resolve().parents[2] / "data" / "run_format_1.safetensors"


def test_small_files_hold_every_kind_of_value() -> None:
    """Each JSON of their metadata is more than its empty value in one of them."""
    files = [unpack(data)[0] for data in small_files()]
    empty = {"null", "[]", "{}", "0", "false"}
    assert [key for key in files[0].keys() - TEXTS if all(metadata[key] in empty for metadata in files)] == []


@pytest.mark.slow
def test_fuzzed_files_are_refused_in_a_sentence_or_go_round(amounts: Amounts) -> None:
    rng, fuzzed = random.Random(0), amounts.fuzzed
    seeds = [*small_files(), RELEASED.read_bytes()]
    sentences = [refusal(mutated(rng.choice(seeds), rng)) for _ in range(fuzzed)]
    assert odd(sentences) == []
    assert fuzzed / 100 < sentences.count(None) < fuzzed / 2


@pytest.mark.slow
def test_fuzzed_checkpoints_and_rows_are_refused_in_a_sentence_or_go_round(amounts: Amounts) -> None:
    rng, fuzzed = random.Random(1), amounts.fuzzed
    *_, checkpoint = small_files()
    rows = history_rows(from_bytes(small_files()[0])["history"])
    sentences = []
    for _ in range(fuzzed // 20):
        arrays = {"rows": rows}
        arrays_changed(arrays, rng)
        history = rng.choice([1, value_changed(1, rng)]), rng.choice([rows, arrays.get("rows", rows)])
        sentences.append(refusal(rng.choice([checkpoint, mutated(checkpoint, rng)]), history))
    assert odd(sentences) == []
    assert fuzzed / 200 < sentences.count(None) < fuzzed / 20
