"""The losses of a run and the accuracies of its batches, step by step, in bounded memory."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# A run can make ten thousand steps a second for hours. At this many points the resolution is halved.
MOST_POINTS = 200_000

Column = NDArray[np.float64]


class Curve(NamedTuple):
    """Points for drawing, oldest first. Each stands for one or more consecutive steps, the last for the newest alone.

    Attributes
    ----------
    step, epoch, seconds : of the last step that a point stands for
    min, mean, max : of the losses of its steps; min and max pass over NaN, mean does not
    accuracy : mean over its steps of the share of the batch that was predicted rightly, 0 to 1
    """

    step: Column
    epoch: Column
    seconds: Column
    min: Column
    mean: Column
    max: Column
    accuracy: Column


class History:
    """Every loss of a run, from step 1 on: exact at first, later as min, mean and max over `stride` steps.

    Beside it the accuracy of the step's batch, later the mean over `stride` steps.

    The steps of a run are cut into buckets of `stride` consecutive steps. Steps that fill no bucket yet, and always the
    newest step, wait in `recent` as they are. When there are `most_points` buckets, pairs of neighbours merge and
    `stride` doubles. So what is kept depends only on the losses, never on the slices in which they came.

    Parameters
    ----------
    most_points : int, even

    Attributes
    ----------
    stride : int, steps in a bucket; a power of two
    recent : float64 (4, n), rows epoch, seconds, loss and accuracy of the steps that are in no bucket
    """

    def __init__(self, most_points: int = MOST_POINTS) -> None:
        self.most_points = most_points
        self.stride = 1
        self.recent = np.empty((4, 0))
        self._count = 0
        # Rows: epoch, seconds, min, mean, max, accuracy. Only the first _count columns count.
        self._buckets = np.empty((6, 256))

    def __len__(self) -> int:
        """Return the number of steps."""
        return self._count * self.stride + self.recent.shape[1]

    @property
    def buckets(self) -> Column:
        """The buckets so far, a view, float64 (6, n): epoch and seconds of its last step, min, mean, max, accuracy."""
        return self._buckets[:, : self._count]

    def extend(self, losses: Column, accuracies: Column, epochs: Column, seconds: Column) -> None:
        """Add the next steps.

        Parameters
        ----------
        losses, accuracies, epochs, seconds : float64 (n,) each: loss and accuracy of the batch, passes over the data so
            far, and seconds of training so far
        """
        if len(losses) == 0:
            return
        rows = np.empty((4, self.recent.shape[1] + len(losses)))
        rows[:, : -len(losses)] = self.recent
        rows[:, -len(losses) :] = epochs, seconds, losses, accuracies
        while (full := min((rows.shape[1] - 1) // self.stride, self.most_points - self._count)) > 0:
            taken = full * self.stride
            self._append(rows[:, :taken], full)
            rows = rows[:, taken:]
        self.recent = rows.copy() if rows.base is not None else rows

    def restore(self, stride: int, buckets: Column, recent: Column) -> None:
        """Take up what `stride`, `buckets` and `recent` were in another history."""
        self.stride, self.recent = stride, recent.copy()
        self._buckets, self._count = buckets.copy(), buckets.shape[1]

    def curve(self, max_points: int) -> Curve:
        """Return at most `max_points` (3 or more) points; the last is the newest step, exactly.

        Neighbours merge in groups of a power of two, keeping min and max. So the groups stay the same ones while a run
        goes on, until their size doubles.
        """
        group = 1
        while -(-self._count // group) > max_points - 2:
            group *= 2
        parts = [_merge(self.buckets, group, self.stride)] if self._count else []
        waiting = self.recent.shape[1] - 1
        if waiting > 0:
            parts.append(_bucket(self.recent[:, :-1], waiting, len(self) - 1))
        if waiting >= 0:
            parts.append(_bucket(self.recent[:, -1:], 1, len(self)))
        return Curve(*np.concatenate(parts, axis=1)) if parts else Curve(*np.empty((7, 0)))

    def _append(self, rows: Column, full: int) -> None:
        end = self._count + full
        if end > self._buckets.shape[1]:
            larger = np.empty((6, min(self.most_points, max(end, 2 * self._buckets.shape[1]))))
            larger[:, : self._count] = self.buckets
            self._buckets = larger
        if self.stride == 1:
            self._buckets[:2, self._count : end] = rows[:2]
            self._buckets[2:5, self._count : end] = rows[2]
            self._buckets[5, self._count : end] = rows[3]
        else:
            self._buckets[:, self._count : end] = _bucket(rows, self.stride, 0)[1:]
        self._count = end
        if end == self.most_points:
            self._halve()

    def _halve(self) -> None:
        merged = _merge(self.buckets, 2, self.stride)[1:]
        self._count = merged.shape[1]
        self._buckets[:, : self._count] = merged
        self.stride *= 2


def _bucket(rows: Column, size: int, last_step: int) -> Column:
    """Rows epoch, seconds, loss, accuracy of single steps → those of a `Curve`, of each `size` of them."""
    losses, accuracies = rows[2:].reshape(2, -1, size)
    with np.errstate(all="ignore"):  # a diverged run has losses that are infinite or NaN
        mean = losses.sum(axis=1) / size
    step = np.full(len(losses), float(last_step))
    ends = rows[:2, size - 1 :: size]
    low, high = np.fmin.reduce(losses, axis=1), np.fmax.reduce(losses, axis=1)
    return np.stack([step, *ends, low, mean, high, accuracies.sum(axis=1) / size])


def _merge(buckets: Column, group: int, stride: int) -> Column:
    """Merge each `group` neighbouring buckets, or what is left → rows of a `Curve`."""
    count = buckets.shape[1]
    starts = np.arange(0, count, group)
    ends = np.minimum(starts + group, count)
    epoch, seconds = buckets[:2, ends - 1]
    low, mean, high, accuracy = buckets[2:]
    with np.errstate(all="ignore"):
        means, accuracies = np.add.reduceat([mean, accuracy], starts, axis=1) / (ends - starts)
    lowest, highest = np.fmin.reduceat(low, starts), np.fmax.reduceat(high, starts)
    return np.stack([ends * float(stride), epoch, seconds, lowest, means, highest, accuracies])
