"""Marks on a loss curve: the steps at which the way of training was changed."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

from .trainer import TrainerConfig

MOST_MARKS = 200  # of a run; more than these push out the oldest

Value = str | float | None


class Mark(NamedTuple):
    """One setting that was changed after `step` updates: field, the value before and the value from then on."""

    step: int
    field: str
    before: Value
    after: Value

    def to_dict(self) -> dict[str, Any]:
        """Plain data: ``{step, field, from, to}``."""
        return {"step": self.step, "field": self.field, "from": self.before, "to": self.after}


def with_changes(marks: Sequence[Mark], step: int, before: TrainerConfig, after: TrainerConfig) -> list[Mark]:
    """Return the marks with those that this change makes.

    What is changed several times at one step is one change; none, if it is what it was before in the end. Changes
    before the first step leave no mark: there is no curve yet that they could bend.
    """
    kept = {(mark.step, mark.field): mark for mark in marks}
    old, new = asdict(before), asdict(after)
    for field in old if step else ():
        if old[field] != new[field]:
            earlier = kept.pop((step, field), None)
            mark = Mark(step, field, earlier.before if earlier else old[field], new[field])
            if mark.before != mark.after:
                kept[step, field] = mark
    return list(kept.values())[-MOST_MARKS:]
