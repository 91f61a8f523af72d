"""Records of training runs: conversion to plain data and back, to the last bit.

A record holds only numbers, strings, lists, dicts and flat arrays. It may come from an untrusted file, so all fields
and their combinations are checked before a run is created from it.
"""

import math
import re
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..limits import LIMITS, check_choice, check_integer, check_number
from ..monitor.gradient_flow import MAX_MOMENTS, QUANTITIES, RANGES, moments_at
from ..monitor.history import MAX_BREAKS, MAX_POINTS
from ..optimizers import OPTIMIZERS
from ..randomness import seeded_generator, set_generator_state
from ..tensors import layer_names
from ..training.config import PASS_SETTINGS, TrainerConfig
from ..training.epochs import MAX_ROWS, METRICS, EpochMetrics, EpochRow, kept_epochs
from ..training.saved_pass import restore_diverging_update, save_diverging_update, save_pass
from ..training.stopping import MAX_STOPS, REASONS, Checkpoint, EarlyStopping, Stop
from . import format_1
from .changes import LOSS, MAX_CHANGES, WEIGHTS, SettingChange
from .config import RunConfig, check_dict, in_section, with_saved_share
from .memory import RESTORE_SHARE, bytes_of_record, check_budget
from .names import check_name
from .run import Best, Metrics, TrainingRun

FORMAT = 2
MAX_STEPS = 2**53 - 1  # counts stay exact as JavaScript numbers
MAX_SECONDS = 1e12

Plain = dict[str, Any]

RECORD_FIELDS = (
    "format id name created archived twin_group config initial_parameters parameters best metrics comparable_from "
    "stopper stopped stops marks trainer last_pass dataset history flow epochs"
)
OPTIONAL_FIELDS = "last_update"
_OPTIONAL_STOP_FIELDS = "restored_value optimizer_reset"
_TRAINER_FIELDS = (
    "step",
    "samples_visited",
    "visits",
    "loss",
    "epoch_loss",
    "epoch_accuracy",
    "epoch_ms",
    "seconds",
    "loss_sum",
    "right",
    "epoch_began",
    "next",
    "order",
    "generator",
    "optimizer_t",
    "optimizer_state",
)
_BUCKET_FIELDS = ("epoch", "seconds", "min", "mean", "max", "accuracy")
_RECENT_FIELDS = ("recent_epoch", "recent_seconds", "recent_loss", "recent_accuracy")


def to_record(run: TrainingRun, *, history: bool = True) -> Plain:
    """Return a run as plain data with copies of its arrays, optionally without the buckets of its history."""
    best, past = run.best, run.history
    last_update = None if run.updated else save_diverging_update(run.trainer)
    buckets = dict(zip(_BUCKET_FIELDS, past.buckets.copy(), strict=True)) if history else {}
    return {
        "format": FORMAT,
        "id": run.id,
        "name": run.name,
        "created": run.created,
        "archived": run.archived,
        "twin_group": run.twin_group,
        "config": run.config.to_dict(),
        "initial_parameters": run.initial_parameters.copy(),
        "parameters": run.model.parameters.copy(),
        "best": best and {"step": best.step, **best.metrics._asdict(), "parameters": best.parameters.copy()},
        "stopper": _early_stopping_fields(run.early_stopping),
        "stopped": run.stopped and dict(vars(run.stopped)),
        "stops": [dict(vars(stop)) for stop in run.stops],
        "metrics": run.metrics and run.metrics._asdict(),
        "comparable_from": run.comparable_from,
        "marks": [change.to_dict() for change in run.changes],
        "trainer": run.trainer.get_state(),
        "last_pass": save_pass(run.trainer, run.updated),
        **({} if last_update is None else {"last_update": last_update}),
        "dataset": {"digest": run.dataset.digest, "generator": run.dataset.get_state()},
        "history": {
            "stride": past.stride,
            "breaks": list(past.breaks),
            **buckets,
            **dict(zip(_RECENT_FIELDS, past.recent.copy(), strict=True)),
        },
        "flow": {
            "stride": run.flow.stride,
            "values": run.flow.values.ravel().copy(),
            "previous": None if run.flow.previous is None else run.flow.previous.copy(),
        },
        "epochs": {"stride": run.epochs.stride, **run.epochs.columns()},
    }


