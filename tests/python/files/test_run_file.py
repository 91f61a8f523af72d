"""Run files: back to the last bit, open to the official library, and nothing else gets in."""

import io
import json
import pickle
import random
import re
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.files.history_rows import BUCKETS, complete_record, history_rows, with_history
from backprop.files.run_file import from_bytes, parameter_shapes, to_bytes
from backprop.files.safetensors import MAX_BYTES, MAX_HEADER, pack, unpack
from backprop.files.strict_json import parse
from backprop.monitor.history import History
from backprop.runs.config import RunConfig
from backprop.runs.record import from_record, to_record
from backprop.runs.run import TrainingRun
from tests.python.runs.test_record import as_bytes, configs

Plain = dict[str, Any]

# Files read back in one run of this suite; the page's own reader (tests/runfile) takes the larger part.
FUZZED = 300 if sys.platform == "emscripten" else 2_000
RELEASED = Path(__file__).resolve().parents[2] / "data" / "run_format_1.safetensors"


def trained(steps: int = 25, **config: Any) -> Plain:
    run = TrainingRun(RunConfig.from_dict({"model": {"hidden_dims": [3]}, **config}), "Ein Lauf · 一")
    if steps:
        run.advance(steps)
    run.measure()
    return to_record(run)


def packed_with(change: Callable[[dict[str, str], dict[str, Any]], None], data: bytes | None = None) -> bytes:
    """A run file of which something has been changed, with a checksum that fits."""
    metadata, arrays = unpack(data or to_bytes(trained()))
    change(metadata, arrays)
    return pack(metadata, arrays)


# ---- Back to the last bit ----


@given(configs(), st.integers(0, 40))
def test_every_field_comes_back_to_the_last_bit(config: RunConfig, steps: int) -> None:
    run = TrainingRun(config, "Kept")
    for _ in range(steps):
        run.train_batch()
    record = to_record(run)
    data = to_bytes(record)
    again = from_bytes(data)
    assert as_bytes(again) == as_bytes(record)
    assert to_bytes(again) == data
    assert as_bytes(to_record(from_record(again))) == as_bytes(record)


@pytest.mark.parametrize("wrap", [bytes, bytearray, memoryview, lambda data: np.frombuffer(data, np.uint8)])
def test_bytes_may_come_in_any_buffer(wrap: Callable[[bytes], Any]) -> None:
    record = trained()
    assert as_bytes(from_bytes(wrap(to_bytes(record)))) == as_bytes(record)


def test_a_diverged_run_keeps_its_infinities() -> None:
    run = TrainingRun(RunConfig.from_dict({"trainer": {"learning_rate": 1000.0, "loss_type": "mse"}}))
    run.advance(300)
    run.measure()
    record = to_record(run)
    record["parameters"][:3] = np.nan, np.inf, -np.inf
    record["trainer"]["loss"] = np.inf
    record["stops"] = [{**record["stopped"], "value": value} for value in (np.nan, -np.inf)]
    assert as_bytes(from_bytes(to_bytes(record))) == as_bytes(record)
    assert not re.search(rb"[^\"\\\\]NaN|[^\"\\\\-]Infinity", to_bytes(record)[:2000])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, -0.0, 5e-324, 1e308, 3.0, 0.1])
def test_every_loss_comes_back(value: float) -> None:
    record = trained()
    record["trainer"]["loss"] = record["metrics"]["loss"] = value
    again = from_bytes(to_bytes(record))
    assert repr(again["trainer"]["loss"]) == repr(again["metrics"]["loss"]) == repr(value)


@given(configs())
def test_arrays_have_the_names_and_shapes_of_the_model(config: RunConfig) -> None:
    run = TrainingRun(config)
    named = run.model.named_parameters()
    assert {name: values.shape for name, values in named.items()} == parameter_shapes(config)
    _, arrays = unpack(to_bytes(to_record(run)))
    for name, values in named.items():
        assert np.array_equal(arrays[name], values)
        assert np.array_equal(arrays[f"initial/{name}"], values)


def test_a_token_may_be_called_nan() -> None:
    record = trained(dataset={"vocabulary": ["NaN", "Infinity", '"', "\\"]})
    assert from_bytes(to_bytes(record))["config"]["dataset"]["vocabulary"] == ["NaN", "Infinity", '"', "\\"]


