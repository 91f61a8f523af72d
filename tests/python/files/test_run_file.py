"""Run files: back to the last bit, open to the official library, and nothing else gets in."""

import io
import json
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.files.history_rows import history_rows, with_history
from backprop.files.run_arrays import parameter_shapes
from backprop.files.run_file import from_bytes, to_bytes
from backprop.files.safetensors import MAX_BYTES, MAX_HEADER, pack, unpack
from backprop.files.strict_json import parse
from backprop.monitor.history import BUCKETS, History
from backprop.runs.config import RunConfig
from backprop.runs.record import from_record, to_record
from backprop.runs.run import TrainingRun
from tests.python.files.damage import checksum, raw
from tests.python.runs.test_record import as_bytes, configs

Plain = dict[str, Any]

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


@pytest.mark.slow
@given(configs(), st.integers(0, 40))
def test_every_field_comes_back_to_the_last_bit(config: RunConfig, steps: int) -> None:
    run = TrainingRun(config, "Kept")
    for _ in range(steps):
        run.train("batch")
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


@pytest.mark.slow
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
    ids=lambda value: str(value)[:40],  # in full, one would be 25 MB, sent between processes
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
        ('{"a": [' + "1," * 100_000 + "1]}", "at most 100,000 values"),
        ('{"a": [' + "[]," * 100_000 + "1]}", "at most 100,000 values"),
        ("{}" + "[" * 400_000, "nested deeper"),
        ('{"a": ' + "]" * 400_000 + "[" * 90_000, "must be JSON"),
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


@pytest.mark.slow
def test_a_flipped_bit_is_noticed_wherever_it_is() -> None:
    data = to_bytes(trained(steps=1))
    for place in range(0, len(data), 7):
        damaged = bytearray(data)
        damaged[place] ^= 1 << place % 8
        with pytest.raises(ValueError, match=r"^(This|The) "):
            from_bytes(damaged)


def without(text: str, key: str) -> str:
    """JSON of an object, without one of its fields."""
    return json.dumps({name: value for name, value in json.loads(text).items() if name != key})


CHANGES: list[tuple[str, Callable[[dict[str, str], dict[str, Any]], None], str]] = [
    ("no kind", lambda m, _: m.pop("kind"), "holds no run"),
    ("newer", lambda m, _: m.update(format="4"), "newer version: format '4', and 3 is the newest known"),
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
    *[
        (
            f"config without {name}",
            lambda m, _, name=name: m.update(config=without(m["config"], name)),
            f"config.{name} is missing",
        )
        for name in ("dataset", "model", "trainer", "stopping")
    ],
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


def test_the_checksum_is_crc_32_of_arrays_names_and_metadata() -> None:
    data = to_bytes(trained(0))
    end = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:end])
    metadata = header.pop("__metadata__")
    assert metadata["crc32"] == checksum(metadata, header, data[end:])
