"""Exports of a run: run files, checkpoints with the rows of their history, and texts."""

from typing import Any, TypedDict
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from ..fields import check_dict
from ..limits import check_integer
from ..monitor.history import BUCKETS, MAX_POINTS
from ..runs.record import to_record
from ..runs.run import TrainingRun
from .file_names import file_name
from .history_csv import history_csv
from .history_rows import COLUMNS, complete_record, history_rows, with_history
from .pytorch_script import to_pytorch
from .run_file import from_bytes, to_bytes

Buffer = bytes | bytearray | memoryview | NDArray[np.uint8]


class RunFile(TypedDict):
    """A run as bytes, in a strict profile of safetensors."""

    bytes: NDArray[np.uint8]
    file_name: str
    step: int
    crc32: int


class TextFile(TypedDict):
    """A text to save."""

    text: str
    file_name: str


class SavedHistory(TypedDict):
    """Rows of a history, all from the first on, as in `HistoryRows`."""

    generation: int
    values: NDArray[np.float64]


class HistoryRows(SavedHistory):
    """Rows of seven numbers: step, epoch, seconds, min, mean, max, accuracy.

    Attributes
    ----------
    generation : until it changes, rows are only added, so that each needs to be written only once; then all rows, which
        replace those of earlier generations, are returned
    start : index of the first row
    """

    start: int


class Checkpoint(RunFile):
    """A run file without the long part of its history, and the rows of that history, both of one moment."""

    history: HistoryRows


def run_file(run: TrainingRun, *, history: bool = True) -> RunFile:
    """Return a run as a run file; without the long part of its history, for a checkpoint."""
    data = to_bytes(to_record(run, history=history), history=history)
    return RunFile(
        bytes=np.frombuffer(data, np.uint8),
        file_name=file_name(run, ".safetensors"),
        step=run.trainer.step,
        crc32=crc32(data),
    )


def rows_of(run: TrainingRun, *, generation: int, start: int) -> HistoryRows:
    """Return rows of a run's history from `start` on, or from row 0 on if `generation` has changed."""
    history = run.history
    known = check_integer("start", start, 0, MAX_POINTS) if generation == history.stride else 0
    first = min(known, history.buckets.shape[1])
    columns = {"stride": history.stride, **dict(zip(BUCKETS, history.buckets, strict=True))}
    return HistoryRows(generation=history.stride, start=first, values=history_rows(columns, first).ravel())


def checkpoint(run: TrainingRun, *, generation: int, start: int) -> Checkpoint:
    """Return a checkpoint of a run and the rows of its history from `start` on, both of one moment."""
    rows = rows_of(run, generation=generation, start=start)
    return Checkpoint(**run_file(run, history=False), history=rows)


def read_checkpoint(data: object, history: object = None) -> dict[str, Any]:
    """Return the record of a run file, completed with the saved rows of its history, if any."""
    record = from_bytes(data)
    if history is not None:
        record = with_history(record, *_rows(history))
    return complete_record(record)


def pytorch_file(run: TrainingRun) -> TextFile:
    """Return a Python script that rebuilds a run's model in PyTorch."""
    return TextFile(text=to_pytorch(run), file_name=file_name(run, ".py"))


def csv_file(run: TrainingRun) -> TextFile:
    """Return the losses of a run as a table."""
    return TextFile(text=history_csv(run), file_name=file_name(run, ".csv"))


def _rows(history: object) -> tuple[int, NDArray[np.float64]]:
    """Return generation and rows of a `SavedHistory`."""
    fields = check_dict("history", history)
    if fields.keys() != {"generation", "values"}:
        raise ValueError("history must have generation and values")
    values = np.asarray(fields["values"])
    if values.dtype != np.float64 or values.ndim != 1 or len(values) % COLUMNS:
        raise ValueError(f"history.values must be float64 numbers, {COLUMNS} in a row")
    return fields["generation"], values.reshape(-1, COLUMNS)
