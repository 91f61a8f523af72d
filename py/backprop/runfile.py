"""Run files: the record of a run as bytes that any safetensors reader opens, and back, to the last bit.

Arrays (`safetensors.load_file` shows them as matrices):

    layers/0/weights, layers/0/biases, …, embedding/weights   the parameters now, float32 or float64 as the model
    initial/layers/0/weights, …                               before the first step
    best/layers/0/weights, …                                  at the end of the best epoch, if there was one
    stopper/layers/0/weights, …                               what early stopping would go back to, if it is on
    last_pass/layers/0/weights, …                             before the last update, if the last pass led to one
    optimizer/velocity/layers/0/weights, …                    the optimizer's state now, if it has any: velocity, or
                                                              first_moment and second_moment
    last_pass/optimizer/velocity/layers/0/weights, …          before the last update, likewise
    last_pass/batch                                           the samples of the last pass, int32
    trainer/order                                             the order of visits of the epoch under way, int32
    epochs/epoch, …/step, …/seconds, …/train_loss, …          what was measured at the end of epochs, float64
    history/epoch, …/seconds, …/min, …/mean, …/max, …/accuracy   of each `stride` steps, float64
    history/recent_epoch, …_seconds, …_loss, …_accuracy       of the steps that fill no such bucket yet
    flow/values                                               the gradient flow over time, see `flow`, float64
    flow/previous                                             the last step's gradients, if the next one needs them

Metadata, all text: kind, format, id, name, created as they are; archived, twin_group, config, comparable_from,
stopper, stopped, stops, marks, trainer, last_pass, dataset, metrics, best, history, flow and epochs as JSON, in which
numbers that JSON does not have are the texts "NaN", "Infinity", "-Infinity".

`record.from_record` checks what it means; here it is only whether record and bytes say the same.
"""

import json
import math
import re
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .epochs import METRICS, EpochRow
from .history_rows import BUCKETS, RECENT
from .optimizers import OPTIMIZERS
from .run_config import RunConfig
from .safetensors import Arrays, pack, unpack
from .strict_json import parse
from .trainer import PASS_SETTINGS

KIND = "backprop-run"
FORMAT = "1"

Plain = dict[str, Any]

_PLAIN = ("id", "name", "created")
_JSON = (
    *("archived", "twin_group", "config", "comparable_from", "stopper", "stopped", "stops", "marks"),
    *("trainer", "last_pass", "dataset", "metrics", "best", "history", "flow", "epochs"),
)
_BEST = ("step", *METRICS)
_STOPPER = ("wait", "best", "best_step", "from_epoch", "reached")
_TRAINER_ARRAYS = ("order", "optimizer_state")
_JSON_DEPTH = 4  # config.dataset.master_sequences: a list of lists
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII
)  # as JavaScript reads it
_NOT_IN_JSON = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def to_bytes(record: Plain, *, history: bool = True) -> bytes:
    """Return a record as the bytes of a run file.

    Parameters
    ----------
    record : as `record.to_record` returns it
    history : whether to write the long part of the history, its buckets. Without them it is a checkpoint: small, and
        whole again when `history_rows.with_history` has put the rows back that were kept elsewhere.
    """
    shapes = parameter_shapes(RunConfig.from_dict(record["config"]))
    past, best, stopper = record["history"], record["best"], record["stopper"]
    arrays = _named("", record["parameters"], shapes) | _named("initial/", record["initial_parameters"], shapes)
    if best:
        arrays |= _named("best/", best["parameters"], shapes)
    if stopper["parameters"] is not None:
        arrays |= _named("stopper/", stopper["parameters"], shapes)
    last = record["last_pass"]
    if last["parameters"] is not None:
        arrays |= _named("last_pass/", last["parameters"], shapes)
    for prefix, state in (("", record["trainer"]["optimizer_state"]), ("last_pass/", last["optimizer_state"])):
        for vector, flat in state.items():
            arrays |= _named(f"{prefix}optimizer/{vector}/", flat, shapes)
    arrays["last_pass/batch"] = last["batch"]
    arrays["trainer/order"] = record["trainer"]["order"]
    flow = record["flow"]
    arrays |= {f"flow/{name}": flow[name] for name in ("values", "previous") if flow[name] is not None}
    arrays |= {f"epochs/{name}": record["epochs"][name] for name in EpochRow._fields}
    arrays |= {f"history/{name}": past[name] for name in (BUCKETS + RECENT if history else RECENT)}
    values = {
        **record,
        "trainer": {name: value for name, value in record["trainer"].items() if name not in _TRAINER_ARRAYS},
        "best": best and {name: best[name] for name in _BEST},
        "stopper": {name: stopper[name] for name in _STOPPER},
        "last_pass": {name: last[name] for name in PASS_SETTINGS},
        "history": {"stride": past["stride"]},
        "flow": {"stride": flow["stride"]},
        "epochs": {"stride": record["epochs"]["stride"]},
    }
    metadata = {
        "kind": KIND,
        "format": FORMAT,
        **{name: record[name] for name in _PLAIN},
        **{name: json.dumps(_to_json(values[name]), ensure_ascii=False, allow_nan=False) for name in _JSON},
    }
    try:
        return pack(metadata, arrays)
    except UnicodeEncodeError:
        raise ValueError("name must be Unicode text, got half a surrogate pair") from None