def test_the_largest_config_fits() -> None:
    """64 masters of 1000 tokens, each of which JSON in JSON makes as long as can be."""
    vocabulary = ["\\" * 7 + letter for letter in "abcd"]
    masters = [[vocabulary[k % 4] for k in range(1000)]] * 64
    record = trained(dataset={"vocabulary": vocabulary, "master_sequences": masters})
    assert as_bytes(from_bytes(to_bytes(record))) == as_bytes(record)


# ---- The history apart ----


def halved(losses: int, max_points: int = 8) -> History:
    history = History(max_points)
    steps = np.arange(1, losses + 1)
    history.extend(np.sin(steps), np.cos(steps) ** 2, steps / 10, steps / 7)
    return history


def checkpoint_of(history: History) -> Plain:
    record = trained(steps=1)
    fields = zip(("recent_epoch", "recent_seconds", "recent_loss", "recent_accuracy"), history.recent, strict=True)
    record["trainer"]["step"] = len(history)
    record["history"] = {
        "stride": history.stride,
        "breaks": [],
        **dict(zip(BUCKETS, history.buckets, strict=True)),
        **dict(fields),
    }
    return record


@pytest.mark.parametrize("steps", [0, 1, 2, 7, 8, 9, 16, 17, 100, 1000])
def test_a_checkpoint_and_its_rows_are_the_record(steps: int) -> None:
    record = checkpoint_of(halved(steps)) if steps else to_record(TrainingRun())
    small = to_bytes(record, history=False)
    assert len(small) <= len(to_bytes(record))
    checkpoint = from_bytes(small)
    assert checkpoint["history"].keys() == {
        "stride",
        "breaks",
        "recent_epoch",
        "recent_seconds",
        "recent_loss",
        "recent_accuracy",
    }
    rows = history_rows(record["history"])
    assert rows.shape == (len(record["history"]["epoch"]), 7)
    assert as_bytes(with_history(checkpoint, record["history"]["stride"], rows)) == as_bytes(record)


def test_a_checkpoint_alone_is_refused_as_a_run() -> None:
    with pytest.raises(ValueError, match=r"history.epoch is missing"):
        from_record(from_bytes(to_bytes(trained(), history=False)))


@pytest.mark.parametrize(("older", "newer"), [(3, 5), (9, 14), (30, 63), (7, 9), (15, 17), (7, 100)])
def test_rows_may_be_newer_than_the_checkpoint(older: int, newer: int) -> None:
    record, later = checkpoint_of(halved(older)), checkpoint_of(halved(newer))["history"]
    found = with_history(record, later["stride"], history_rows(later))
    if later["stride"] == record["history"]["stride"]:
        assert as_bytes(found) == as_bytes(record)
        return
    history, before = found["history"], record["history"]
    assert history["stride"] == before["stride"]
    assert (history["min"] <= before["min"]).all()
    assert (history["max"] >= before["max"]).all()
    epoch = np.concatenate([[0], history["epoch"], history["recent_epoch"]])
    assert (np.diff(epoch) > 0).all()
    assert np.allclose(history["epoch"], before["epoch"])


def test_lost_rows_leave_a_gap_and_no_lost_run() -> None:
    record = trained(steps=40)
    rows = history_rows(record["history"])
    kept = np.delete(rows, slice(10, 20), axis=0)
    run = from_record(with_history(from_bytes(to_bytes(record, history=False)), 1, kept))
    assert len(run.history) == 40
    assert np.isnan(run.history.buckets[2:, 10:20]).all()
    assert np.array_equal(np.delete(run.history.buckets, slice(10, 20), axis=1), kept[:, 1:].T)
    from_record(with_history(from_bytes(to_bytes(record, history=False)), 1, np.empty((0, 7))))
    from_record(with_history(from_bytes(to_bytes(record, history=False)), 1, rows[:7]))


@pytest.mark.parametrize(
    "rows",
    [np.zeros(7), np.zeros((2, 6)), np.zeros((2, 7)), np.full((2, 7), np.nan), np.full((1, 7), np.inf)],
)
def test_what_are_no_rows_is_refused(rows: Any) -> None:
    with pytest.raises(ValueError, match=r"^history must be rows"):
        with_history(trained(), 1, rows)


