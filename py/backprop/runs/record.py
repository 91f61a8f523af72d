"""Records of training runs: conversion to plain data and back, to the last bit.

A record holds only numbers, strings, lists, dicts and flat arrays. It may come from an untrusted file, so all fields
and their combinations are checked. Each section is written and read by the class that it belongs to.
"""

import math
import re
from datetime import datetime
from typing import Any

from ..fields import MAX_COUNT, Fields, check_dict, in_section, read_array
from ..limits import check_choice, check_integer
from ..loops.installed import MIXED, PLAIN, SIMD
from ..training.epochs import Epochs
from ..training.saved_pass import restore_diverging_update, restore_pass, save_diverging_update, save_pass
from ..training.stop import Stop, read_stops
from ..training.stopping import EarlyStopping
from . import format_1
from .changes import LOSS, read_changes
from .config import RunConfig, with_new_settings, with_saved_share, without_new_settings
from .memory import RESTORE_SHARE, bytes_of_record, check_budget
from .metrics import Best, Metrics
from .names import check_name
from .own_code import OwnCode
from .run import TrainingRun

# With the learner's code, or trained by compiled loops; other runs are written as format 2, which older versions read.
FORMAT = 3
NEW_FIELDS = ("code", "loops")

Plain = dict[str, Any]

RECORD_FIELDS = (
    *("format", "id", "name", "created", "archived", "twin_group", "config", "initial_parameters", "parameters"),
    *("best", "metrics", "comparable_from", "stopper", "stopped", "stops", "marks", "trainer", "last_pass", "dataset"),
    *("history", "flow", "epochs"),
)
OPTIONAL_FIELDS = ("last_update",)


def to_record(run: TrainingRun, *, history: bool = True, code: bool = True) -> Plain:
    """Return a run as plain data with copies of its arrays, optionally without its history's buckets or its code."""
    new = {
        **({"code": run.code.to_state()} if code and run.code.is_used else {}),
        **({"loops": run.loops} if run.loops != PLAIN else {}),
    }
    last_update = None if run.updated else save_diverging_update(run.trainer)
    record = {
        "format": FORMAT if new else 2,
        "id": run.id,
        "name": run.name,
        "created": run.created,
        "archived": run.archived,
        "twin_group": run.twin_group,
        "config": run.config.to_dict(),
        "initial_parameters": run.initial_parameters.copy(),
        "parameters": run.model.parameters.copy(),
        "best": run.best and run.best.to_state(),
        "stopper": run.early_stopping.to_state(),
        "stopped": run.stopped and dict(vars(run.stopped)),
        "stops": [dict(vars(stop)) for stop in run.stops],
        "metrics": run.metrics and run.metrics._asdict(),
        "comparable_from": run.comparable_from,
        "marks": [change.to_dict() for change in run.changes],
        "trainer": run.trainer.to_state(),
        "last_pass": save_pass(run.trainer, run.updated),
        **({} if last_update is None else {"last_update": last_update}),
        "dataset": {"digest": run.dataset.digest, "generator": run.dataset.get_state()},
        "history": run.history.to_state(buckets=history),
        "flow": run.flow.to_state(),
        "epochs": run.epochs.to_state(),
        **new,
    }
    return without_new_settings(record)


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
    number = check_integer("format", record["format"], 1, MAX_COUNT)
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
    fields = Fields("record", with_new_settings(record), RECORD_FIELDS, optional=OPTIONAL_FIELDS, prefix="")
    run = _new_run(fields)
    run.initial_parameters[:] = fields.finite_vector("initial_parameters", run.initial_parameters)
    run.model.parameters[:] = fields.vector("parameters", run.model.parameters)
    run.trainer.restore(fields["trainer"])
    _restore_results(run, fields)
    _restore_series(run, fields)
    _restore_pass(run, fields)
    run.resume_measuring()
    return run


def _read_3(record: Plain) -> TrainingRun:
    if not record.keys() & set(NEW_FIELDS):
        raise ValueError("record.code or record.loops is missing")
    run = _read_2({name: value for name, value in record.items() if name not in NEW_FIELDS})
    if "code" in record:
        run.code = OwnCode.from_state(record["code"], run.trainer.step)
    if "loops" in record:
        run.loops = check_choice("loops", record["loops"], (SIMD, MIXED))
    return run


READERS = {1: _read_1, 2: _read_2, 3: _read_3}  # one for every format ever released