def from_record(record: object, in_use: int = 0, share: float = RESTORE_SHARE) -> TrainingRun:
    """Create a run from a record.

    Parameters
    ----------
    record : result of `to_record`; an array may also be a buffer, such as a memoryview, of its little-endian bytes
    in_use, share : memory of other runs in bytes, and multiple of the budget: see `memory.check_budget`

    Raises
    ------
    ValueError
        If the record is invalid; the message begins with the field.
    """
    if not isinstance(record, dict) or "format" not in record:
        raise ValueError("record must be a dict with the field format: this is not a saved run")
    number = check_integer("format", record["format"], 1, MAX_STEPS)
    if number not in READERS:
        raise ValueError(f"format: this run was saved by a newer version (format {number}; up to {FORMAT} can be read)")
    check_budget("This run", bytes_of_record(record), in_use, share)
    try:
        return READERS[number](record)
    except MemoryError:
        raise ValueError("This run needs more memory than is available") from None


def _read_1(record: Plain) -> TrainingRun:
    return _read_2(format_1.complete(record))


def _read_2(record: Plain) -> TrainingRun:
    _fields("record", record, RECORD_FIELDS, OPTIONAL_FIELDS)
    order = _array("trainer.order", check_dict("trainer", record["trainer"]).get("order", b""), "int32")
    config = _config(with_saved_share(record["config"], len(order)))
    dtype, size = config.model.dtype, config.parameters
    trainer = _trainer(record["trainer"], config)
    initial = _array("initial_parameters", record["initial_parameters"], dtype, size)
    if not np.isfinite(initial).all():
        raise ValueError("initial_parameters must be finite numbers")
    current = _array("parameters", record["parameters"], dtype, size)
    held_out = config.dataset.num_samples - config.num_train
    best = _best(record["best"], config, trainer["step"], held_out)
    metrics = _metrics(record["metrics"], trainer["step"], held_out)
    visited = trainer["samples_visited"]
    comparable_from = check_integer("comparable_from", record["comparable_from"], 0, visited, reason="samples visited")
    changes = _changes(record["marks"], trainer["step"], config.num_train)
    last_pass = _last_pass("last_pass", record["last_pass"], config, trainer["optimizer_t"])
    last_update = _last_update(record.get("last_update"), last_pass, config, trainer["optimizer_t"])
    _fields("dataset", record["dataset"], "digest generator")
    _generator("dataset", record["dataset"]["generator"])
    early_stopping = _early_stopping(record["stopper"], config, visited // config.num_train, trainer["step"])
    stopped = None if record["stopped"] is None else _stop("stopped", record["stopped"], trainer["step"])
    stops = _stops(record["stops"], trainer["step"])
    known = {stop.step for stop in (*stops, stopped) if stop} | {
        change.step for change in changes if change.field == LOSS
    }
    past = {"breaks": sorted(known)} | check_dict("history", record["history"])
    stride, buckets, recent, breaks = _history(past, trainer["step"], visited / config.num_train)
    curve = _curve(stride, buckets, recent)
    every, rows = _epochs(record["epochs"], visited, config.num_train, steps=trainer["step"], curve=curve)

    run = TrainingRun(config, check_name(record["name"]), run_id=_id(record["id"]), created=_created(record["created"]))
    if run.dataset.digest != record["dataset"]["digest"]:
        raise ValueError("dataset.digest differs: this run was trained on other samples than its options generate here")
    if not np.array_equal(np.sort(trainer["order"]), run.dataset.train):
        raise ValueError(f"trainer.order must hold each of the {config.num_train} training samples once")
    run.initial_parameters[:] = initial
    run.model.parameters[:] = current
    run.archived, run.twin_group = _flag("archived", record["archived"]), _twin_group(record["twin_group"])
    run.best, run.metrics, run.comparable_from, run.changes = best, metrics, comparable_from, changes
    run.early_stopping, run.stopped, run.stops = early_stopping, stopped, stops
    run.trainer.set_state(trainer)
    run.dataset.set_state(record["dataset"]["generator"])
    run.history.restore(stride, buckets, recent, breaks)
    _restore_flow(run, record["flow"])
    run.epochs.restore(every, rows)
    if last_pass is None:
        run.preview()
    else:
        in_section("last_pass", lambda: run.repeat_pass(last_pass))
    if last_update:
        in_section("last_update", lambda: restore_diverging_update(run.trainer, last_update))
    run.resume_measuring()
    return run


READERS = {1: _read_1, 2: _read_2}  # one for every format ever released


def _config(config: object) -> RunConfig:
    """Read a config that must have every option, since defaults may change."""
    checked = RunConfig.from_dict(config)
    given = check_dict("config", config)
    for section, options in checked.to_dict().items():
        _fields(f"config.{section}", given.get(section), " ".join(options))
    return checked


def _trainer(state: object, config: RunConfig) -> Plain:
    num_train, kind = config.num_train, config.trainer.optimizer
    trainer = _fields("trainer", state, " ".join(_TRAINER_FIELDS))
    step = check_integer("trainer.step", trainer["step"], 0, MAX_STEPS)
    visited = check_integer("trainer.samples_visited", trainer["samples_visited"], step, step * num_train)
    order = _array("trainer.order", trainer["order"], "int32", num_train)
    _generator("trainer", trainer["generator"])
    return {
        "step": step,
        "samples_visited": visited,
        "visits": check_integer("trainer.visits", trainer["visits"], 0, 2**32 - 1 if step else 0),
        "loss": _optional("trainer.loss", trainer["loss"]),
        "epoch_loss": _optional("trainer.epoch_loss", trainer["epoch_loss"]),
        "epoch_accuracy": _share("trainer.epoch_accuracy", trainer["epoch_accuracy"]),
        "epoch_ms": _optional("trainer.epoch_ms", trainer["epoch_ms"]),
        "seconds": check_number("trainer.seconds", trainer["seconds"], 0, MAX_SECONDS),
        "loss_sum": _number("trainer.loss_sum", trainer["loss_sum"]),
        "right": _right(trainer["right"], visited % num_train),
        "epoch_began": check_number("trainer.epoch_began", trainer["epoch_began"], 0, MAX_SECONDS),
        "next": check_integer("trainer.next", trainer["next"], visited % num_train, visited % num_train),
        "order": order,
        "generator": trainer["generator"],
        "optimizer_t": check_integer("trainer.optimizer_t", trainer["optimizer_t"], 0, step if kind == "adam" else 0),
        "optimizer_state": _state("trainer.optimizer_state", trainer["optimizer_state"], kind, config),
    }


def _right(value: object, visited: int) -> float:
    """Read the number of correct predictions in the current epoch; NaN if they were not counted from its beginning."""
    if isinstance(value, float) and math.isnan(value):
        return value
    return check_integer("trainer.right", value, 0, visited, reason="visited in this epoch")


def _state(name: str, state: object, optimizer: str, config: RunConfig) -> Plain:
    """Read the state vectors of an optimizer."""
    vectors = _fields(name, state, " ".join(OPTIMIZERS[optimizer].STATE))
    return {key: _array(f"{name}.{key}", vectors[key], config.model.dtype, config.parameters) for key in vectors}


def _changes(changes: object, steps: int, num_train: int) -> list[SettingChange]:
    if not isinstance(changes, list) or len(changes) > MAX_CHANGES:
        raise ValueError(f"marks must be a list of at most {MAX_CHANGES}")
    return [_change(change, steps, num_train) for change in changes]


def _setting(field: str, value: Any, num_train: int) -> Any:
    changes: Plain = {field: value}
    return getattr(replace(TrainerConfig(batch_size=1), **changes).validated(num_train), field)


def _change(change: object, steps: int, num_train: int) -> SettingChange:
    fields = _fields("marks", change, "step field from to")
    step = check_integer("marks.step", fields["step"], 1, steps, reason="steps done")
    field = check_choice("marks.field", fields["field"], (*TrainerConfig.__dataclass_fields__, "weights"))
    if field == "weights":
        before = check_choice("marks.from", fields["from"], ("trained",))
        return SettingChange(step, field, before, check_choice("marks.to", fields["to"], WEIGHTS))
    before = in_section("marks", lambda: _setting(field, fields["from"], num_train))
    return SettingChange(step, field, before, in_section("marks", lambda: _setting(field, fields["to"], num_train)))


def _last_update(last: object, last_pass: Plain | None, config: RunConfig, t: int) -> Plain | None:
    """Read the update before the last pass that produced non-finite numbers."""
    fields = None if last is None else _last_pass("last_update", last, config, t)
    if fields and (fields["parameters"] is None or last_pass is None or last_pass["parameters"] is not None):
        raise ValueError("last_update must be there only if last_pass led to no update, and must have parameters")
    return fields


def _last_pass(name: str, last: object, config: RunConfig, t: int) -> Plain | None:
    if last is format_1.UNKNOWN:
        return None
    fields = _fields(name, last, " ".join((*PASS_SETTINGS, "batch", "parameters", "optimizer_state")))
    num_samples, dtype, size = config.dataset.num_samples, config.model.dtype, config.parameters
    batch = _array(f"{name}.batch", fields["batch"], "int32")
    if len(batch) == 0 and fields["parameters"] is None:
        return None  # a reset ran out of memory before the first pass
    if not 1 <= len(batch) <= num_samples or batch.min() < 0 or batch.max() >= num_samples:
        raise ValueError(f"{name}.batch must hold 1 to {num_samples} of the {num_samples} samples")
    before = fields["parameters"]
    parameters = None if before is None else _array(f"{name}.parameters", before, dtype, size)
    # Empty if the optimizer has no state, made no update, or was changed since.
    state = check_dict(f"{name}.optimizer_state", fields["optimizer_state"])
    if state:
        if parameters is None or fields["optimizer"] != config.trainer.optimizer:
            raise ValueError(f"{name}.optimizer_state must be empty: the optimizer made no such update")
        check_integer("trainer.optimizer_t", t, 1 if fields["optimizer"] == "adam" else 0, MAX_STEPS)
        state = _state(f"{name}.optimizer_state", state, fields["optimizer"], config)
    return {**fields, "batch": batch, "parameters": parameters, "optimizer_state": state}


def _best(best: object, config: RunConfig, steps: int, held_out: int) -> Best | None:
    if best is None:
        return None
    fields = _fields("best", best, " ".join(("step", *METRICS, "parameters")))
    metrics = EpochMetrics(*(_number(f"best.{name}", fields[name]) for name in METRICS))
    if not math.isfinite(getattr(metrics, config.stopping.monitor)):
        raise ValueError(f"best.{config.stopping.monitor} must be finite, for it is monitored")
    if held_out == 0 and not math.isnan(metrics.held_out_loss):  # and with some it is NaN if it is not finite
        raise ValueError(f"best.held_out_loss must fit the {held_out} samples held out")
    step = check_integer("best.step", fields["step"], 1, steps, reason="steps done")
    parameters = _array("best.parameters", fields["parameters"], config.model.dtype, config.parameters)
    if not np.isfinite(parameters).all():
        raise ValueError("best.parameters must be finite numbers")
    return Best(step, metrics, parameters)


def _early_stopping_fields(early_stopping: EarlyStopping) -> Plain:
    best = early_stopping.best
    return {
        "wait": early_stopping.wait,
        "best": best and best.value,
        "best_step": best and best.step,
        "parameters": best and best.parameters.copy(),
        "from_epoch": early_stopping.from_epoch,
        "reached": early_stopping.reached,
    }


def _early_stopping(state: object, config: RunConfig, epochs: int, steps: int) -> EarlyStopping:
    fields = _fields("stopper", state, "wait best best_step parameters from_epoch reached")
    limit = epochs if config.stopping.early_stopping else 0
    early_stopping = EarlyStopping()
    early_stopping.wait = check_integer(
        "stopper.wait", fields["wait"], 0, limit, reason="complete epochs with early stopping"
    )
    early_stopping.best = _checkpoint(fields, config, steps)
    early_stopping.from_epoch = check_integer(
        "stopper.from_epoch", fields["from_epoch"], 0, epochs, reason="complete epochs"
    )
    early_stopping.reached = _flag("stopper.reached", fields["reached"])
    return early_stopping


def _checkpoint(fields: Plain, config: RunConfig, steps: int) -> Checkpoint | None:
    missing = [fields[name] is None for name in ("best", "best_step", "parameters")]
    if all(missing):
        return None
    if any(missing) or not config.stopping.early_stopping:
        raise ValueError("stopper.best, best_step and parameters must be there together, and with early stopping only")
    value = _number("stopper.best", fields["best"])
    if math.isnan(value):
        raise ValueError("stopper.best must be a number, got nan")
    step = check_integer("stopper.best_step", fields["best_step"], 1, steps, reason="steps done")
    parameters = _array("stopper.parameters", fields["parameters"], config.model.dtype, config.parameters)
    if not np.isfinite(parameters).all():
        raise ValueError("stopper.parameters must be finite numbers")
    return Checkpoint(value, step, parameters)


def _stops(stops: object, steps: int) -> list[Stop]:
    if not isinstance(stops, list) or len(stops) > MAX_STOPS:
        raise ValueError(f"stops must be a list of at most {MAX_STOPS}")
    read = [_stop("stops", stop, steps) for stop in stops]
    if any(later.step < earlier.step for earlier, later in pairwise(read)):
        raise ValueError("stops.step must be in the order of time")
    return read


def _stop(name: str, stop: object, steps: int) -> Stop:
    required = [field for field in Stop.__dataclass_fields__ if field not in _OPTIONAL_STOP_FIELDS.split()]
    fields = _fields(name, stop, " ".join(required), _OPTIONAL_STOP_FIELDS)
    reason = check_choice(f"{name}.reason", fields["reason"], REASONS)
    diverged, restored = reason == "diverged", _flag(f"{name}.restored", fields["restored"])
    needs_best = reason == "early_stopping" or (restored and not diverged)
    for names, wanted in (
        ("monitor limit min_delta", not diverged),
        ("value", reason == "target"),
        ("tensor", diverged),
        ("tensor_step", diverged and fields["tensor_step"] is not None),
        ("best_step best_value", needs_best or (fields["best_step"] is not None and (restored or not diverged))),
    ):
        for field in names.split():
            if wanted != (fields[field] is not None):
                raise ValueError(f"{name}.{field} must fit the reason {reason}")
    best_step, best_value, value = (fields[field] for field in ("best_step", "best_value", "value"))
    tensor_step = fields["tensor_step"]
    return Stop(
        reason,
        check_integer(f"{name}.step", fields["step"], 0, steps, reason="steps done"),
        check_number(f"{name}.epoch", fields["epoch"], 0, MAX_STEPS),
        None if diverged else check_choice(f"{name}.monitor", fields["monitor"], METRICS),
        None if diverged else check_number(f"{name}.limit", fields["limit"], 0, 1e9),
        None if diverged else check_number(f"{name}.min_delta", fields["min_delta"], *LIMITS["min_delta"]),
        None if value is None else _number(f"{name}.value", value),
        None if best_step is None else check_integer(f"{name}.best_step", best_step, 1, steps, reason="steps done"),
        None if best_value is None else _number(f"{name}.best_value", best_value),
        restored,
        _tensor(name, fields["tensor"]) if diverged else None,
        None if tensor_step is None else check_integer(f"{name}.tensor_step", tensor_step, 0, steps + 1),
        _optional(f"{name}.restored_value", fields.get("restored_value", math.nan if restored else None)),
        _flag(f"{name}.optimizer_reset", fields.get("optimizer_reset", False)),
    )


def _tensor(field: str, name: object) -> str:
    if isinstance(name, str) and re.fullmatch(r"loss|(embedding|layers/\d{1,2})/[a-z_]{1,30}", name, re.ASCII):
        return name
    raise ValueError(f"{field}.tensor must be the name of a tensor, got {str(name)[:40]!r}")


def _metrics(metrics: object, steps: int, held_out: int) -> Metrics | None:
    if metrics is None:
        return None
    fields = _fields("metrics", metrics, " ".join(Metrics._fields))
    accuracy = _share("metrics.held_out_accuracy", fields["held_out_accuracy"])
    if (fields["held_out_loss"] is None) != (held_out == 0) or (accuracy is not None and held_out == 0):
        raise ValueError(f"metrics.held_out_loss must fit the {held_out} samples held out")
    return Metrics(
        check_integer("metrics.step", fields["step"], 0, steps, reason="steps done"),
        _number("metrics.loss", fields["loss"]),
        _share("metrics.accuracy", fields["accuracy"]),
        _optional("metrics.held_out_loss", fields["held_out_loss"]),
        accuracy,
    )


def _history(
    history: object, steps: int, epochs: float
) -> tuple[int, NDArray[np.float64], NDArray[np.float64], list[int]]:
    fields = _fields("history", history, " ".join(("stride", "breaks", *_BUCKET_FIELDS, *_RECENT_FIELDS)))
    stride = check_integer("history.stride", fields["stride"], 1, 2**40)
    buckets = _columns(fields, _BUCKET_FIELDS)
    recent = _columns(fields, _RECENT_FIELDS)
    count, waiting = buckets.shape[1], recent.shape[1]
    whole = stride == 1 or (stride & (stride - 1) == 0 and count >= MAX_POINTS // 2)
    if not whole or count >= MAX_POINTS or waiting > stride or (waiting == 0) != (steps == 0):
        raise ValueError(f"history.stride must fit its points, got {stride} for {count} points and {waiting} steps")
    if count * stride + waiting != steps:
        raise ValueError(f"history must cover the {steps} steps of the run, got {count * stride + waiting}")
    epoch, seconds = np.concatenate([buckets[:2], recent[:2]], axis=1)
    if not (np.isfinite(epoch).all() and (epoch > 0).all() and (np.diff(epoch) > 0).all()):
        raise ValueError("history.epoch must be numbers that rise from 0")
    if steps and epoch[-1] > epochs:  # the next step could not be entered behind it
        raise ValueError(f"history.epoch must end with the {epochs:g} epochs of the run, got {epoch[-1]:g}")
    if not (np.isfinite(seconds).all() and (seconds >= 0).all()):  # a coarse clock may step back by a rounding
        raise ValueError("history.seconds must be finite numbers of 0 or more")
    accuracy = np.concatenate([buckets[-1], recent[-1]])
    if ((accuracy < 0) | (accuracy > 1)).any():  # a gap in the curve is NaN
        raise ValueError("history.accuracy must be shares between 0 and 1")
    breaks = fields["breaks"]
    if not isinstance(breaks, list) or len(breaks) > MAX_BREAKS:
        raise ValueError(f"history.breaks must be a list of at most {MAX_BREAKS}")
    places = [check_integer("history.breaks", place, 0, steps, reason="steps done") for place in breaks]
    if places != sorted(set(places)):
        raise ValueError("history.breaks must be steps that rise")
    return stride, buckets, recent, places


def _curve(stride: int, buckets: NDArray[np.float64], recent: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return epoch, step and seconds at the points of a history, float64 (3, n)."""
    count, waiting = buckets.shape[1], recent.shape[1]
    step = np.concatenate([np.arange(1, count + 1) * stride, count * stride + np.arange(1, waiting + 1)])
    epoch, seconds = np.concatenate([buckets[:2], recent[:2]], axis=1)
    return np.stack([epoch, step.astype(np.float64), seconds])


def _restore_flow(run: TrainingRun, flow: object) -> None:
    step, sizes = run.trainer.step, (len(layer_names(run.model)), len(QUANTITIES))
    if flow is format_1.UNKNOWN:
        flow = format_1.unmeasured_flow(step, math.prod(sizes), run.model.parameters)
    fields = _fields("flow", flow, "stride values previous")
    stride = check_integer("flow.stride", fields["stride"], 1, MAX_STEPS)
    count = moments_at(step, stride)
    whole = stride == 1 or (stride & (stride - 1) == 0 and count >= MAX_MOMENTS // 2)
    if not whole or count >= MAX_MOMENTS:
        raise ValueError(f"flow.stride must be a power of two that fits the {step} steps of the run, got {stride}")
    values = _array("flow.values", fields["values"], "float64", count * math.prod(sizes)).reshape(count, *sizes)
    lows, highs = np.array(RANGES).T
    if (values < lows).any() or (values > highs).any():
        raise ValueError(f"flow.values must be {', '.join(QUANTITIES)} in their ranges, layer by layer")
    due = step > 0 and (step + 1) % stride == 0
    if due != (fields["previous"] is not None):
        raise ValueError("flow.previous must be there if the next step is one that is measured, and only then")
    size = run.model.parameters.size
    previous = _array("flow.previous", fields["previous"], run.model.dtype, size) if due else None
    run.flow.restore(stride, values, previous)


def _epochs(
    epochs: object, visited: int, num_train: int, *, steps: int, curve: NDArray[np.float64]
) -> tuple[int, dict[str, NDArray[np.float64]]]:
    """Read the rows of the kept epochs of a run; the last epoch may not have been measured yet."""
    if epochs is format_1.UNKNOWN:
        epochs = format_1.unmeasured_epochs(visited // num_train, steps, curve)
    fields = _fields("epochs", epochs, " ".join(("stride", *EpochRow._fields)))
    stride = check_integer("epochs.stride", fields["stride"], 1, 2**40)
    columns = {name: _array(f"epochs.{name}", fields[name], "float64") for name in EpochRow._fields}
    done = visited // num_train
    if visited % num_train == 0 < done and columns["epoch"][-1:].tolist() != [done]:
        done -= 1
    kept = kept_epochs(done, stride) if done < stride * MAX_ROWS else []
    if stride & (stride - 1) or columns["epoch"].tolist() != kept:
        raise ValueError(f"epochs.epoch must be every {stride} of the {done} epochs of the run, and the last")
    for name, column in columns.items():
        if len(column) != len(kept):
            raise ValueError(f"epochs.{name} must be as long as epoch")
    step, seconds = columns["step"], columns["seconds"]
    if not ((step == np.floor(step)).all() and (np.diff(step, prepend=0) > 0).all() and (step <= steps).all()):
        raise ValueError("epochs.step must be whole numbers that rise, up to the steps done")
    if not (np.isfinite(seconds).all() and (seconds >= 0).all()):
        raise ValueError("epochs.seconds must be finite numbers of 0 or more")
    return stride, columns


def _columns(fields: Plain, names: tuple[str, ...]) -> NDArray[np.float64]:
    columns = [_array(f"history.{name}", fields[name], "float64") for name in names]
    if len({len(column) for column in columns}) > 1:
        raise ValueError(f"history.{names[0]} must be as long as {', '.join(names[1:])}")
    return np.stack(columns)


def _array(name: str, value: object, dtype: str, size: int | None = None) -> NDArray[Any]:
    """Return a new array of this dtype from an array of it or a buffer of its bytes."""
    expected = np.dtype(dtype).newbyteorder("<")
    if isinstance(value, bytes | bytearray | memoryview):
        view = memoryview(value)
        if not view.c_contiguous or view.ndim != 1 or not _holds(view, expected) or view.nbytes % expected.itemsize:
            raise ValueError(f"{name} must be {dtype} numbers, got a buffer of another kind")
        value = np.frombuffer(view.cast("B"), expected)
    if not isinstance(value, np.ndarray) or value.dtype != expected or value.ndim != 1:
        raise ValueError(f"{name} must be a flat array of {dtype}, got {type(value).__name__}")
    if size is not None and len(value) != size:
        raise ValueError(f"{name} must hold {size} numbers, got {len(value)}")
    return np.array(value, dtype)


def _holds(view: memoryview, expected: np.dtype[Any]) -> bool:
    """Return whether a buffer's format is that of the expected numbers, or bytes."""
    return view.format in {"B", "b", "c"} or (
        view.itemsize == expected.itemsize and view.format.strip("<@=") in {"i": "il", "f": "fd"}[expected.kind]
    )


def _fields(name: str, value: object, names: str, optional: str = "") -> Plain:
    """Return a dict with exactly the fields `names`, and possibly those that are `optional`."""
    fields, known = check_dict(name, value), names.split()
    for field in known:
        if field not in fields:
            raise ValueError(f"{name}.{field} is missing")
    for field in fields:
        if field not in known and field not in optional.split():
            raise ValueError(f"{name}.{str(field)[:40]} is unknown")
    return fields


def _number(name: str, value: object) -> float:
    """Return any float, including the infinities and NaN of a diverged run."""
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or (isinstance(value, int) and abs(value) > 2**1000)
    ):
        raise ValueError(f"{name} must be a number, got {str(value)[:40]!r}")
    return float(value)


def _optional(name: str, value: object) -> float | None:
    return None if value is None else _number(name, value)


def _share(name: str, value: object) -> float | None:
    return None if value is None else check_number(name, value, 0, 1)


def _generator(section: str, state: object) -> None:
    in_section(section, lambda: set_generator_state(seeded_generator(0), state))


def _id(value: object, name: str = "id") -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9A-Za-z_-]{1,64}", value):
        raise ValueError(f"{name} must be 1 to 64 letters, digits, hyphens or underscores")
    return value


def _twin_group(value: object) -> str | None:
    return None if value is None else _id(value, "twin_group")


def _flag(name: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError(f"{name} must be true or false, got {str(value)[:40]!r}")


def _created(value: object) -> str:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) and len(value) <= 40 else None
    except ValueError:
        moment = None
    if moment is None or moment.utcoffset() is None or not isinstance(value, str):
        raise ValueError("created must be a date and time in ISO 8601 with its offset from UTC")
    return value