@pytest.mark.parametrize(
    ("section", "field", "value"),
    [
        ("trainer", "step", 2**53),
        ("trainer", "step", -1),
        ("trainer", "step", "3"),
        ("history", "stride", 0),
        ("history", "stride", "1"),
        ("history", "recent_loss", np.zeros(3)),
    ],
)
def test_a_checkpoint_that_contradicts_itself_is_refused(section: str, field: str, value: Any) -> None:
    record = trained()
    record[section][field] = value
    with pytest.raises(ValueError, match=rf"^{section}\."):
        with_history(record, 1, np.empty((0, 7)))


# ---- For other programs ----


@pytest.mark.native  # a compiled package
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("encoding", ["one_hot", "embedding"])
def test_the_official_library_opens_it_and_what_it_saves_is_valid(tmp_path: Path, dtype: str, encoding: str) -> None:
    import safetensors  # noqa: PLC0415
    import safetensors.numpy  # noqa: PLC0415

    config = RunConfig.from_dict({"model": {"dtype": dtype}, "dataset": {"encoding": encoding}})
    run = TrainingRun(config)
    run.advance(250)
    record = to_record(run)
    path = tmp_path / "run.safetensors"
    path.write_bytes(to_bytes(record))
    arrays = safetensors.numpy.load_file(path)
    for name, values in run.model.named_parameters().items():
        assert np.array_equal(arrays[name], values)
        assert arrays[name].dtype == values.dtype
    with safetensors.safe_open(path, "numpy") as file:
        metadata = file.metadata()
    assert metadata["name"] == "Run 1"
    assert as_bytes(from_bytes(safetensors.numpy.save(arrays, metadata))) == as_bytes(record)


def test_a_file_as_it_was_released_is_still_read() -> None:
    """Written once, by data/make_run_format_1.py; never again, whatever changes."""
    record = from_bytes(RELEASED.read_bytes())
    assert record["name"] == "Released · 一"
    assert record["trainer"]["step"] == 45
    run = from_record(record)
    # Another NumPy may sum in another order: the losses that follow are equal but for rounding.
    assert np.allclose(run.advance(5), [0.45914602, 0.07265461, 0.07157997, 0.4547571, 0.43839425])


def test_the_deepest_model_with_the_most_state_fits() -> None:
    config = {
        "dataset": {"num_samples": 4, "encoding": "embedding"},
        "model": {"hidden_dims": [1] * 32},
        "trainer": {"batch_size": 3, "optimizer": "adam"},
    }
    record = trained(2, **config)
    assert record["best"] is not None
    assert record["last_pass"]["optimizer_state"].keys() == {"first_moment", "second_moment"}
    assert as_bytes(from_bytes(to_bytes(record))) == as_bytes(record)


def test_the_optimizers_state_is_in_the_file_as_matrices() -> None:
    record = trained(5, trainer={"optimizer": "adam"})
    _, arrays = unpack(to_bytes(record))
    first = record["trainer"]["optimizer_state"]["first_moment"]
    assert arrays["optimizer/first_moment/layers/0/weights"].shape == (16, 3)
    assert arrays["optimizer/first_moment/layers/0/weights"].ravel().tolist() == first[:48].tolist()
    before = arrays["last_pass/optimizer/second_moment/layers/1/biases"]
    assert before.tolist() == record["last_pass"]["optimizer_state"]["second_moment"][-4:].tolist()


@pytest.mark.parametrize(
    "name", ["optimizer/first_moment/layers/0/weights", "last_pass/optimizer/second_moment/layers/1/biases"]
)
def test_a_file_in_which_a_part_of_the_state_is_missing_is_refused(name: str) -> None:
    data = packed_with(lambda _, arrays: arrays.pop(name), to_bytes(trained(trainer={"optimizer": "adam"})))
    with pytest.raises(ValueError, match=f"array {name} is missing"):
        from_bytes(data)


def test_state_of_an_optimizer_that_has_none_is_refused() -> None:
    def add(_: dict[str, str], arrays: dict[str, Any]) -> None:
        arrays["optimizer/velocity/layers/0/weights"] = arrays["layers/0/weights"]

    with pytest.raises(ValueError, match=r"must not hold an array optimizer/velocity/layers/0/weights"):
        from_bytes(packed_with(add))


