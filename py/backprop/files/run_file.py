"""Run files: records of runs as safetensors files, converted to the last bit.

Arrays (`safetensors.load_file` returns them as matrices):

    layers/0/weights, layers/0/biases, …, embedding/weights   current parameters, float32 or float64 as the model
    initial/layers/0/weights, …                               parameters before the first step
    best/layers/0/weights, …                                  parameters at the end of the best epoch, if any
    stopper/layers/0/weights, …                               checkpoint of early stopping, if it is on
    last_pass/layers/0/weights, …                             parameters before the last update, if one followed the
                                                              last pass
    optimizer/velocity/layers/0/weights, …                    current state of the optimizer, if any: velocity, or
                                                              first_moment and second_moment
    last_pass/optimizer/velocity/layers/0/weights, …          its state before the last update
    last_pass/batch                                           sample indices of the last pass, int32
    last_update/…                                             as last_pass/…, for an update before that pass that
                                                              produced non-finite numbers
    trainer/order                                             sample order of the current epoch, int32
    epochs/epoch, …/step, …/seconds, …/train_loss, …          metrics at the end of epochs, float64
    history/epoch, …/seconds, …/min, …/mean, …/max, …/accuracy   buckets of `stride` steps, float64
    history/recent_epoch, …_seconds, …_loss, …_accuracy       steps in no bucket yet, float64
    flow/values                                               gradient flow over time, see `gradient_flow`, float64
    flow/previous                                             gradients of the last step, if the next one needs them

Metadata, all text: kind, format, id, name and created as they are; archived, twin_group, config, comparable_from,
stopper, stopped, stops, marks, trainer, last_pass, last_update (optional), dataset, metrics, best, history, flow and
epochs as JSON, with non-finite numbers as the texts "NaN", "Infinity" and "-Infinity".

This module only converts between bytes and records; `record.from_record` validates the contents.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..buffers import split
from ..optimizers import OPTIMIZERS
from ..runs import format_1
from ..runs.config import RunConfig, with_saved_share
from ..training.config import PASS_SETTINGS
from ..training.epochs import METRICS, EpochRow
from .history_rows import BUCKETS, RECENT
from .safetensors import Arrays, pack, unpack
from .strict_json import parse

KIND = "backprop-run"
FORMAT = "2"

Plain = dict[str, Any]
Shapes = dict[str, tuple[int, ...]]

_PLAIN = ("id", "name", "created")
_JSON = (
    *("archived", "twin_group", "config", "comparable_from", "stopper", "stopped", "stops", "marks"),
    *("trainer", "last_pass", "dataset", "metrics", "best", "history", "flow", "epochs"),
)
_OPTIONAL = ("last_update",)
_BEST = ("step", *METRICS)
_STOPPER = ("wait", "best", "best_step", "from_epoch", "reached")
# Objects with separate arrays, and their other fields; older layouts of format 1 had fewer.
Objects = dict[str, tuple[set[str], ...]]
_OBJECTS: Objects = {
    "history": ({"stride"}, {"stride", "breaks"}),
    **{name: ({"stride"},) for name in ("flow", "epochs")},
    "best": (set(_BEST),),
    "stopper": (set(_STOPPER),),
    **{name: (set(PASS_SETTINGS),) for name in ("last_pass", *_OPTIONAL)},
}
_OBJECTS_1: Objects = _OBJECTS | {
    "best": (*_OBJECTS["best"], {"loss", "step"}),
    "stopper": (*_OBJECTS["stopper"], set(_STOPPER) - {"best_step"}),
    "last_pass": (*_OBJECTS["last_pass"], {"learning_rate", "loss_type"}),
}
_TRAINER_ARRAYS = ("order", "optimizer_state")
_SECTIONS = ("dataset", "model", "trainer", "stopping")  # of the config; the last came with early stopping
_JSON_DEPTH = 4  # config.dataset.master_sequences: a list of lists
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII
)  # as JavaScript reads it
_NOT_IN_JSON = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def to_bytes(record: Plain, *, history: bool = True) -> bytes:
    """Return a record as the bytes of a run file.

    Parameters
    ----------
    record : result of `record.to_record`
    history : whether to write the buckets of the history. Without them the file is a small checkpoint, to be completed
        by `history_rows.with_history` with separately saved rows.
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
    update = record.get("last_update")
    if update:
        arrays |= _update_arrays(update, shapes)
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
        **({"last_update": {name: update[name] for name in PASS_SETTINGS}} if update else {}),
        "history": {"stride": past["stride"], "breaks": past["breaks"]},
        "flow": {"stride": flow["stride"]},
        "epochs": {"stride": record["epochs"]["stride"]},
    }
    metadata = {
        "kind": KIND,
        "format": FORMAT,
        **{name: record[name] for name in _PLAIN},
        **{name: json.dumps(_to_json(values[name]), ensure_ascii=False, allow_nan=False) for name in _names(values)},
    }
    try:
        return pack(metadata, arrays)
    except UnicodeEncodeError:
        raise ValueError("name must be Unicode text, got half a surrogate pair") from None


