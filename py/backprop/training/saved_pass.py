"""The last pass and the updates around it, for explanation; as plain data, also for repetition."""

from dataclasses import replace
from typing import Any

import numpy as np

from ..activations import Array
from ..optimizers import OPTIMIZERS, Update
from .config import PASS_SETTINGS, TrainerConfig
from .divergence import first_bad_parameter, first_bad_state, quiet
from .snapshot import Cause, State, copies
from .trainer import Trainer

Plain = dict[str, Any]


def last_update(trainer: Trainer) -> Update | None:
    """Return the update that followed the last pass; None if its optimizer's state is no longer known."""
    config, state = trainer.pass_config, trainer.snapshot.state
    is_known = state.keys() == set(OPTIMIZERS[config.optimizer].STATE)
    return _update(config, trainer.optimizer.t, state) if is_known else None


def next_update(trainer: Trainer) -> Update:
    """Return the update that the next step would make with the current config."""
    return _update(trainer.config, trainer.optimizer.t + 1, trainer.optimizer.state)


def _update(config: TrainerConfig, t: int, before: State) -> Update:
    settings = {name: getattr(config, name) for name in PASS_SETTINGS if name in Update._fields}
    return Update(**settings, t=t, before=before)


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


def restore_diverging_update(trainer: Trainer, last: Plain) -> None:
    """Restore what `save_diverging_update` returned."""
    snapshot = trainer.snapshot
    snapshot.parameters[:], snapshot.state = last["parameters"], copies(last["optimizer_state"])
    snapshot.cause = _cause(trainer, last)


@quiet
def repeat_pass(trainer: Trainer, last: Plain) -> None:
    """Repeat a saved pass with the parameters it used; the current parameters stay the same."""
    cause, before, snapshot = _cause(trainer, last), last["parameters"], trainer.snapshot
    parameters = trainer.model.parameters.copy()
    snapshot.state = copies(last["optimizer_state"])
    try:
        if before is not None:
            snapshot.parameters[:] = trainer.model.parameters[:] = before
            snapshot.cause = cause
        trainer.repeat_pass(cause)
    finally:
        trainer.model.parameters[:] = parameters


def _cause(trainer: Trainer, last: Plain) -> Cause:
    settings = {name: last[name] for name in PASS_SETTINGS}
    return last["batch"], trainer.checked(replace(trainer.config, **settings, batch_size=len(last["batch"])))


def _plain(cause: Cause, before: Array | None, state: State) -> Plain:
    samples, config = cause
    return {
        **{name: getattr(config, name) for name in PASS_SETTINGS},
        "batch": samples.astype(np.int32),
        "parameters": None if before is None else before.copy(),
        "optimizer_state": copies(state),
    }