# ---- Nothing else gets in ----


def npz() -> bytes:
    file = io.BytesIO()
    np.savez(file, a=np.zeros(3))
    return file.getvalue()


def npy() -> bytes:
    file = io.BytesIO()
    np.save(file, np.zeros(3))
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "an empty file"),
        (b"x", "something else"),
        (b"x" * 1000, "something else"),
        (b'{"a": 1}', "a text in JSON"),
        (npz(), "a NumPy .npz archive"),
        (npy(), "a NumPy .npy file"),
        (b"PK\x03\x04" + bytes(26) + b"archive/data.pkl", "a PyTorch .pt file, which holds a pickle"),
        (b"PK\x03\x04" + bytes(60), "a zip archive"),
        *[(pickle.dumps({"a": list(range(99))}, n), "a Python pickle, and pickles can run code") for n in (2, 3, 4, 5)],
        (b"\x1f\x8b\x08" + bytes(60), "a gzip archive"),
        ((MAX_HEADER + 1).to_bytes(8, "little") + b"{" + bytes(5_000_000), "something else"),
        (b"\xff" * 8 + b"{}", "something else"),
        ((1000).to_bytes(8, "little") + b"{}", "something else"),
    ],
    ids=str,
)
def test_files_of_other_kinds_are_named(data: bytes, what: str) -> None:
    with pytest.raises(ValueError, match=rf"^This is {what}.*, not a run file \(.safetensors\)$"):
        from_bytes(data)


@pytest.mark.parametrize("data", [None, 3, "text", [1], {}])
def test_what_are_no_bytes_is_refused(data: Any) -> None:
    with pytest.raises(ValueError, match=r"^bytes must be the contents of a file"):
        from_bytes(data)


def test_a_file_that_is_too_large_is_refused_unread() -> None:
    with pytest.raises(ValueError, match=r"^This file is too large"):
        from_bytes(memoryview(np.zeros(MAX_BYTES + 1, np.uint8)))


def raw(header: str | bytes, body: bytes = b"") -> bytes:
    text = header.encode() if isinstance(header, str) else header
    return len(text).to_bytes(8, "little") + text + body


