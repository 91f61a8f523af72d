"""History of a run as rows that only grow, so that frequent saves write only the new ones."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..fields import MAX_STRIDE
from ..limits import check_integer
from ..monitor.history import BUCKETS, MAX_POINTS, RECENT

COLUMNS = 1 + len(BUCKETS)  # per row

Plain = dict[str, Any]
Rows = NDArray[np.float64]


def history_rows(history: Plain, start: int = 0) -> Rows:
    """Return the buckets of a record's history as rows of step, epoch, seconds and the rest.

    Rows are only added until `stride` changes; then all saved rows must be replaced.

    Parameters
    ----------
    start : index of the first row to return
    """
    count = len(history["epoch"])
    step = np.arange(start + 1, count + 1) * float(history["stride"])
    return np.stack([step, *(history[name][start:] for name in BUCKETS)], axis=1)  # (count - start, 7)


def with_history(record: Plain, stride: int, rows: Rows) -> Plain:
    """Return the record of a checkpoint completed with the separately saved rows of its history.

    The rows may be newer than the checkpoint, even with a larger stride, and some may be missing. Unknown buckets get
    losses and accuracies of NaN and interpolated times: a gap in the curve instead of a lost run.

    Parameters
    ----------
    stride : stride of the history when the rows were saved
    rows : float64 (n, 7), from `history_rows`

    Raises
    ------
    ValueError
        If the rows are invalid, or the checkpoint is inconsistent.
    """
    own = check_integer("history.stride", record["history"]["stride"], 1, MAX_STRIDE)
    kept = check_integer("stride", stride, 1, MAX_STRIDE)
    recent = np.stack(_equally_long(record["history"], RECENT))
    waiting = recent.shape[1]
    step = record["trainer"].get("step")
    summed_up = check_integer("trainer.step", step, waiting, waiting + own * MAX_POINTS) - waiting
    count = summed_up // own
    if (
        rows.ndim != 2
        or rows.shape[1] != COLUMNS
        or not np.isfinite(rows[:, :3]).all()
        or (np.diff(rows[:, 0]) <= 0).any()
    ):
        raise ValueError("history must be rows of step, epoch, seconds, min, mean, max and accuracy, the steps rising")
    if kept < own:
        rows = rows[:0]  # saved before the last doubling of the stride in the checkpoint
    wanted = np.arange(1, count + 1) * float(own)
    measured = np.full((count, COLUMNS - 3), np.nan)  # losses and accuracies
    place = np.searchsorted(rows[:, 0], wanted)  # index of the first row that ends at this step or later
    known = np.flatnonzero(place < len(rows))
    known = known[rows[place[known], 0] - kept < wanted[known]]
    measured[known] = rows[place[known], 3:]
    earlier = rows[rows[:, 0] <= summed_up, :3]
    next_one = np.insert(recent[:2, :1].T, 0, summed_up + 1, axis=1)
    times = np.concatenate([np.zeros((1, 3)), earlier, next_one])
    epoch, seconds = (np.interp(wanted, times[:, 0], column) for column in times.T[1:])
    buckets = dict(zip(BUCKETS, (epoch, seconds, *measured.T.copy()), strict=True))
    return {**record, "history": record["history"] | buckets}


def complete_record(record: Plain) -> Plain:
    """Return the record; complete a checkpoint without rows with a history of gaps."""
    history = record["history"]
    return record if BUCKETS[0] in history else with_history(record, history["stride"], np.empty((0, COLUMNS)))


def _equally_long(fields: Plain, names: tuple[str, ...]) -> list[Rows]:
    columns = [fields[name] for name in names]
    if len({len(column) for column in columns}) > 1:
        raise ValueError(f"history.{names[0]} must be as long as {', '.join(names[1:])}")
    return columns
