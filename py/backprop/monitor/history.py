"""Losses and batch accuracies of a run, step by step, in bounded memory."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..fields import MAX_STRIDE, Fields
from ..limits import check_integer
from .smoothing import smooth

# A run can make ten thousand steps a second for hours. At this number of points the resolution is halved.
MAX_POINTS = 200_000
MAX_BREAKS = 1000  # the oldest are dropped
BUCKETS = ("epoch", "seconds", "min", "mean", "max", "accuracy")
RECENT = ("recent_epoch", "recent_seconds", "recent_loss", "recent_accuracy")

Column = NDArray[np.float64]


class Curve(NamedTuple):
    """Points for drawing, oldest first, each for one or more consecutive steps; the last is the newest step alone.

    Attributes
    ----------
    step, epoch, seconds : values at the last step of a point
    min, mean, max : statistics of its losses; min and max ignore NaN, mean does not
    accuracy : mean batch accuracy over its steps, 0 to 1
    """

    step: Column
    epoch: Column
    seconds: Column
    min: Column
    mean: Column
    max: Column
    accuracy: Column


class History:
    """Losses and batch accuracies of a run from step 1 on: exact at first, later over `stride` steps.

    The steps of a run are grouped into buckets of `stride` consecutive steps with min, mean and max of the losses and
    the mean accuracy. Steps that do not fill a bucket yet, and always the newest step, are kept as they are in
    `recent`. At `max_points` buckets, pairs of neighbours merge and `stride` doubles. So the kept points depend only on
    the losses, not on the slices of training.

    Parameters
    ----------
    max_points : int, even

    Attributes
    ----------
    stride : int, steps per bucket; a power of two
    recent : float64 (4, n), rows epoch, seconds, loss and accuracy of the steps in no bucket
    breaks : ascending steps of stops, restored weights and changes of the loss: the losses after one of them do not
        continue those before it
    """

    def __init__(self, max_points: int = MAX_POINTS) -> None:
        self.max_points = max_points
        self.stride = 1
        self.recent = np.empty((4, 0))
        self.breaks: list[int] = []
        self._count = 0
        # Rows: epoch, seconds, min, mean, max, accuracy. Only the first _count columns are used.
        self._buckets = np.empty((6, 256))

    def __len__(self) -> int:
        """Return the number of steps."""
        return self._count * self.stride + self.recent.shape[1]

    @property
    def nbytes(self) -> int:
        """Bytes of the kept points."""
        return self._buckets.nbytes + self.recent.nbytes

    @property
    def buckets(self) -> Column:
        """View of the buckets, float64 (6, n): epoch and seconds of the last step, min, mean, max, accuracy."""
        return self._buckets[:, : self._count]

    def extend(self, losses: Column, accuracies: Column, epochs: Column, seconds: Column) -> None:
        """Add the next steps.

        Parameters
        ----------
        losses, accuracies, epochs, seconds : float64 (n,) each: loss and accuracy of the batch, passes over the data
            and seconds of training so far
        """
        if len(losses) == 0:
            return
        rows = np.empty((4, self.recent.shape[1] + len(losses)))
        rows[:, : -len(losses)] = self.recent
        rows[:, -len(losses) :] = epochs, seconds, losses, accuracies
        if self._count == self.max_points:
            self._halve()
        while (full := min((rows.shape[1] - 1) // self.stride, self.max_points - self._count)) > 0:
            taken = full * self.stride
            self._append(rows[:, :taken], full)
            self.recent = rows = rows[:, taken:]  # keeps each step exactly once even if an exception is raised
        self.recent = rows.copy() if rows.base is not None else rows

    def break_after(self, step: int) -> None:
        """Record that the losses after `step` do not continue those before: stop, restored weights or another loss."""
        if step not in self.breaks:
            self.breaks = sorted([*self.breaks, step])[-MAX_BREAKS:]

    def to_state(self, *, buckets: bool = True) -> dict[str, Any]:
        """Return plain data, optionally without the buckets."""
        rows = dict(zip(BUCKETS, self.buckets.copy(), strict=True)) if buckets else {}
        recent = dict(zip(RECENT, self.recent.copy(), strict=True))
        return {"stride": self.stride, "breaks": list(self.breaks), **rows, **recent}

    def restore_state(self, value: object, steps: int, epochs: float) -> None:
        """Restore what `to_state` returned in a run of this length, or raise ValueError."""
        state = Fields("history", value, ("stride", "breaks", *BUCKETS, *RECENT))
        stride = state.integer("stride", 1, MAX_STRIDE)
        buckets, recent = _rows(state, BUCKETS), _rows(state, RECENT)
        count, waiting = buckets.shape[1], recent.shape[1]
        whole = stride == 1 or (stride & (stride - 1) == 0 and count >= MAX_POINTS // 2)
        if not whole or count >= MAX_POINTS or waiting > stride or (waiting == 0) != (steps == 0):
            raise ValueError(f"history.stride must fit its points, got {stride} for {count} points and {waiting} steps")
        if count * stride + waiting != steps:
            raise ValueError(f"history must cover the {steps} steps of the run, got {count * stride + waiting}")
        epoch, seconds = np.concatenate([buckets[:2], recent[:2]], axis=1)
        _check_times(epoch, seconds, epochs)
        accuracy = np.concatenate([buckets[-1], recent[-1]])
        if ((accuracy < 0) | (accuracy > 1)).any():  # a gap in the curve is NaN
            raise ValueError("history.accuracy must be shares between 0 and 1")
        self.restore(stride, buckets, recent, _breaks(state, steps))

    def times(self) -> Column:
        """Return epoch, step and seconds at all kept points, float64 (3, n)."""
        last, waiting = self._count * self.stride, self.recent.shape[1]
        step = np.concatenate([np.arange(1, self._count + 1) * self.stride, last + np.arange(1, waiting + 1)])
        epoch, seconds = np.concatenate([self.buckets[:2], self.recent[:2]], axis=1)
        return np.stack([epoch, step.astype(np.float64), seconds])

    def restore(self, stride: int, buckets: Column, recent: Column, breaks: list[int] | None = None) -> None:
        """Restore a saved `stride`, `buckets`, `recent` and `breaks`."""
        self.stride, self.recent, self.breaks = stride, recent.copy(), list(breaks or [])
        self._buckets, self._count = buckets.copy(), buckets.shape[1]

    def curve(self, max_points: int) -> Curve:
        """Return at most `max_points` (3 or more) points; the last is exactly the newest step.

        Neighbours merge in groups of a power of two, keeping min and max, so that the groups stay the same as a run
        grows until their size doubles. Losses on the two sides of a break do not merge, for the newest `max_points` / 8
        breaks.
        """
        newest = self.breaks[::-1][: max_points // 8]
        edges = {edge for step in newest for edge in (step // self.stride, -(-step // self.stride))}
        edges = {edge for edge in edges if 0 < edge < self._count}
        group, most = 1, max_points - 2
        while -(-self._count // group) > most:
            group, most = 2 * group, max(1, max_points - 2 - len(edges))
        parts = [_merge(self.buckets, group, self.stride, edges)] if self._count else []
        waiting = self.recent.shape[1] - 1
        if waiting > 0:
            parts.append(_bucket(self.recent[:, :-1], waiting, len(self) - 1))
        if waiting >= 0:
            parts.append(_bucket(self.recent[:, -1:], 1, len(self)))
        return Curve(*np.concatenate(parts, axis=1)) if parts else Curve(*np.empty((7, 0)))

    def smoothed(self, steps: Column, weight: float) -> Column:
        """Return the moving average of all kept losses at these steps of a `curve`.

        It is computed at the full resolution of the history, not of the curve, and restarts after each break: see
        `smoothing.smooth`.
        """
        last = self._count * self.stride
        ends = np.concatenate(
            [np.arange(1, self._count + 1) * float(self.stride), np.arange(last + 1, len(self) + 1, dtype=np.float64)]
        )
        losses = np.concatenate([self.buckets[3], self.recent[2]])
        return smooth(losses, ends, weight, self.breaks)[np.searchsorted(ends, steps)]

    def _append(self, rows: Column, full: int) -> None:
        end = self._count + full
        if end > self._buckets.shape[1]:
            larger = np.empty((6, min(self.max_points, max(end, 2 * self._buckets.shape[1]))))
            larger[:, : self._count] = self.buckets
            self._buckets = larger
        if self.stride == 1:
            self._buckets[:2, self._count : end] = rows[:2]
            self._buckets[2:5, self._count : end] = rows[2]
            self._buckets[5, self._count : end] = rows[3]
        else:
            self._buckets[:, self._count : end] = _bucket(rows, self.stride, 0)[1:]
        self._count = end
        if end == self.max_points:
            self._halve()

    def _halve(self) -> None:
        merged = _merge(self.buckets, 2, self.stride)[1:]
        self._count = merged.shape[1]
        self._buckets[:, : self._count] = merged
        self.stride *= 2


def _rows(state: Fields, names: tuple[str, ...]) -> Column:
    columns = [state.array(name, "float64") for name in names]
    if len({len(column) for column in columns}) > 1:
        raise ValueError(f"history.{names[0]} must be as long as {', '.join(names[1:])}")
    return np.stack(columns)


def _check_times(epoch: Column, seconds: Column, epochs: float) -> None:
    if not (np.isfinite(epoch).all() and (epoch > 0).all() and (np.diff(epoch) > 0).all()):
        raise ValueError("history.epoch must be numbers that rise from 0")
    if len(epoch) and epoch[-1] > epochs:  # the next step could not be entered behind it
        raise ValueError(f"history.epoch must end with the {epochs:g} epochs of the run, got {epoch[-1]:g}")
    if not (np.isfinite(seconds).all() and (seconds >= 0).all()):  # a coarse clock may step back by a rounding
        raise ValueError("history.seconds must be finite numbers of 0 or more")


def _breaks(state: Fields, steps: int) -> list[int]:
    breaks = state["breaks"]
    if not isinstance(breaks, list) or len(breaks) > MAX_BREAKS:
        raise ValueError(f"history.breaks must be a list of at most {MAX_BREAKS}")
    places = [check_integer("history.breaks", place, 0, steps, reason="steps done") for place in breaks]
    if places != sorted(set(places)):
        raise ValueError("history.breaks must be steps that rise")
    return places


def _bucket(rows: Column, size: int, last_step: int) -> Column:
    """Group rows epoch, seconds, loss, accuracy of single steps by `size` → rows of a `Curve`."""
    losses, accuracies = rows[2:].reshape(2, -1, size)
    with np.errstate(all="ignore"):  # losses of a diverged run may be infinite or NaN
        mean = losses.sum(axis=1) / size
    step = np.full(len(losses), float(last_step))
    ends = rows[:2, size - 1 :: size]
    low, high = np.fmin.reduce(losses, axis=1), np.fmax.reduce(losses, axis=1)
    return np.stack([step, *ends, low, mean, high, accuracies.sum(axis=1) / size])


def _merge(buckets: Column, group: int, stride: int, edges: Iterable[int] = ()) -> Column:
    """Merge groups of `group` neighbouring buckets, shorter at the end and before `edges` → rows of a `Curve`."""
    count = buckets.shape[1]
    starts = np.array(sorted({*range(0, count, group), *edges}), np.intp)
    ends = np.append(starts[1:], count)
    epoch, seconds = buckets[:2, ends - 1]
    low, mean, high, accuracy = buckets[2:]
    with np.errstate(all="ignore"):
        means, accuracies = np.add.reduceat([mean, accuracy], starts, axis=1) / (ends - starts)
    lowest, highest = np.fmin.reduceat(low, starts), np.fmax.reduceat(high, starts)
    return np.stack([ends * float(stride), epoch, seconds, lowest, means, highest, accuracies])