ENTRY = '{"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}'


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ("{" + '"a":[' * 100_000, "nested deeper"),
        ('{"a":' * 4 + "1" + "}" * 4, "nested deeper"),
        ('{"' + '\\"' * 1_000_000, "must be JSON"),
        ('{"' + '\\"' * 1_000_000 + "[[[[[[", "must be JSON"),
        ("{" + "]" * 1000 + "[" * 1000, "must be JSON"),
        ('{"a": 1, "a": 2}', "must not have a key twice"),
        ('{"a": 1, "\\u0061": 2}', "must not have a key twice"),
        ('{"a": NaN}', "JSON, which has no NaN"),
        ('{"a": -Infinity}', "JSON, which has no -Infinity"),
        ('{"a": 1e999}', "beyond the range"),
        ('{"a": ' + "9" * 5000 + "}", "more than 24 digits"),
        ('{"a": "\\ud800"}', "half a surrogate pair"),
        ('{"\\udfff": 1}', "plain names as keys, got '.udfff'"),
        ('{"a": {"\\n": 1}}', "plain names as keys"),
        ('{"a": ["\\udfff"]}', "half a surrogate pair"),
        (b'{"\xff": 1}', "UTF-8"),
        ("{,}", "must be JSON"),
        ("{}", "no __metadata__"),
        ('{"__metadata__": null}', "no __metadata__"),
        ('{"__metadata__": {"a": 1}}', "text under plain names"),
        ('{"__metadata__": {"__proto__": "1"}}', "text under plain names"),
        ('{"__metadata__": {' + ",".join(f'"a{k}": ""' for k in range(65)) + "}}", "at most 64 keys"),
        ('{"__metadata__": {}, "__proto__": ' + ENTRY + "}", "plain names"),
        ('{"__metadata__": {}, "../a": ' + ENTRY + "}", "plain names"),
        ('{"__metadata__": {}, "a": 1}', "dtype, shape and data_offsets"),
        ('{"__metadata__": {}, "a": ' + ENTRY + "}", "cut short"),
        ('{"__metadata__": {}, "a": ' + ENTRY.replace("F32", "BF16") + "}", "one of F64, F32, I32"),
        ('{"__metadata__": {}, "a": ' + ENTRY.replace('"F32"', "[]") + "}", "one of F64, F32, I32"),
        ('{"__metadata__": {}, "a": ' + ENTRY.replace("[1]", "[-1]") + "}", "whole numbers"),
        ('{"__metadata__": {}, "a": ' + ENTRY.replace("[1]", "[1.0]") + "}", "whole numbers"),
        ('{"__metadata__": {}, "a": ' + ENTRY.replace("[1]", "[true]") + "}", "whole numbers"),
        ('{"__metadata__": {}, "a": ' + ENTRY.replace("[1]", "[1, 1, 1]") + "}", "at most 2"),
        ('{"__metadata__": {}, "a": ' + ENTRY.replace("[1]", "[2]") + "}", "must lie at"),
        ('{"__metadata__": {}, "a": ' + ENTRY.replace("[0, 4]", "[0.0, 4]") + "}", "must lie at"),
        ('{"__metadata__": {}, "a": ' + ENTRY.replace("[0, 4]", "[4, 8]") + "}", "must lie at"),
        ('{"__metadata__": {}' + ",".join(["", *(f'"a{k}": {ENTRY}' for k in range(641))]) + "}", "at most 640"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_a_header_that_is_not_strict_is_refused(header: str | bytes, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        from_bytes(raw(header))


def test_bytes_after_the_last_array_are_refused() -> None:
    with pytest.raises(ValueError, match="must end with its last array, got 3 bytes more"):
        from_bytes(to_bytes(trained()) + b"abc")


def test_a_flipped_bit_is_noticed_wherever_it_is() -> None:
    data = to_bytes(trained(steps=1))
    for place in range(0, len(data), 7):
        damaged = bytearray(data)
        damaged[place] ^= 1 << place % 8
        with pytest.raises(ValueError, match=r"^(This|The) "):
            from_bytes(damaged)


CHANGES: list[tuple[str, Callable[[dict[str, str], dict[str, Any]], None], str]] = [
    ("no kind", lambda m, _: m.pop("kind"), "holds no run"),
    ("newer", lambda m, _: m.update(format="3"), "newer version: format '3', and 2 is the newest known"),
    ("no config", lambda m, _: m.pop("config"), "config is missing"),
    ("surplus", lambda m, _: m.update(surprise="1"), "surprise is unknown"),
    ("deep config", lambda m, _: m.update(config="[" * 10_000), "nested deeper"),
    ("no JSON", lambda m, _: m.update(trainer="{"), "trainer must be JSON"),
    ("trainer list", lambda m, _: m.update(trainer="[]"), "trainer must be an object"),
    ("order twice", lambda m, _: m.update(trainer='{"order": []}'), "trainer must not have the field order"),
    (
        "best field",
        lambda m, _: m.update(best='{"loss": 1}'),
        "best must be an object with held_out_accuracy, held_out_loss, step, ",
    ),
    (
        "history field",
        lambda m, _: m.update(history='{"stride": 1, "min": []}'),
        "history must be an object with stride",
    ),
    ("best text", lambda m, _: m.update(best='"x"'), "best must be an object"),
    ("history null", lambda m, _: m.update(history="null"), "history must be an object"),
    ("config list", lambda m, _: m.update(config="[]"), "config must be a dict"),
    ("other width", lambda m, _: m.update(config=m["config"].replace("[3]", "[4]")), "must have shape"),
    ("other dtype", lambda m, _: m.update(config=m["config"].replace("float32", "float64")), "must be float64"),
    ("array gone", lambda _, a: a.pop("best/layers/0/weights"), "best/layers/0/weights is missing"),
    ("array more", lambda _, a: a.update(surprise=np.zeros(1)), "must not hold an array surprise"),
    ("best gone", lambda m, _: m.update(best="null"), "must not hold an array best"),
    ("flat", lambda _, a: a.update({"layers/0/weights": a["layers/0/weights"].ravel()}), "must have shape"),
    ("order", lambda _, a: a.update({"trainer/order": a["trainer/order"][1:]}), "must have shape"),
    ("table", lambda _, a: a.update({"history/min": np.zeros((2, 2))}), "must have shape"),
]


@pytest.mark.parametrize(("change", "sentence"), [pytest.param(c, s, id=name) for name, c, s in CHANGES])
def test_a_file_that_contradicts_itself_is_refused(change: Any, sentence: str) -> None:
    data = packed_with(change)
    with pytest.raises(ValueError, match=sentence):
        from_bytes(data)


# Names that have broken other programs: markup, text that turns around, prototypes, ends of strings.
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{constructor.constructor('alert(1)')()}}",
    "javascript:alert(1)",
    "';DROP TABLE runs;--",
    "__proto__",
    "constructor",
    "toString",
    "\u202eevil\u2066txt.exe",
    "\u200b\ufeff\u00ad|",
    "Z̷̡a̶l̵g̷o̴" * 9,
    "𝕏" * 100,
    "../../etc/passwd",
    "con.txt",
    "%s%n{0}",
    "${7*7}",
    "=cmd|' /C calc'!A0",
    "NaN",
    "null",
    '\\"\\u0000',
]
REFUSED = ["", " ", "a\0b", "a\nb", "\u2028", "x" * 101, "x" * 10_000, "\ud800", "\x1b[31m", "\x85"]


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_a_hostile_name_stays_text(name: str) -> None:
    record = trained()
    record["name"] = name
    again = from_bytes(to_bytes(record))
    assert again["name"] == name
    assert from_record(again).name == name.strip()