def from_bytes(data: object) -> Plain:
    """Return the record in a run file, for `record.from_record`.

    Parameters
    ----------
    data : bytes, or a buffer of them. A checkpoint without buckets gives a record whose history lacks them.

    Raises
    ------
    ValueError
        If anything about the file is wrong; one sentence.
    """
    metadata, arrays = unpack(data)
    if metadata.pop("kind", None) != KIND:
        raise ValueError(f"This safetensors file holds no run: its metadata has no kind {KIND!r}")
    number = metadata.pop("format", "")
    if number not in READERS:
        raise ValueError(
            f"This file was written by a newer version: format {number[:20]!r}, and {FORMAT} is the newest known"
        )
    return READERS[number](metadata, arrays)


def _read_1(metadata: dict[str, str], arrays: Arrays) -> Plain:
    if metadata.keys() != {*_PLAIN, *_JSON}:
        odd = sorted(metadata.keys() ^ {*_PLAIN, *_JSON})[0]
        raise ValueError(f"The file's {odd[:40]} is {'unknown' if odd in metadata else 'missing'}")
    if not _MOMENT.fullmatch(metadata["created"]):
        raise ValueError("The file's created must be a date and time in ISO 8601 with its offset from UTC")
    record: Plain = {"format": 1, **{name: metadata[name] for name in _PLAIN}}
    record |= {name: _from_json(parse(f"The file's {name}", metadata[name], _JSON_DEPTH)) for name in _JSON}
    _check_objects(record)
    config = RunConfig.from_dict(record["config"])
    shapes, dtype = parameter_shapes(config), np.dtype(config.model.dtype)
    left = dict(arrays)
    record["parameters"] = _flat("", left, shapes, dtype)
    record["initial_parameters"] = _flat("initial/", left, shapes, dtype)
    if record["best"] is not None:
        record["best"]["parameters"] = _flat("best/", left, shapes, dtype)
    kept = record["stopper"]["best"] is not None
    record["stopper"]["parameters"] = _flat("stopper/", left, shapes, dtype) if kept else None
    last = record["last_pass"]
    updated = any(f"last_pass/{name}" in left for name in shapes)
    last["parameters"] = _flat("last_pass/", left, shapes, dtype) if updated else None
    record["trainer"]["optimizer_state"] = {
        vector: _flat(f"optimizer/{vector}/", left, shapes, dtype)
        for vector in OPTIMIZERS[config.trainer.optimizer].STATE
    }
    last["optimizer_state"] = {
        vector: _flat(f"last_pass/optimizer/{vector}/", left, shapes, dtype)
        for vector in _vectors_before(last["optimizer"], left)
    }
    last["batch"] = _take(left, "last_pass/batch", None, np.dtype(np.int32))
    record["trainer"]["order"] = _take(left, "trainer/order", (config.num_train,), np.dtype(np.int32))
    floats = np.dtype(np.float64)
    record["epochs"] |= {name: _take(left, f"epochs/{name}", None, floats) for name in EpochRow._fields}
    names = BUCKETS + RECENT if "history/epoch" in left else RECENT
    record["history"] |= {name: _take(left, f"history/{name}", None, floats) for name in names}
    record["flow"]["values"] = _take(left, "flow/values", None, floats)
    record["flow"]["previous"] = _take(left, "flow/previous", None, dtype) if "flow/previous" in left else None
    if left:
        raise ValueError(f"The file must not hold an array {sorted(left)[0]}")
    return record