def from_bytes(data: object) -> Plain:
    """Return the record in a run file, for `record.from_record`.

    Parameters
    ----------
    data : bytes, or a buffer of them. The record of a checkpoint has no buckets in its history.

    Raises
    ------
    ValueError
        If the file is invalid; the message is one sentence.
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
    """Read any layout of format 1, recognized by its fields."""
    added = {name for fields in format_1.ADDED for name in fields}
    return _read(1, metadata, arrays, [name for name in _JSON if name not in added] + format_1.fields_of(metadata))


def _read_2(metadata: dict[str, str], arrays: Arrays) -> Plain:
    return _read(2, metadata, arrays, _names(metadata))


def _read(number: int, metadata: dict[str, str], arrays: Arrays, names: Iterable[str]) -> Plain:
    if metadata.keys() != {*_PLAIN, *names}:
        odd = sorted(metadata.keys() ^ {*_PLAIN, *names})[0]
        raise ValueError(f"The file's {odd[:40]} is {'unknown' if odd in metadata else 'missing'}")
    if not _MOMENT.fullmatch(metadata["created"]):
        raise ValueError("The file's created must be a date and time in ISO 8601 with its offset from UTC")
    record: Plain = {"format": number, **{name: metadata[name] for name in _PLAIN}}
    record |= {name: _from_json(parse(f"The file's {name}", metadata[name], _JSON_DEPTH)) for name in names}
    _check_objects(record, _OBJECTS if number > 1 else _OBJECTS_1)
    _check_sections(record["config"], _SECTIONS if "stopper" in record else _SECTIONS[:3])
    left = dict(arrays)
    order = arrays.get("trainer/order")
    given = format_1.complete_config(record["config"]) if number == 1 else record["config"]
    record["config"] = with_saved_share(given, 0 if order is None else order.size)
    config = RunConfig.from_dict(record["config"])
    _take_parameters(record, left, config)
    _take_optimizer(record, left, config)
    _take_series(record, left, np.dtype(config.model.dtype))
    if "last_update" in record:
        _take_update(record["last_update"], left, parameter_shapes(config), np.dtype(config.model.dtype))
    if left:
        raise ValueError(f"The file must not hold an array {sorted(left)[0]}")
    return record


def _take_parameters(record: Plain, left: Arrays, config: RunConfig) -> None:
    shapes, dtype = parameter_shapes(config), np.dtype(config.model.dtype)
    record["parameters"] = _flat("", left, shapes, dtype)
    record["initial_parameters"] = _flat("initial/", left, shapes, dtype)
    if record["best"] is not None:
        record["best"]["parameters"] = _flat("best/", left, shapes, dtype)
    stopper = record.get("stopper", {})
    if "best_step" in stopper:
        kept = stopper["best"] is not None
        stopper["parameters"] = _flat("stopper/", left, shapes, dtype) if kept else None
    if "last_pass" in record:
        updated = any(f"last_pass/{name}" in left for name in shapes)
        record["last_pass"]["parameters"] = _flat("last_pass/", left, shapes, dtype) if updated else None
        record["last_pass"]["batch"] = _take(left, "last_pass/batch", None, np.dtype(np.int32))
    record["trainer"]["order"] = _take(left, "trainer/order", (config.num_train,), np.dtype(np.int32))


def _take_optimizer(record: Plain, left: Arrays, config: RunConfig) -> None:
    last = record.get("last_pass", {})
    if "optimizer" not in last:
        return  # there was none yet
    shapes, dtype = parameter_shapes(config), np.dtype(config.model.dtype)
    record["trainer"]["optimizer_state"] = {
        vector: _flat(f"optimizer/{vector}/", left, shapes, dtype)
        for vector in OPTIMIZERS[config.trainer.optimizer].STATE
    }
    last["optimizer_state"] = {
        vector: _flat(f"last_pass/optimizer/{vector}/", left, shapes, dtype)
        for vector in _vectors_before(last["optimizer"], left)
    }


def _take_series(record: Plain, left: Arrays, dtype: np.dtype[Any]) -> None:
    floats = np.dtype(np.float64)
    if "epochs" in record:
        record["epochs"] |= {name: _take(left, f"epochs/{name}", None, floats) for name in EpochRow._fields}
    names: tuple[str, ...] = BUCKETS + RECENT if "history/epoch" in left else RECENT
    if record["format"] == 1 and "history/recent_accuracy" not in left:
        names = tuple(name for name in names if not name.endswith("accuracy"))
    record["history"] |= {name: _take(left, f"history/{name}", None, floats) for name in names}
    if record["format"] == 1:
        record["history"] = format_1.complete_history(record["history"])
    if "flow" in record:
        record["flow"]["values"] = _take(left, "flow/values", None, floats)
        record["flow"]["previous"] = _take(left, "flow/previous", None, dtype) if "flow/previous" in left else None


def _names(given: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the JSON fields: the required ones, and the optional ones that are present."""
    return (*_JSON, *(name for name in _OPTIONAL if name in given))