@pytest.mark.parametrize("name", REFUSED, ids=lambda name: ascii(name)[:20])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    record = trained()
    record["name"] = name
    with pytest.raises(ValueError, match=r"^name "):
        from_record(from_bytes(to_bytes(record)))


@pytest.mark.parametrize("text", [*HOSTILE, *REFUSED], ids=lambda name: ascii(name)[:20])
def test_hostile_ids_dates_and_metadata_are_refused(text: str) -> None:
    for field in ("id", "created", "config", "trainer", "best"):
        if field == "id" and re.fullmatch(r"\w+", text, re.ASCII):
            continue
        if field == "best" and text == "null":
            continue
        try:
            data = packed_with(lambda metadata, _, field=field: metadata.update({field: text}))
        except UnicodeEncodeError:
            continue  # such a file cannot be written at all
        with pytest.raises(ValueError):  # noqa: PT011  # whatever it says, it is a sentence
            from_record(from_bytes(data))


def test_strict_json_reads_what_json_reads() -> None:
    value = {"a": [1, 2.5, -3e-7, None, True, '[{"\\é'], "b": {"c": {}}}
    assert parse("it", json.dumps(value), 3) == value


# ---- Fuzzed: a sentence, or a record that goes round; nothing else ----


TEXTS = {"kind", "format", "id", "name", "created", "crc32"}  # of the metadata; all else there is JSON


def small_files() -> list[bytes]:
    """Run files to be damaged: with every kind of value that a file can hold, and as few numbers as can be."""
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
    return [*(to_bytes(to_record(run)) for run in (stopped, twin)), to_bytes(to_record(stopped), history=False)]


def test_small_files_hold_every_kind_of_value() -> None:
    """Each JSON of their metadata is more than its empty value in one of them."""
    files = [unpack(data)[0] for data in small_files()]
    empty = {"null", "[]", "{}", "0", "false"}
    assert [key for key in files[0].keys() - TEXTS if all(metadata[key] in empty for metadata in files)] == []


def mutated(data: bytes, rng: random.Random) -> bytes:
    kind = rng.randrange(5)
    if kind == 0:
        return _bytes_changed(data, rng)
    if kind == 1:
        return _header_text_changed(data, rng)
    metadata, arrays = unpack(data)
    if kind == 2:
        _arrays_changed(arrays, rng)
    elif kind == 3:
        key = rng.choice(sorted(metadata))
        metadata[key] = _text_changed(metadata[key], rng)
    else:
        key = rng.choice(sorted(metadata.keys() - TEXTS))
        metadata[key] = json.dumps(_value_changed(json.loads(metadata[key]), rng))
    try:
        return pack(metadata, arrays)
    except UnicodeEncodeError:
        return data[: rng.randrange(len(data))]


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
    """Any text in place of the header, with a length that fits."""
    end = 8 + int.from_bytes(data[:8], "little")
    text = _text_changed(data[8:end].decode(), rng)
    return raw(text.encode(errors="replace"), data[end:])


