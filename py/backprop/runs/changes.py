"""Changes of settings during a run, shown on its loss curve."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, NamedTuple

from ..fields import Fields, in_section
from ..optimizers import OPTIMIZERS
from ..training.config import TrainerConfig

MAX_CHANGES = 200  # per run; the oldest are dropped
LOSS = "loss_type"  # the setting that determines the unit of a loss

WEIGHTS = ("best", "first")

Value = str | float | None


class SettingChange(NamedTuple):
    """Change of a setting after `step` updates: field, value before and value after.

    The field "weights" is a restore of earlier weights: from "trained" to one of `WEIGHTS`.
    """

    step: int
    field: str
    before: Value
    after: Value

    def to_dict(self) -> dict[str, Any]:
        """Return plain data: ``{step, field, from, to}``."""
        return {"step": self.step, "field": self.field, "from": self.before, "to": self.after}

    @classmethod
    def from_dict(cls, value: object, steps: int, num_train: int) -> "SettingChange":
        """Read what `to_dict` returned, in a run of `steps` steps with `num_train` training samples."""
        state = Fields("marks", value, ("step", "field", "from", "to"))
        step = state.integer("step", 1, steps, "steps done")
        field = state.choice("field", (*TrainerConfig.__dataclass_fields__, "weights"))
        if field == "weights":
            return cls(step, field, state.choice("from", ("trained",)), state.choice("to", WEIGHTS))
        before = in_section("marks", lambda: _setting(field, state["from"], num_train))
        return cls(step, field, before, in_section("marks", lambda: _setting(field, state["to"], num_train)))


def _setting(field: str, value: Any, num_train: int) -> Any:
    changes: dict[str, Any] = {field: value}
    return getattr(replace(TrainerConfig(batch_size=1), **changes).validated(num_train), field)


def read_changes(changes: object, steps: int, num_train: int) -> list[SettingChange]:
    """Read a list of what `SettingChange.to_dict` returned."""
    if not isinstance(changes, list) or len(changes) > MAX_CHANGES:
        raise ValueError(f"marks must be a list of at most {MAX_CHANGES}")
    return [SettingChange.from_dict(change, steps, num_train) for change in changes]


def with_changes(
    changes: Sequence[SettingChange], step: int, before: TrainerConfig, after: TrainerConfig
) -> list[SettingChange]:
    """Return the changes with the differences between two configs at `step` added.

    Several changes of a setting at one step are merged, and dropped if they restore its value. Changes before the first
    step are not recorded, since there is no curve yet. Beyond `MAX_CHANGES` the oldest are dropped, changes of the loss
    last, since they determine the unit of the losses before them.
    """
    kept = {(change.step, change.field): change for change in changes}
    old, new = asdict(before), asdict(after)
    for field in old if step else ():
        if old[field] != new[field]:
            earlier = kept.pop((step, field), None)
            change = SettingChange(step, field, earlier.before if earlier else old[field], new[field])
            # Record an optimizer with state even if it is the same as before: its state was reset.
            if change.before != change.after or (field == "optimizer" and OPTIMIZERS[str(change.after)].STATE):
                kept[step, field] = change
    return _newest(list(kept.values()))


def with_restored_weights(changes: Sequence[SettingChange], step: int, which: str) -> list[SettingChange]:
    """Return the changes with a restore of the best or the initial weights at `step` added."""
    kept = [change for change in changes if (change.step, change.field) != (step, "weights")]
    return _newest([*kept, SettingChange(step, "weights", "trained", which)]) if step else kept


def _newest(changes: list[SettingChange]) -> list[SettingChange]:
    loss_last = sorted(changes, key=lambda change: change.field == LOSS)
    dropped = loss_last[: max(0, len(changes) - MAX_CHANGES)]
    return [change for change in changes if change not in dropped]


def loss_types(changes: Sequence[SettingChange], first: int, last: int, now: str) -> list[str]:
    """Return the loss types of steps `first` to `last`, in order of their first step; `now` is the current type."""
    changes = sorted(change for change in changes if change.field == LOSS)
    at_first = next((str(change.before) for change in changes if change.step >= first), now)
    later = [str(change.after) for change in changes if first <= change.step < last]
    return list(dict.fromkeys([at_first, *later]))
