"""Damaged run files are refused in a sentence or taken whole; nothing else happens."""

import random
import sys
from pathlib import Path

import pytest

from backprop.files.history_rows import history_rows
from backprop.files.run_file import from_bytes
from backprop.files.safetensors import unpack
from tests.python.files.damage import TEXTS, arrays_changed, mutated, odd, refusal, small_files, value_changed

RELEASED = Path(__file__).resolve().parents[2] / "data" / "run_format_1.safetensors"


@pytest.fixture
def fuzzed(pytestconfig: pytest.Config) -> int:
    """Return how many files to damage: 10,000, or 100,000 nightly, and few in WebAssembly."""
    if sys.platform == "emscripten":
        return 300
    return 100_000 if pytestconfig.getoption("--nightly") else 10_000


def test_small_files_hold_every_kind_of_value() -> None:
    """Each JSON of their metadata is more than its empty value in one of them."""
    files = [unpack(data)[0] for data in small_files()]
    empty = {"null", "[]", "{}", "0", "false"}
    assert [key for key in files[0].keys() - TEXTS if all(metadata[key] in empty for metadata in files)] == []


def test_fuzzed_files_are_refused_in_a_sentence_or_go_round(fuzzed: int) -> None:
    rng = random.Random(0)
    seeds = [*small_files(), RELEASED.read_bytes()]
    sentences = [refusal(mutated(rng.choice(seeds), rng)) for _ in range(fuzzed)]
    assert odd(sentences) == []
    assert fuzzed / 100 < sentences.count(None) < fuzzed / 2


def test_fuzzed_checkpoints_and_rows_are_refused_in_a_sentence_or_go_round(fuzzed: int) -> None:
    rng = random.Random(1)
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