PIECES = [
    '"',
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\\",
    "0",
    "-1",
    "1e999",
    "null",
    "[[[[[[",
    '{"a":',
    "\\ud800",
    "\0",
    "é",
    "NaN",
]


def _text_changed(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text) + 1)
    piece = rng.choice(PIECES) * rng.choice([1, 1, 1, 50])
    return text[:at] + piece + text[at + rng.choice([0, 1, 5]) :]


VALUES: list[Any] = [
    None,
    True,
    0,
    1,
    -1,
    2**53,
    2**200,
    0.5,
    1e308,
    -1e-308,
    "",
    "NaN",
    "Infinity",
    "9" * 30,
    [],
    [[]],
    {},
]


def _value_changed(value: Any, rng: random.Random) -> Any:
    """The same value with something in it exchanged."""
    if isinstance(value, dict) and value and rng.random() < 0.9:
        key = rng.choice(sorted(value))
        if rng.random() < 0.1:
            return {name: item for name, item in value.items() if name != key}
        return {**value, key: _value_changed(value[key], rng)}
    if isinstance(value, list) and value and rng.random() < 0.7:
        at = rng.randrange(len(value))
        return [*value[:at], _value_changed(value[at], rng), *value[at + rng.choice([0, 1]) :]]
    if isinstance(value, int | float) and rng.random() < 0.6:
        return value + rng.choice([-1, 1, 0.5, value, 0.0])  # the last writes a whole number as a float: 3.0
    return rng.choice(VALUES)


def _arrays_changed(arrays: dict[str, Any], rng: random.Random) -> None:
    name = rng.choice(sorted(arrays))
    array = arrays[name].copy()
    kind = rng.randrange(6)
    if kind == 0:
        del arrays[name]
    elif kind == 1:
        arrays[rng.choice(["__proto__", "a", "layers/0/weights", "../x", name + "x", "x" * 100])] = array
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
    """The sentence that refuses a file; None if it is taken, and its run goes round.

    `history`: generation and rows that were kept apart from a checkpoint.
    """
    try:
        record = from_bytes(data)
        run = from_record(complete_record(with_history(record, *history) if history else record))
    except ValueError as error:
        return str(error) if type(error) is ValueError else repr(error)
    record = to_record(run)
    assert as_bytes(from_bytes(to_bytes(record))) == as_bytes(record)
    return None


def odd(sentences: list[str | None]) -> list[str]:
    """Those that are no sentences for people."""
    return [it for it in sentences if it is not None and not (10 < len(it) < 500 and it.isprintable() and " " in it)]


@pytest.mark.slow
def test_fuzzed_checkpoints_and_rows_are_refused_in_a_sentence_or_go_round() -> None:
    rng = random.Random(1)
    *_, checkpoint = small_files()
    rows = history_rows(from_bytes(small_files()[0])["history"])
    sentences = []
    for _ in range(FUZZED // 4):
        arrays = {"rows": rows}
        _arrays_changed(arrays, rng)
        history = rng.choice([1, _value_changed(1, rng)]), rng.choice([rows, arrays.get("rows", rows)])
        sentences.append(refusal(rng.choice([checkpoint, mutated(checkpoint, rng)]), history))
    assert odd(sentences) == []
    assert FUZZED / 50 < sentences.count(None) < FUZZED / 4


@pytest.mark.slow
def test_fuzzed_files_are_refused_in_a_sentence_or_go_round() -> None:
    rng = random.Random(0)
    seeds = [*small_files(), RELEASED.read_bytes()]
    sentences = [refusal(mutated(rng.choice(seeds), rng)) for _ in range(FUZZED)]
    assert odd(sentences) == []
    assert FUZZED / 100 < sentences.count(None) < FUZZED / 2


def test_the_checksum_is_crc_32_of_arrays_names_and_metadata() -> None:
    data = to_bytes(trained(0))
    end = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:end])
    metadata = header.pop("__metadata__")
    crc = metadata.pop("crc32")
    text = "".join(f"{name}\0{entry['dtype']}\0{entry['shape']}\0" for name, entry in header.items())
    text += "".join(f"{key}\0{metadata[key]}\0" for key in sorted(metadata))
    assert crc == f"{zlib.crc32(data[end:] + text.encode()):08x}"
