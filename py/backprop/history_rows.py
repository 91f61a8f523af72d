"""The long part of a run's history as rows, so that a run can be saved often: each time only what is new of it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .history import MOST_POINTS
from .limits import check_integer

BUCKETS = ("epoch", "seconds", "min", "mean", "max", "accuracy")
RECENT = ("recent_epoch", "recent_seconds", "recent_loss", "recent_accuracy")
COLUMNS = 1 + len(BUCKETS)  # of a row
MOST_STRIDE = 2**40

Plain = dict[str, Any]
Rows = NDArray[np.float64]


def history_rows(history: Plain, start: int = 0) -> Rows:
    """Return the buckets of a record's history as rows of step, epoch, seconds and the rest, which only grow.

    They mean something else when `stride` has changed: then all that was kept of them is to be replaced.

    Parameters
    ----------
    start : number of the first row to return
    """
    count = len(history["epoch"])
    step = np.arange(start + 1, count + 1) * float(history["stride"])
    return np.stack([step, *(history[name][start:] for name in BUCKETS)], axis=1)  # (count - start, 7)


def with_history(record: Plain, stride: int, rows: Rows) -> Plain:
    """Return the record of a checkpoint with the rows of its history that were kept apart from it.

    The rows may be newer than the checkpoint, even of a larger stride, and some may be lost. Buckets of which nothing
    is known get losses and accuracies of NaN and times in between: a gap in the curve, and no lost run.

    Parameters
    ----------
    stride : the history's when the rows were kept
    rows : float64 (n, 7), as `history_rows` returned them

    Raises
    ------
    ValueError
        If the rows cannot be such rows, or the checkpoint does not agree with itself.
    """
    own, recent = record["history"]["stride"], np.stack(_equally_long(record["history"], RECENT))
    check_integer("history.stride", own, 1, MOST_STRIDE)
    check_integer("stride", stride, 1, MOST_STRIDE)
    waiting = recent.shape[1]
    summed_up = check_integer("trainer.step", record["trainer"]["step"], waiting, waiting + own * MOST_POINTS) - waiting
    count = summed_up // own
    if (
        rows.ndim != 2
        or rows.shape[1] != COLUMNS
        or not np.isfinite(rows[:, :3]).all()
        or (np.diff(rows[:, 0]) <= 0).any()
    ):
        raise ValueError("history must be rows of step, epoch, seconds, min, mean, max and accuracy, the steps rising")
    if stride < own:
        rows = rows[:0]  # older than the last halving, which the checkpoint has seen
    wanted = np.arange(1, count + 1) * float(own)
    measured = np.full((count, COLUMNS - 3), np.nan)  # losses and accuracies
    place = np.searchsorted(rows[:, 0], wanted)  # of the first row that ends at this step or later
    known = np.flatnonzero(place < len(rows))
    known = known[rows[place[known], 0] - stride < wanted[known]]
    measured[known] = rows[place[known], 3:]
    earlier = rows[rows[:, 0] <= summed_up, :3]
    next_one = np.insert(recent[:2, :1].T, 0, summed_up + 1, axis=1)
    times = np.concatenate([np.zeros((1, 3)), earlier, next_one])
    epoch, seconds = (np.interp(wanted, times[:, 0], column) for column in times.T[1:])
    buckets = dict(zip(BUCKETS, (epoch, seconds, *measured.T.copy()), strict=True))
    return {**record, "history": record["history"] | buckets}


def whole(record: Plain) -> Plain:
    """Return the record, or what `with_history` makes of a checkpoint of which no rows are known."""
    history = record["history"]
    return record if BUCKETS[0] in history else with_history(record, history["stride"], np.empty((0, COLUMNS)))


def _equally_long(fields: Plain, names: tuple[str, ...]) -> list[Rows]:
    columns = [fields[name] for name in names]
    if len({len(column) for column in columns}) > 1:
        raise ValueError(f"history.{names[0]} must be as long as {', '.join(names[1:])}")
    return columns