def _new_run(fields: Fields) -> TrainingRun:
    """Create a run with the same config and samples."""
    order = read_array("trainer.order", check_dict("trainer", fields["trainer"]).get("order", b""), "int32")
    config = _config(with_saved_share(fields["config"], len(order)))
    name, created, dataset = check_name(fields["name"]), _created(fields["created"]), fields["dataset"]
    run = TrainingRun(config, name, run_id=_id("id", fields["id"]), created=created)
    run.archived = fields.flag("archived")
    run.twin_group = None if fields["twin_group"] is None else _id("twin_group", fields["twin_group"])
    samples = Fields("dataset", dataset, ("digest", "generator"))
    in_section("dataset", lambda: run.dataset.set_state(samples["generator"]))
    if run.dataset.digest != samples["digest"]:
        raise ValueError("dataset.digest differs: this run was trained on other samples than its options generate here")
    return run


def _restore_results(run: TrainingRun, fields: Fields) -> None:
    """Restore metrics, stops and changes of settings, up to the trainer's step."""
    steps, like, stopping = run.trainer.step, run.model.parameters, run.stopping
    visited, num_train, held_out = run.trainer.samples_visited, len(run.dataset.train), len(run.dataset.held_out)
    best, metrics, stopped = fields["best"], fields["metrics"], fields["stopped"]
    if best is not None:
        run.best = Best.from_state(best, monitor=stopping.monitor, steps=steps, held_out=held_out, like=like)
    if metrics is not None:
        run.metrics = Metrics.from_state(metrics, steps=steps, held_out=held_out)
    run.comparable_from = fields.integer("comparable_from", 0, visited, "samples visited")
    run.changes = read_changes(fields["marks"], steps, num_train)
    run.early_stopping = EarlyStopping.from_state(
        fields["stopper"], is_on=stopping.early_stopping, epochs=visited // num_train, steps=steps, like=like
    )
    run.stopped = None if stopped is None else Stop.from_state("stopped", stopped, steps)
    run.stops = read_stops(fields["stops"], steps)


def _restore_series(run: TrainingRun, fields: Fields) -> None:
    """Restore what was measured over the steps."""
    steps, visited, num_train = run.trainer.step, run.trainer.samples_visited, len(run.dataset.train)
    stops = {stop.step for stop in run.all_stops}
    breaks = stops | {change.step for change in run.changes if change.field == LOSS}  # of old layouts, without any
    run.history.restore_state(
        {"breaks": sorted(breaks)} | check_dict("history", fields["history"]), steps, run.trainer.epoch
    )
    flow, epochs = fields["flow"], fields["epochs"]
    if flow is format_1.UNKNOWN:
        flow = format_1.unmeasured_flow(steps, math.prod(run.flow.shape), run.model.parameters)
    run.flow.restore_state(flow, steps)
    if epochs is format_1.UNKNOWN:
        epochs = format_1.unmeasured_epochs(visited // num_train, steps, run.history.times())
    run.epochs = Epochs.from_state(epochs, visited=visited, num_train=num_train, steps=steps)


def _restore_pass(run: TrainingRun, fields: Fields) -> None:
    """Repeat the last pass, and restore an update before it that produced non-finite numbers."""
    last, update = fields["last_pass"], fields.get("last_update")
    updated = None if last is format_1.UNKNOWN else restore_pass(run.trainer, last)
    if updated is None:
        run.preview()
    else:
        run.updated = updated
    if update is not None:
        if updated is not False:
            raise ValueError("last_update must be there only if last_pass led to no update")
        restore_diverging_update(run.trainer, update)


def _config(config: object) -> RunConfig:
    """Read a config that must have every option, since defaults may change."""
    checked = RunConfig.from_dict(config)
    given = check_dict("config", config)
    for section, options in checked.to_dict().items():
        Fields(f"config.{section}", given.get(section), options)
    return checked


def _id(name: str, value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9A-Za-z_-]{1,64}", value):
        raise ValueError(f"{name} must be 1 to 64 letters, digits, hyphens or underscores")
    return value


def _created(value: object) -> str:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) and len(value) <= 40 else None
    except ValueError:
        moment = None
    if moment is None or moment.utcoffset() is None or not isinstance(value, str):
        raise ValueError("created must be a date and time in ISO 8601 with its offset from UTC")
    return value
