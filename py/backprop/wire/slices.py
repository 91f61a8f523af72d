"""A slice of Play on the wire: training of a run and its twins, and a frame of the run after it."""

import math
from collections.abc import Sequence
from time import perf_counter
from typing import Literal, TypedDict

from ..limits import LIMITS, check_choice, check_flag, check_integer, check_number
from ..monitor.quantiles import SAMPLE
from ..runs.manager import TrainingRunManager
from ..runs.run import TrainingRun
from ..runs.twins import advance_together, finish_all_measuring
from .state import Picture, Progress, picture_of, progress_of

LIMITS_MS = (0.1, 1e7)  # wall time of one slice
PICTURES = ("exact", "quick", "none")


class SliceOptions(TypedDict, total=False):
    """Options of a slice.

    Attributes
    ----------
    max_ms : wall time after which the slice ends, at the end of a step. A measurement that takes longer continues in
        the next call, before any step
    metrics : measure all samples too
    twins : train the run's twins in lock-step with it, except archived ones and those whose code waits: those behind
        catch up first
    go_on : resume the run and its twins if they have stopped automatically; else they stay as they are
    layout_id : layout that is known: it is left out of the answer
    picture : quartiles of the scales are exact, or those of a sample ("quick"); "none": no tensors at all
    """

    max_ms: float | None
    metrics: bool
    twins: bool
    go_on: bool
    layout_id: str | None
    picture: Literal["exact", "quick", "none"]


class Slice(Progress):
    """Progress of a run after a slice.

    A slice without a step either spent its time on measuring, with more to measure, or found that all runs have
    stopped.

    Attributes
    ----------
    slice_ms : wall time of the training, without the frame, in milliseconds
    slice_steps : updates of each run that was not ahead of its twins
    measuring : whether samples are still to be measured: the next call continues with that
    ended : whether the run and its twins have stopped, and everything is measured
    """

    slice_ms: float
    slice_steps: int
    measuring: bool
    ended: bool


class Frame(Slice, Picture):
    """Progress of a run after a slice, with its tensors."""


def advance(
    manager: TrainingRunManager,
    run_id: str,
    steps: int,
    *,
    max_ms: float | None = None,
    metrics: bool = False,
    twins: bool = False,
    go_on: bool = False,
    layout_id: str | None = None,
    picture: str = "exact",
) -> Frame | Slice:
    """Train a run, and its twins if `twins`, and return a frame of the run; see `SliceOptions`."""
    run = manager.get(run_id)
    others = manager.twins_of(run) if check_flag("twins", twins) else []
    runs = [run, *(twin for twin in others if not (twin.archived or twin.code.waiting))]
    most = check_integer("steps", steps, *LIMITS["steps"])
    max_seconds = math.inf if max_ms is None else check_number("max_ms", max_ms, *LIMITS_MS) / 1000
    asked, is_measured = check_choice("picture", picture, PICTURES), check_flag("metrics", metrics)
    if check_flag("go_on", go_on):
        for each in runs:
            each.resume()
    began = perf_counter()
    done = advance_together(runs, most, None if max_ms is None else max_seconds)
    slice_ms = 1000 * (perf_counter() - began)
    if is_measured:
        _measure(runs, began + max_seconds)
    answer = Slice(
        **progress_of(run),
        slice_ms=slice_ms,
        slice_steps=done,
        measuring=any(each.is_measuring for each in runs),
        ended=all(each.stopped and not each.is_measuring for each in runs),
    )
    if asked == "none":
        return answer
    return Frame(**answer, **picture_of(run, sample=SAMPLE if asked == "quick" else None, known=layout_id))


def _measure(runs: Sequence[TrainingRun], deadline: float) -> None:
    for each in runs:
        each.start_measuring()
    if perf_counter() < deadline:
        finish_all_measuring(runs, deadline)
