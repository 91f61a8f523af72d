"""Run files: records of runs as safetensors files, converted to the last bit.

docs/run-file-format.md describes the format. This module only converts between bytes and records;
`record.from_record` validates the contents.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..runs import format_1
from ..runs.config import RunConfig, with_new_settings, with_saved_share
from ..runs.record import NEW_FIELDS
from ..training.config import PASS_SETTINGS
from ..training.epochs import METRICS
from .run_arrays import arrays_of, take_arrays
from .safetensors import Arrays, pack, unpack
from .strict_json import parse

KIND = "backprop-run"
FORMAT = "3"

Plain = dict[str, Any]

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
    past, best, stopper, last = (record[name] for name in ("history", "best", "stopper", "last_pass"))
    update = record.get("last_update")
    values = {
        **record,
        "trainer": {name: value for name, value in record["trainer"].items() if name not in _TRAINER_ARRAYS},
        "best": best and {name: best[name] for name in _BEST},
        "stopper": {name: stopper[name] for name in _STOPPER},
        "last_pass": {name: last[name] for name in PASS_SETTINGS if name in last},
        **({"last_update": {name: update[name] for name in PASS_SETTINGS if name in update}} if update else {}),
        "history": {"stride": past["stride"], "breaks": past["breaks"]},
        "flow": {"stride": record["flow"]["stride"]},
        "epochs": {"stride": record["epochs"]["stride"]},
    }
    names = (*_names(values), *(name for name in NEW_FIELDS if name in record))
    metadata = {
        "kind": KIND,
        "format": str(record["format"]),
        **{name: record[name] for name in _PLAIN},
        **{name: json.dumps(_to_json(values[name]), ensure_ascii=False, allow_nan=False) for name in names},
    }
    try:
        return pack(metadata, arrays_of(record, history))
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


def _read_3(metadata: dict[str, str], arrays: Arrays) -> Plain:
    """Read a run with the learner's code, which is text and is not executed, or with its loops."""
    new = [name for name in NEW_FIELDS if name in metadata] or NEW_FIELDS[:1]
    return _read(3, metadata, arrays, (*_names(metadata), *new))


def _read(number: int, metadata: dict[str, str], arrays: Arrays, names: Iterable[str]) -> Plain:
    if metadata.keys() != {*_PLAIN, *names}:
        odd = sorted(metadata.keys() ^ {*_PLAIN, *names})[0]
        raise ValueError(f"The file's {odd[:40]} is {'unknown' if odd in metadata else 'missing'}")
    if not _MOMENT.fullmatch(metadata["created"]):
        raise ValueError("The file's created must be a date and time in ISO 8601 with its offset from UTC")
    record: Plain = {"format": number, **{name: metadata[name] for name in _PLAIN}}
    record |= {name: _from_json(parse(f"The file's {name}", metadata[name], _JSON_DEPTH)) for name in names}
    _check_objects(with_new_settings(record), _OBJECTS if number > 1 else _OBJECTS_1)
    _check_sections(record["config"], _SECTIONS if "stopper" in record else _SECTIONS[:3])
    if number == 1:
        record["config"] = format_1.complete_config(record["config"])
    order = arrays.get("trainer/order")
    record["config"] = with_saved_share(record["config"], 0 if order is None else order.size)
    take_arrays(record, arrays, RunConfig.from_dict(record["config"]))
    return record


def _names(given: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the JSON fields: the required ones, and the optional ones that are present."""
    return (*_JSON, *(name for name in _OPTIONAL if name in given))


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


READERS = {"1": _read_1, "2": _read_2, "3": _read_3}  # one for every format ever released


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