def _update_arrays(update: Plain, shapes: Shapes) -> Arrays:
    arrays = _named("last_update/", update["parameters"], shapes) | {"last_update/batch": update["batch"]}
    for vector, flat in update["optimizer_state"].items():
        arrays |= _named(f"last_update/optimizer/{vector}/", flat, shapes)
    return arrays


def _take_update(update: Plain, left: Arrays, shapes: Shapes, dtype: np.dtype[Any]) -> None:
    """Move the arrays of the update from `left` into its fields."""
    update["parameters"] = _flat("last_update/", left, shapes, dtype)
    update["batch"] = _take(left, "last_update/batch", None, np.dtype(np.int32))
    vectors = dict.fromkeys(name.split("/")[2] for name in left if name.startswith("last_update/optimizer/"))
    update["optimizer_state"] = {
        vector: _flat(f"last_update/optimizer/{vector}/", left, shapes, dtype) for vector in vectors
    }


def _vectors_before(optimizer: object, left: Arrays) -> tuple[str, ...]:
    """Return the state vectors of the last pass's optimizer if the file has their values before that pass."""
    kind = OPTIMIZERS.get(optimizer) if isinstance(optimizer, str) else None
    return kind.STATE if kind and any(name.startswith("last_pass/optimizer/") for name in left) else ()


def _check_objects(record: Plain, objects: Objects) -> None:
    """Refuse fields that the arrays would overwrite."""
    for name, layouts in objects.items():
        value = record.get(name, {})
        if name in record and (name, value) != ("best", None) and not _has_fields(value, layouts):
            raise ValueError(f"The file's {name} must be an object with {', '.join(sorted(layouts[0]))}")
    if not isinstance(record["trainer"], dict):
        raise ValueError("The file's trainer must be an object")
    if "order" in record["trainer"]:
        raise ValueError("The file's trainer must not have the field order, which is an array")


def _check_sections(config: object, sections: tuple[str, ...]) -> None:
    """Refuse a config that would take defaults in place of what it was saved with."""
    if isinstance(config, dict):
        for section in sections:
            if section not in config:
                raise ValueError(f"The file's config.{section} is missing")


def _has_fields(value: object, layouts: tuple[set[str], ...]) -> bool:
    return isinstance(value, dict) and any(value.keys() == fields for fields in layouts)


READERS = {"1": _read_1, "2": _read_2}  # one for every format ever released


def parameter_shapes(config: RunConfig) -> dict[str, tuple[int, ...]]:
    """Return name → shape of the parameter tensors of a config's model, in the order of `Model.parameters`."""
    data = config.dataset
    embeds = data.encoding == "embedding"
    shapes: dict[str, tuple[int, ...]] = (
        {"embedding/weights": (len(data.vocabulary), data.embedding_dim)} if embeds else {}
    )
    for k, (fan_in, fan_out) in enumerate(pairwise(config.shape)):
        shapes |= {f"layers/{k}/weights": (fan_in, fan_out), f"layers/{k}/biases": (fan_out,)}
    return shapes


def _named(prefix: str, flat: NDArray[Any], shapes: dict[str, tuple[int, ...]]) -> Arrays:
    """Split a flat vector of parameters into named matrices."""
    return {prefix + name: part for name, part in zip(shapes, split(flat, shapes.values()), strict=True)}


def _flat(prefix: str, arrays: Arrays, shapes: dict[str, tuple[int, ...]], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Remove the named matrices from `arrays` and return them as one flat vector."""
    return np.concatenate([_take(arrays, prefix + name, shape, dtype).ravel() for name, shape in shapes.items()])


def _take(arrays: Arrays, name: str, shape: tuple[int, ...] | None, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Remove an array of this shape, or a flat one of any length, from `arrays`; return a copy."""
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
    """Undo `_to_json` in the fields of objects and lists of objects, not deeper, since a token may be "NaN"."""
    if isinstance(value, list):
        return [_from_json(item) for item in value]
    if isinstance(value, dict):
        return {name: _NOT_IN_JSON.get(item, item) if isinstance(item, str) else item for name, item in value.items()}
    return value