def _vectors_before(optimizer: object, left: Arrays) -> tuple[str, ...]:
    """Return what the optimizer of the last pass remembers, if the file holds it as it was before that pass."""
    kind = OPTIMIZERS.get(optimizer) if isinstance(optimizer, str) else None
    return kind.STATE if kind and any(name.startswith("last_pass/optimizer/") for name in left) else ()


def _check_objects(record: Plain) -> None:
    """Refuse what would be lost or overwritten when the arrays take their places."""
    stride = {"stride"}
    for name, fields in (
        ("history", stride),
        ("flow", stride),
        ("epochs", stride),
        ("best", set(_BEST)),
        ("stopper", set(_STOPPER)),
        ("last_pass", set(PASS_SETTINGS)),
    ):
        value = record[name]
        if (name, value) != ("best", None) and not (isinstance(value, dict) and value.keys() == fields):
            raise ValueError(f"The file's {name} must be an object with {', '.join(sorted(fields))}")
    if not isinstance(record["trainer"], dict):
        raise ValueError("The file's trainer must be an object")
    if "order" in record["trainer"]:
        raise ValueError("The file's trainer must not have the field order, which is an array")


READERS = {"1": _read_1}  # one for every format ever released


def parameter_shapes(config: RunConfig) -> dict[str, tuple[int, ...]]:
    """Return name → shape of all that the model of a config learns, in the order of `Model.parameters`."""
    data = config.dataset
    embeds = data.encoding == "embedding"
    shapes: dict[str, tuple[int, ...]] = (
        {"embedding/weights": (len(data.vocabulary), data.embedding_dim)} if embeds else {}
    )
    for k, (fan_in, fan_out) in enumerate(pairwise(config.shape)):
        shapes |= {f"layers/{k}/weights": (fan_in, fan_out), f"layers/{k}/biases": (fan_out,)}
    return shapes


def _named(prefix: str, flat: NDArray[Any], shapes: dict[str, tuple[int, ...]]) -> Arrays:
    """Cut a flat vector of parameters into named matrices."""
    ends = np.cumsum([math.prod(shape) for shape in shapes.values()])
    parts = np.split(flat, ends[:-1])
    return {prefix + name: part.reshape(shape) for (name, shape), part in zip(shapes.items(), parts, strict=True)}


def _flat(prefix: str, arrays: Arrays, shapes: dict[str, tuple[int, ...]], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Take the named matrices out of `arrays` and put them into one flat vector."""
    return np.concatenate([_take(arrays, prefix + name, shape, dtype).ravel() for name, shape in shapes.items()])


def _take(arrays: Arrays, name: str, shape: tuple[int, ...] | None, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Take an array of this shape, or flat of any length, out of `arrays`; return a copy."""
    array = arrays.pop(name, None)
    if array is None:
        raise ValueError(f"The file's array {name} is missing")
    if array.ndim != 1 if shape is None else array.shape != shape:
        raise ValueError(f"The file's array {name} must have shape {shape or '(any,)'}, got {array.shape}")
    if array.dtype != dtype:
        raise ValueError(f"The file's array {name} must be {dtype}, got {array.dtype}")
    return array.astype(dtype)


def _to_json(value: object) -> object:
    if isinstance(value, dict):
        return {name: _to_json(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_to_json(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def _from_json(value: object) -> Any:
    """Undo `_to_json`: in the fields of an object or of a list of them, not deeper, for a token may well be "NaN"."""
    if isinstance(value, list):
        return [_from_json(item) for item in value]
    if isinstance(value, dict):
        return {name: _NOT_IN_JSON.get(item, item) if isinstance(item, str) else item for name, item in value.items()}
    return value
