"""What was measured at the end of each epoch of a run, in bounded memory."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# A small run makes a thousand epochs a second. At this many rows every second one is dropped.
MOST_ROWS = 1024

METRICS = ("train_loss", "train_accuracy", "held_out_loss", "held_out_accuracy")


class EpochMetrics(NamedTuple):
    """The metrics of one epoch, as Keras counts them.

    Attributes
    ----------
    train_loss, train_accuracy : means over the training samples, each as it was when its batch was trained on; NaN if
        the loss changed its kind in this epoch
    held_out_loss, held_out_accuracy : over the held-out samples, as the weights are at the end of the epoch; NaN
        without any
    """

    train_loss: float
    train_accuracy: float
    held_out_loss: float
    held_out_accuracy: float


class EpochRow(NamedTuple):
    """One epoch: its number from 1, the step at its end, seconds of training until then, and its metrics."""

    epoch: int
    step: int
    seconds: float
    train_loss: float
    train_accuracy: float
    held_out_loss: float
    held_out_accuracy: float


class Epochs:
    """The epochs of a run, oldest first: all at first, later every second, fourth … and always the newest.

    A row is kept if the number of its epoch is a multiple of `stride`. When there are `most_rows` of them, `stride`
    doubles. So what is kept depends only on the epochs, never on the slices in which they came.

    Parameters
    ----------
    most_rows : int, 2 or more

    Attributes
    ----------
    stride : int, a power of two
    rows : list of `EpochRow`; the last is the newest epoch
    """

    def __init__(self, most_rows: int = MOST_ROWS) -> None:
        self.most_rows = most_rows
        self.stride = 1
        self.rows: list[EpochRow] = []

    def append(self, row: EpochRow) -> None:
        """Add the newest epoch."""
        if self.rows and self.rows[-1].epoch % self.stride:
            self.rows.pop()  # it was kept as the newest only
        self.rows.append(row)
        if len(self.rows) >= self.most_rows:
            self.stride *= 2
            self.rows = [*(old for old in self.rows[:-1] if old.epoch % self.stride == 0), row]

    def columns(self) -> dict[str, NDArray[np.float64]]:
        """Return the rows as columns by name, float64 (n,) each."""
        table = np.array(self.rows, np.float64).reshape(-1, len(EpochRow._fields))
        return dict(zip(EpochRow._fields, np.ascontiguousarray(table.T), strict=True))

    def restore(self, stride: int, columns: dict[str, NDArray[np.float64]]) -> None:
        """Take up what `stride` and `columns()` were elsewhere."""
        self.stride = stride
        rows = zip(*(columns[name].tolist() for name in EpochRow._fields), strict=True)
        self.rows = [EpochRow(int(epoch), int(step), *rest) for epoch, step, *rest in rows]
