"""Metrics at the end of each epoch of a run, in bounded memory."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..fields import MAX_STRIDE, Fields

# A small run trains a thousand epochs a second. At this number of rows every second one is dropped.
MAX_ROWS = 1024

METRICS = ("train_loss", "train_accuracy", "held_out_loss", "held_out_accuracy")


class EpochMetrics(NamedTuple):
    """Metrics of one epoch, defined as in Keras.

    Attributes
    ----------
    train_loss, train_accuracy : means over the training samples, each before the update by its batch; NaN if the loss
        type changed during the epoch
    held_out_loss, held_out_accuracy : over the held-out samples, with the weights at the end of the epoch; NaN without
        held-out samples
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
    """Rows of the epochs of a run, oldest first: all, later every second, fourth … and always the newest.

    A row is kept if its epoch number is a multiple of `stride`. At `max_rows` rows, `stride` doubles. So the kept rows
    depend only on the epochs, not on the slices of training.

    Parameters
    ----------
    max_rows : int, 2 or more

    Attributes
    ----------
    stride : int, a power of two
    rows : list of `EpochRow`; the last is the newest epoch
    """

    def __init__(self, max_rows: int = MAX_ROWS) -> None:
        self.max_rows = max_rows
        self.stride = 1
        self.rows: list[EpochRow] = []

    def append(self, row: EpochRow) -> None:
        """Add the newest epoch."""
        if self.rows and self.rows[-1].epoch % self.stride:
            self.rows.pop()  # was kept only as the newest
        self.rows.append(row)
        if len(self.rows) >= self.max_rows:
            self.stride *= 2
            self.rows = [*(old for old in self.rows[:-1] if old.epoch % self.stride == 0), row]

    def columns(self) -> dict[str, NDArray[np.float64]]:
        """Return the rows as columns by name, float64 (n,) each."""
        table = np.array(self.rows, np.float64).reshape(-1, len(EpochRow._fields))
        return dict(zip(EpochRow._fields, np.ascontiguousarray(table.T), strict=True))

    def to_state(self) -> dict[str, Any]:
        """Return plain data."""
        return {"stride": self.stride, **self.columns()}

    @classmethod
    def from_state(cls, value: object, *, visited: int, num_train: int, steps: int) -> "Epochs":
        """Read what `to_state` returned; the last epoch may not have been measured yet.

        Parameters
        ----------
        visited, num_train, steps : samples visited, number of training samples, and steps of the run
        """
        state = Fields("epochs", value, ("stride", *EpochRow._fields))
        stride = state.integer("stride", 1, MAX_STRIDE)
        columns = {name: state.array(name, "float64") for name in EpochRow._fields}
        done = visited // num_train
        if visited % num_train == 0 < done and columns["epoch"][-1:].tolist() != [done]:
            done -= 1
        kept = kept_epochs(done, stride) if done < stride * MAX_ROWS else []
        if stride & (stride - 1) or columns["epoch"].tolist() != kept:
            raise ValueError(f"epochs.epoch must be every {stride} of the {done} epochs of the run, and the last")
        _check_columns(columns, steps)
        epochs = cls()
        epochs.restore(stride, columns)
        return epochs

    def restore(self, stride: int, columns: dict[str, NDArray[np.float64]]) -> None:
        """Restore a saved `stride` and `columns()`."""
        self.stride = stride
        rows = zip(*(columns[name].tolist() for name in EpochRow._fields), strict=True)
        self.rows = [EpochRow(int(epoch), int(step), *rest) for epoch, step, *rest in rows]


def _check_columns(columns: dict[str, NDArray[np.float64]], steps: int) -> None:
    for name, column in columns.items():
        if len(column) != len(columns["epoch"]):
            raise ValueError(f"epochs.{name} must be as long as epoch")
    step, seconds = columns["step"], columns["seconds"]
    if not ((step == np.floor(step)).all() and (np.diff(step, prepend=0) > 0).all() and (step <= steps).all()):
        raise ValueError("epochs.step must be whole numbers that rise, up to the steps done")
    if not (np.isfinite(seconds).all() and (seconds >= 0).all()):
        raise ValueError("epochs.seconds must be finite numbers of 0 or more")


def kept_epochs(done: int, stride: int) -> list[int]:
    """Return the numbers of the epochs with a row: multiples of the stride, and the newest."""
    return [*range(stride, done + 1, stride), *([done] if done % stride else [])]
