"""The last pass and the updates around it, for explanation; as plain data, also for repetition."""

from dataclasses import replace
from typing import Any

import numpy as np

from ..activations import Array
from ..fields import MAX_COUNT, Fields, check_dict, in_section
from ..limits import check_integer
from ..optimizers import OPTIMIZERS
from ..updates import Update
from .config import PASS_SETTINGS
from .divergence import first_bad_parameter, first_bad_state
from .snapshot import Cause, State, copies, read_state
from .trainer import Trainer

Plain = dict[str, Any]

PASS_FIELDS = (*PASS_SETTINGS, "batch", "parameters", "optimizer_state")


def last_update(trainer: Trainer) -> Update | None:
    """Return the update that followed the last pass; None if its optimizer's state is no longer known."""
    config, state = trainer.pass_config, trainer.snapshot.state
    is_known = state.keys() == set(OPTIMIZERS[config.optimizer].STATE)
    return config.update(trainer.optimizer.t, state) if is_known else None


def next_update(trainer: Trainer) -> Update:
    """Return the update that the next step would make with the current config."""
    return trainer.config.update(trainer.optimizer.t + 1, trainer.optimizer.state)


def save_pass(trainer: Trainer, updated: bool) -> Plain:
    """Return plain data from which the last pass can be repeated, to the last bit.

    `parameters` are those before the update that followed; None without an update. `optimizer_state` is the optimizer's
    state before that update; empty if it has none or was replaced.
    """
    if (trainer.batch == len(trainer.dataset)).any():  # a typed sample is not kept: the next batch stands for it
        following, *_ = trainer.order.peek(trainer.config.batch_size)
        return _plain((following, trainer.config), None, {})
    before, state = (trainer.snapshot.parameters, trainer.snapshot.state) if updated else (None, {})
    return _plain((trainer.batch, trainer.pass_config), before, state)


def save_diverging_update(trainer: Trainer) -> Plain | None:
    """Return the last update as `save_pass` does, if it produced non-finite numbers and can be undone.

    The trainer undoes it at its next step, even after other passes without update.
    """
    snapshot = trainer.snapshot
    bad = first_bad_parameter(trainer.model) or first_bad_state(trainer.model, trainer.optimizer.state)
    if snapshot.cause is None or bad is None:
        return None
    return _plain(snapshot.cause, snapshot.parameters, snapshot.state)


def restore_pass(trainer: Trainer, value: object) -> bool | None:
    """Repeat a saved pass with the parameters it used; the current parameters stay the same.

    Returns
    -------
    whether an update followed it; None if there was no pass: a reset ran out of memory before the first one
    """
    saved = Fields("last_pass", value, PASS_FIELDS)
    if saved["parameters"] is None and len(saved.array("batch", "int32")) == 0:
        return None
    cause, before, state = _read(trainer, "last_pass", saved)
    parameters = trainer.model.parameters.copy()
    trainer.snapshot.state = state
    try:
        if before is not None:
            trainer.snapshot.parameters[:] = trainer.model.parameters[:] = before
            trainer.snapshot.cause = cause
        trainer.repeat_pass(cause)
    finally:
        trainer.model.parameters[:] = parameters
    return before is not None


def restore_diverging_update(trainer: Trainer, value: object) -> None:
    """Restore what `save_diverging_update` returned."""
    cause, before, state = _read(trainer, "last_update", Fields("last_update", value, PASS_FIELDS))
    if before is None:
        raise ValueError("last_update must have parameters")
    trainer.snapshot.parameters[:], trainer.snapshot.state, trainer.snapshot.cause = before, state, cause


def _read(trainer: Trainer, name: str, saved: Fields) -> tuple[Cause, Array | None, State]:
    """Read a pass: its batch and config, the parameters and the optimizer's state before its update."""
    count, samples = len(trainer.dataset), saved.array("batch", "int32")
    if not 1 <= len(samples) <= count or samples.min() < 0 or samples.max() >= count:
        raise ValueError(f"{name}.batch must hold 1 to {count} of the {count} samples")
    settings = {setting: saved[setting] for setting in PASS_SETTINGS}
    changed = replace(trainer.config, **settings, batch_size=len(samples))
    config = in_section(name, lambda: trainer.checked(changed))
    before = None if saved["parameters"] is None else saved.vector("parameters", trainer.model.parameters)
    # Empty if the optimizer has no state, made no update, or was changed since.
    state = check_dict(f"{name}.optimizer_state", saved["optimizer_state"])
    if state:
        if before is None or config.optimizer != trainer.config.optimizer:
            raise ValueError(f"{name}.optimizer_state must be empty: the optimizer made no such update")
        check_integer("trainer.optimizer_t", trainer.optimizer.t, 1 if trainer.optimizer.COUNTS else 0, MAX_COUNT)
        state = read_state(saved, trainer.optimizer, trainer.model.parameters)
    return (samples, config), before, state


def _plain(cause: Cause, before: Array | None, state: State) -> Plain:
    samples, config = cause
    return {
        **{name: getattr(config, name) for name in PASS_SETTINGS},
        "batch": samples.astype(np.int32),
        "parameters": None if before is None else before.copy(),
        "optimizer_state": copies(state),
    }
