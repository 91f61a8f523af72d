"""Conversion of records of format 1 to format 2.

The fields of a record changed ten times while its format number stayed 1. Each layout is recognized by its fields;
later layouts only add fields. A missing field gets the value that training used at that time, NaN for a missing
measurement, or UNKNOWN for a whole section.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..activations import Array
from ..fields import check_dict
from ..monitor.flow import MAX_MOMENTS, moments_at, steps_of
from ..training.config import PASS_SETTINGS, TrainerConfig
from ..training.epochs import MAX_ROWS, METRICS, EpochRow, kept_epochs
from ..training.stopping import StoppingConfig
from .names import UNNAMED, UNSEEN, check_name

Plain = dict[str, Any]

UNKNOWN: Any = object()  # a value that no file can contain

# Fields of a record, in the order in which layouts added them; all other fields are in every layout.
ADDED = (
    ("archived", "twin_group"),
    ("last_pass",),
    ("marks",),
    ("flow",),
    ("epochs",),
    ("stopper", "stopped"),
    ("stops",),
)

_TRAINER, _STOPPING = TrainerConfig(), StoppingConfig(monitor="train_loss")
# Behaviour before these options existed: no held-out samples, plain gradient descent, no stopping.
_OPTIONS: dict[str, dict[str, Any]] = {
    "dataset": {"held_out": 0.0, "held_out_by": "sample"},
    "model": {"initialization": "xavier_uniform"},
    "trainer": {name: getattr(_TRAINER, name) for name in PASS_SETTINGS if name not in {"learning_rate", "loss_type"}},
    "stopping": dict(vars(_STOPPING)),
}


def fields_of(names: Iterable[str]) -> list[str]:
    """Return the added fields of the layout of a record with the fields `names`.

    Raises
    ------
    ValueError
        If a field is missing although one of a later layout is present.
    """
    present = set(names)
    layout = max((n for n, fields in enumerate(ADDED, 1) if present & set(fields)), default=0)
    expected = [name for fields in ADDED[:layout] for name in fields]
    for name in expected:
        if name not in present:
            raise ValueError(f"record.{name} is missing")
    return expected


def complete_config(config: object) -> Plain:
    """Return a config completed with the options that its layout lacks."""
    sections = check_dict("config", config)
    completed = dict(sections)
    for section, options in _OPTIONS.items():
        given = check_dict(f"config.{section}", sections.get(section, {} if section == "stopping" else None))
        completed[section] = {**options, **given} if not given.keys() & options.keys() else given
    return completed


def complete_history(history: object) -> Plain:
    """Return a history with accuracies of NaN if its layout has none."""
    fields = dict(check_dict("history", history))
    for name, like in (("accuracy", "epoch"), ("recent_accuracy", "recent_epoch")):
        if like in fields and name not in fields:
            fields[name] = np.full(_length(fields[like]), np.nan)
    return fields


def complete(record: Plain) -> Plain:
    """Convert a record of format 1, in any of its layouts, to format 2; does not validate it."""
    present = fields_of(record)
    completed: Plain = {
        "archived": False,
        "twin_group": None,
        "last_pass": UNKNOWN,
        "marks": [],
        "flow": UNKNOWN,
        "epochs": UNKNOWN,
        "stopped": None,
        "stops": [],
        **record,
        "format": 2,
        "name": _name(record.get("name")),
        "config": complete_config(record.get("config")),
        "history": complete_history(record.get("history")),
        "trainer": _trainer(record.get("trainer")),
    }
    if isinstance(completed["last_pass"], dict):
        plain = {name: _OPTIONS["trainer"].get(name) for name in PASS_SETTINGS[2:]} | {"optimizer_state": {}}
        completed["last_pass"] = _with("optimizer", plain, completed["last_pass"])
    if isinstance(completed.get("metrics"), dict):
        nothing = {"held_out_loss": None, "held_out_accuracy": None}
        completed["metrics"] = _with("held_out_loss", nothing, completed["metrics"])
    if isinstance(completed.get("best"), dict) and "loss" in completed["best"]:
        completed["best"] = _best(completed["best"])
    completed["stopper"] = _stopper(record["stopper"], completed) if "stopper" in present else _NEW_STOPPER
    if isinstance(completed["flow"], dict):
        completed["flow"] = _flow(completed["flow"], completed["trainer"].get("step"))
    if isinstance(completed["stopped"], dict):
        completed["stopped"] = _stopped(completed["stopped"], completed)
    return completed


def unmeasured_flow(step: int, size: int, parameters: Array) -> Plain:
    """Return the gradient flow of a run without measured flow: NaN at each moment.

    Parameters
    ----------
    size : numbers per moment
    parameters : parameters of the model, with the shape of the gradients of the last step
    """
    stride = 1
    while moments_at(step, stride) >= MAX_MOMENTS:
        stride *= 2
    is_due = step > 0 and (step + 1) % stride == 0
    values = np.full(moments_at(step, stride) * size, np.nan)
    return {"stride": stride, "values": values, "previous": np.full_like(parameters, np.nan) if is_due else None}


def unmeasured_epochs(done: int, steps: int, curve: NDArray[np.float64]) -> Plain:
    """Return the rows of epochs without measured metrics: times from the history, metrics NaN.

    Parameters
    ----------
    done : number of complete epochs
    steps : number of steps of the run
    curve : float64 (3, n): epoch, step and seconds of the points of the history
    """
    epoch, step, seconds = np.concatenate([np.zeros((3, 1)), curve], axis=1)
    stride = 1
    while -(-done // stride) >= MAX_ROWS:  # number of rows at this stride
        stride *= 2
    wanted = np.array(kept_epochs(done, stride), np.float64)
    ends = np.minimum(np.floor(np.interp(wanted, epoch, step) + 0.5), steps)
    columns = {name: np.full(len(wanted), np.nan) for name in EpochRow._fields}
    return columns | {"stride": stride, "epoch": wanted, "step": ends, "seconds": np.interp(wanted, epoch, seconds)}


_NEW_STOPPER: Plain = {
    "wait": 0,
    "best": None,
    "best_step": None,
    "parameters": None,
    "from_epoch": 0,
    "reached": False,
}


def _with(field: str, added: Plain, fields: Mapping[str, Any]) -> Plain:
    """Return the fields with those in `added`, unless `field`, one of these, is present."""
    return dict(fields) if field in fields else {**fields, **added}


def _name(name: object) -> object:
    """Replace an invisible name, which old versions allowed."""
    try:
        return check_name(name)
    except ValueError as refusal:
        return UNNAMED if str(refusal) == UNSEEN else name


def _length(column: object) -> int:
    if isinstance(column, np.ndarray):
        return len(column) if column.ndim else 0
    return memoryview(column).nbytes // 8 if isinstance(column, bytes | bytearray | memoryview) else 0


def _trainer(trainer: object) -> Plain:
    fields = _with("visits", {"visits": 0}, check_dict("trainer", trainer))
    fields = _with("optimizer_t", {"optimizer_t": 0, "optimizer_state": {}}, fields)
    # Correct predictions in the current epoch: not counted, unless it is at its beginning.
    return _with("right", {"right": 0 if fields.get("next") == 0 else math.nan, "epoch_accuracy": None}, fields)


def _flow(flow: Plain, step: object) -> Plain:
    """Drop every second moment until fewer than `MAX_MOMENTS` remain: the first layouts kept up to 127."""
    stride, values = flow.get("stride"), flow.get("values")
    if not (type(stride) is int and type(step) is int and 1 <= stride <= step and isinstance(values, np.ndarray)):
        return flow
    thinned = dict(flow)
    while moments_at(step, stride) >= MAX_MOMENTS and len(values) % moments_at(step, stride) == 0:
        moments = values.reshape(moments_at(step, stride), -1)
        steps = steps_of(len(moments), stride)
        stride *= 2
        values = moments[(steps == 1) | (steps % stride == 0)].ravel()
        thinned |= {"stride": stride, "values": values}
        if (step + 1) % stride:
            thinned["previous"] = None
    return thinned


def _best(best: Plain) -> Plain:
    """Add the missing metrics: only the training loss determined the best epoch."""
    others = {name: value for name, value in best.items() if name != "loss"}
    return dict.fromkeys(METRICS, math.nan) | {"train_loss": best["loss"]} | others


def _stopper(stopper: object, record: Plain) -> Plain:
    """Add a checkpoint: early stopping restored the best epoch of the run, and kept only the value of its own best."""
    fields = check_dict("stopper", stopper)
    if "best_step" in fields:
        return fields
    is_on, best = record["config"]["stopping"].get("early_stopping") is True, record["best"]
    none = {"best": None, "best_step": None, "parameters": None}
    if not is_on or not isinstance(best, dict) or fields.get("best") is None:
        return {**fields, **none, "wait": fields.get("wait") if is_on else 0}
    monitored = best.get(str(record["config"]["stopping"].get("monitor")))
    return {**fields, "best": monitored, "best_step": best.get("step"), "parameters": best.get("parameters")}


def _stopped(stop: Plain, record: Plain) -> Plain:
    """Complete a stop: old ones have no minimum improvement, and `value` is the best value."""
    if "min_delta" in stop:
        return stop
    stopping, reason = record["config"]["stopping"], stop.get("reason")
    fields = {**stop, "min_delta": None, "best_step": None, "best_value": None}
    if reason == "diverged":
        return fields
    fields |= {"monitor": stopping.get("monitor"), "min_delta": stopping.get("min_delta")}
    if reason != "early_stopping":
        return fields
    step = stop.get("step") if stop.get("best_step") is None else stop["best_step"]
    return fields | {"value": None, "best_step": step, "best_value": stop.get("value")}
