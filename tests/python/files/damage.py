"""Damaged run files: small ones with every kind of value, changed at random, and the two answers that they may get."""

import json
import random
import zlib
from functools import cache
from typing import Any

import numpy as np

from backprop.files.history_rows import complete_record, with_history
from backprop.files.run_file import from_bytes, to_bytes
from backprop.files.safetensors import pack, unpack
from backprop.runs.config import RunConfig
from backprop.runs.record import from_record, to_record
from backprop.runs.run import TrainingRun
from tests.python.runs.test_record import as_bytes

TEXTS = {"kind", "format", "id", "name", "created", "crc32"}  # of the metadata; all else there is JSON
PIECES = [
    *('"', "{", "}", "[", "]", ",", ":", "\\", "0", "-1", "1e999", "null", "[[[[[[", '{"a":', "\\ud800", "\0", "é"),
    *("NaN", "__proto__"),
]
VALUES: list[Any] = [
    *(None, True, 0, 1, -1, 2**53, 2**200, 0.5, 1e308, -1e-308, "", "NaN", "Infinity", "9" * 30, [], [[]], {}),
    *("__proto__", "\u202e", "\ud800"),
]
NAMES = ["__proto__", "constructor", "a", "1", "layers/0/weights", "layers/99/biases", "../x", "x" * 100, ""]


@cache
def small_files() -> tuple[bytes, ...]:
    """Return run files with every kind of value that a file can hold, and as few numbers as can be.

    The last one is a checkpoint, without the buckets of its history.
    """
    dataset = {"num_samples": 5, "vocabulary": ["a", "b"], "sequence_length": 2, "master_sequence_length": 3}
    config = {"dataset": dataset, "model": {"hidden_dims": []}, "trainer": {"batch_size": 2}}
    impatient = {"early_stopping": True, "patience": 1, "min_delta": 100}  # it stops again and again
    stopped = TrainingRun(RunConfig.from_dict({**config, "stopping": impatient}), "Stopped")
    stopped.advance(9)
    stopped.resume()
    stopped.advance(9)
    embedded = {"dataset": {**dataset, "encoding": "embedding", "embedding_dim": 1}, "model": {"hidden_dims": [2]}}
    twin = TrainingRun(RunConfig.from_dict({**embedded, "trainer": {"batch_size": 3, "optimizer": "adam"}}), "Twin")
    twin.twin_group, twin.archived = "pair", True
    twin.advance(3)
    twin.configure(learning_rate=0.01, clip_norm=0.5, loss_type="mse")
    twin.advance(2)
    twin.measure()
    coded = TrainingRun(RunConfig.from_dict(config), "With the learner's code")
    coded.advance(4)
    coded.code.edit("model.py", "a draft")
    coded.code.running = {"losses.py": "a version", "model.py": ""}
    coded.code.begin_span(1)
    coded.code.note_verdicts(["right", "wrong"])
    runs = (stopped, twin, coded)
    return (*(to_bytes(to_record(run)) for run in runs), to_bytes(to_record(stopped), history=False))


@cache
def _parts(data: bytes) -> tuple[dict[str, str], dict[str, Any]]:
    return unpack(data)


def mutated(data: bytes, rng: random.Random) -> bytes:
    """Return a run file with something in it changed: its bytes, or its contents under a checksum that fits."""
    kind = rng.randrange(7)
    if kind == 0:
        return _bytes_changed(data, rng)
    if kind == 1:
        return _header_text_changed(data, rng)
    if kind == 2:
        return _header_value_changed(data, rng)
    if kind == 3:
        return _entry_changed(data, rng)
    metadata, arrays = (dict(part) for part in _parts(data))
    if kind == 4:
        arrays_changed(arrays, rng)
    elif kind == 5:
        key = rng.choice(sorted(metadata))
        metadata[key] = _text_changed(metadata[key], rng)
    else:
        key = rng.choice(sorted(metadata.keys() - TEXTS))
        metadata[key] = json.dumps(value_changed(json.loads(metadata[key]), rng))
    try:
        return pack(metadata, arrays)
    except UnicodeEncodeError:
        return data[: rng.randrange(len(data))]


def raw(header: str | bytes, body: bytes = b"") -> bytes:
    """Return a file with any header, after a length that fits."""
    text = header.encode(errors="replace") if isinstance(header, str) else header
    return len(text).to_bytes(8, "little") + text + body


def _cut(data: bytes) -> tuple[bytes, bytes]:
    """Cut a file into its header and its arrays."""
    end = 8 + int.from_bytes(data[:8], "little")
    return data[8:end], data[end:]


