"""Automatic stops of a run: their reasons and circumstances, in fields and in words."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..fields import MAX_COUNT, Fields, check_real_or_none
from ..limits import check_flag
from .epochs import METRICS
from .stopping import MIN_DELTA

REASONS = ("early_stopping", "target", "max_epochs", "diverged")
MAX_STOPS = 50  # per run; the oldest are dropped
OPTIONAL = ("restored_value", "optimizer_reset")  # fields that older versions did not save


@dataclass(frozen=True)
class Stop:
    """The reason and circumstances of an automatic stop.

    Attributes
    ----------
    reason : one of `REASONS`
    step, epoch : position of the run at the stop
    monitor : monitored metric; None for "diverged"
    limit : patience, target or maximum number of epochs, according to the reason; None for "diverged"
    min_delta : minimum improvement in force; None for "diverged"
    value : last value of the metric for "target"; else None
    best_step, best_value : best epoch seen by early stopping, None if that is off. For "diverged", the best epoch of
        the run if its weights had to be restored
    restored : whether weights were restored: those of `best_step`, or the initial ones without it
    tensor, tensor_step : see `Divergence`; None for the other reasons
    restored_value : metric measured with the restored weights; None without restored weights, before it is measured,
        and for "diverged"; NaN if unknown. For a training metric it differs from `best_value`, the mean over the epoch
        that led to these weights.
    optimizer_reset : whether the optimizer's state was reset to zero, with restored weights or because it was not
        finite
    """

    reason: str
    step: int
    epoch: float
    monitor: str | None = None
    limit: float | None = None
    min_delta: float | None = None
    value: float | None = None
    best_step: int | None = None
    best_value: float | None = None
    restored: bool = False
    tensor: str | None = None
    tensor_step: int | None = None
    restored_value: float | None = None
    optimizer_reset: bool = False

    @property
    def shows_no_update(self) -> bool:
        """Whether the current pass led to no update: the pass of a diverged step, or the next one after a restore."""
        return self.restored or self.reason == "diverged"

    @property
    def sentence(self) -> str:
        """The reason in words, and what was restored at the stop (the weights may have changed since)."""
        metric = (self.monitor or "").replace("held_out", "held-out").replace("_", " ")
        if self.reason == "early_stopping":
            epochs = f"{self.limit:,.0f} epoch{'' if self.limit == 1 else 's'}"
            least = f" by more than {self.min_delta:g}" if self.min_delta else ""
            return f"Stopped early: {metric} has not improved{least} for {epochs}.{self._best(metric)}"
        if self.reason == "target":
            back = self._best(metric) if self.restored else ""
            return f"Target reached: {metric} is {self.value:.5g} (target {self.limit:g}).{back}"
        if self.reason == "max_epochs":
            back = self._best(metric) if self.restored else ""
            plural = "" if self.epoch == 1 else "s"
            return f"Stopped after {self.epoch:,.0f} epoch{plural} (maximum {self.limit:,.0f}).{back}"
        return (
            f"Diverged: step {self.step + 1:,} was not made because its loss, a parameter or the optimizer's state is "
            f"not finite. {self._origin} {self._weights}"
        )

    def _best(self, metric: str) -> str:
        is_mean, value = metric.startswith("train"), self.restored_value
        mean = " (mean over its epoch)" if is_mean else ""
        best = f" The best {metric} was {self.best_value:.5g}{mean}, at step {self.best_step:,}"
        if not self.restored:
            return f"{best}."
        known = is_mean and value is not None and not math.isnan(value)
        measured = f" With these weights the {metric} is {value:.5g}." if known else ""
        return f"{best}; the weights of that step were restored.{measured}{self._reset}"

    @property
    def _reset(self) -> str:
        return " The optimizer's state was reset to zero." if self.optimizer_reset else ""

    @property
    def _origin(self) -> str:
        if self.tensor_step is None:
            return f"{self.tensor} has not been finite since an earlier step."
        where = "the loss" if self.tensor == "loss" else f"{self.tensor}, at step {self.tensor_step:,}"
        return f"The first non-finite number is in {where}."

    @property
    def _weights(self) -> str:
        if not self.restored:
            return f"The run has kept its last finite weights.{self._reset}"
        which = "initial weights" if self.best_step is None else f"best weights, of step {self.best_step:,},"
        return f"Its last finite weights are no longer known; the {which} were restored.{self._reset}"

    @classmethod
    def from_state(cls, name: str, value: object, steps: int) -> "Stop":
        """Read the fields of a stop, saved under `name` by a run of `steps` steps."""
        known = [field for field in cls.__dataclass_fields__ if field not in OPTIONAL]
        state = Fields(name, value, known, optional=OPTIONAL)
        reason, restored = state.choice("reason", REASONS), state.flag("restored")
        diverged = reason == "diverged"
        _check_presence(state, reason, restored)
        return cls(
            reason,
            state.integer("step", 0, steps, "steps done"),
            state.number("epoch", 0, MAX_COUNT),
            None if diverged else state.choice("monitor", METRICS),
            None if diverged else state.number("limit", 0, 1e9),
            None if diverged else state.number("min_delta", *MIN_DELTA),
            state.real_or_none("value"),
            None if state["best_step"] is None else state.integer("best_step", 1, steps, "steps done"),
            state.real_or_none("best_value"),
            restored,
            _tensor(state) if diverged else None,
            None if state["tensor_step"] is None else state.integer("tensor_step", 0, steps + 1),
            check_real_or_none(
                state.label("restored_value"), state.get("restored_value", math.nan if restored else None)
            ),
            check_flag(state.label("optimizer_reset"), state.get("optimizer_reset", False)),
        )


def _check_presence(state: Fields, reason: str, restored: bool) -> None:
    """Check that exactly the fields are present that belong to a reason."""
    diverged = reason == "diverged"
    needs_best = reason == "early_stopping" or (restored and not diverged)
    may_have_best = state["best_step"] is not None and (restored or not diverged)
    for names, wanted in (
        (("monitor", "limit", "min_delta"), not diverged),
        (("value",), reason == "target"),
        (("tensor",), diverged),
        (("tensor_step",), diverged and state["tensor_step"] is not None),
        (("best_step", "best_value"), needs_best or may_have_best),
    ):
        for field in names:
            if wanted != (state[field] is not None):
                raise ValueError(f"{state.label(field)} must fit the reason {reason}")


def _tensor(state: Fields) -> str:
    name = state["tensor"]
    if isinstance(name, str) and re.fullmatch(r"loss|(embedding|layers/\d{1,2})/[a-z_]{1,30}", name, re.ASCII):
        return name
    raise ValueError(f"{state.label('tensor')} must be the name of a tensor, got {str(name)[:40]!r}")


def read_stops(stops: object, steps: int) -> list[Stop]:
    """Read the earlier stops of a run of `steps` steps."""
    if not isinstance(stops, list) or len(stops) > MAX_STOPS:
        raise ValueError(f"stops must be a list of at most {MAX_STOPS}")
    read = [Stop.from_state("stops", stop, steps) for stop in stops]
    if any(later.step < earlier.step for earlier, later in pairwise(read)):
        raise ValueError("stops.step must be in the order of time")
    return read


def with_stop(stops: Sequence[Stop], stop: Stop | None) -> list[Stop]:
    """Append a stop, if any, to the stops of a run.

    A resumed run that stops again at the same step for the same reason has one stop, not two.
    """
    if stop is None:
        return list(stops)
    kept = [old for old in stops if (old.step, old.reason) != (stop.step, stop.reason)]
    return [*kept, stop][-MAX_STOPS:]