def _bytes_changed(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 8])):
        at = rng.randrange(len(changed))
        if rng.random() < 0.5:
            changed[at] = rng.randrange(256)
        elif rng.random() < 0.5:
            changed[at:at] = rng.randbytes(rng.randrange(1, 9))
        else:
            del changed[at : at + rng.choice([1, 8, 1000])]
        if not changed:
            break
    return bytes(changed)


def _header_text_changed(data: bytes, rng: random.Random) -> bytes:
    text, body = _cut(data)
    return raw(_text_changed(text.decode(), rng), body)


def _header_value_changed(data: bytes, rng: random.Random) -> bytes:
    text, body = _cut(data)
    return raw(json.dumps(value_changed(json.loads(text), rng)), body)


def _entry_changed(data: bytes, rng: random.Random) -> bytes:
    """Change what the header says of an array; the checksum covers the new entry."""
    text, body = _cut(data)
    header = json.loads(text)
    metadata = header.pop("__metadata__")
    name = rng.choice(sorted(header))
    if rng.random() < 0.3:
        entries = {rng.choice(NAMES) if it == name else it: entry for it, entry in header.items()}
    else:
        field = rng.choice(sorted(header[name]))
        entries = {**header, name: {**header[name], field: value_changed(header[name][field], rng)}}
    metadata["crc32"] = checksum(metadata, entries, body)
    return raw(json.dumps({"__metadata__": metadata, **entries}), body)


def checksum(metadata: dict[str, str], entries: dict[str, Any], body: bytes) -> str:
    """Compute the CRC-32 of a file: of its arrays, then of their entries, then of the metadata."""
    text = "".join(f"{name}\0{entry['dtype']}\0{entry['shape']}\0" for name, entry in entries.items())
    text += "".join(f"{key}\0{metadata[key]}\0" for key in sorted(metadata) if key != "crc32")
    return f"{zlib.crc32(body + text.encode(errors='replace')):08x}"


def _text_changed(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text) + 1)
    piece = rng.choice(PIECES) * rng.choice([1, 1, 1, 50])
    return text[:at] + piece + text[at + rng.choice([0, 1, 5]) :]


def value_changed(value: Any, rng: random.Random) -> Any:
    """Return the same value with something in it exchanged."""
    if isinstance(value, dict) and value and rng.random() < 0.9:
        key = rng.choice([*sorted(value), "more"])
        if rng.random() < 0.1:
            return {name: item for name, item in value.items() if name != key}
        return {**value, key: value_changed(value.get(key), rng)}
    if isinstance(value, list) and value and rng.random() < 0.7:
        at = rng.randrange(len(value))
        return [*value[:at], value_changed(value[at], rng), *value[at + rng.choice([0, 1]) :]]
    if isinstance(value, int | float) and rng.random() < 0.6:
        return value + rng.choice([-1, 1, 0.5, value, 0.0])  # the last writes a whole number as a float: 3.0
    return rng.choice(VALUES)


def arrays_changed(arrays: dict[str, Any], rng: random.Random) -> None:
    """Change an array, its name, its shape or its type."""
    name = rng.choice(sorted(arrays))
    array = arrays[name].copy()
    kind = rng.randrange(6)
    if kind == 0:
        del arrays[name]
    elif kind == 1:
        arrays[rng.choice([*NAMES, name + "x"])] = array
    elif kind == 2:
        with np.errstate(invalid="ignore"):  # NaN as a whole number
            arrays[name] = array.astype(rng.choice([np.float32, np.float64, np.int32]))
    elif kind == 3:
        arrays[name] = array.ravel()[: rng.randrange(array.size + 1)]
    elif kind == 4 and array.size:
        array.ravel()[rng.randrange(array.size)] = rng.choice([0, -1, 7])
        arrays[name] = array
    else:
        arrays[name] = array.reshape(-1, 1)


def refusal(data: bytes, history: tuple[Any, Any] | None = None) -> str | None:
    """Return the sentence that refuses a file, or None if it is taken: then its run must come back from a file of it.

    Any exception but a plain ValueError is a fault.

    Parameters
    ----------
    history : generation and rows that were saved beside a checkpoint
    """
    try:
        record = from_bytes(data)
        run = from_record(complete_record(with_history(record, *history) if history else record))
    except ValueError as error:
        if type(error) is not ValueError:
            raise
        return str(error)
    record = to_record(run)
    assert as_bytes(from_bytes(to_bytes(record))) == as_bytes(record)
    return None


def odd(sentences: list[str | None]) -> list[str]:
    """Return those that are not one sentence for people."""
    return [it for it in sentences if it is not None and not (10 < len(it) < 500 and it.isprintable() and " " in it)]
