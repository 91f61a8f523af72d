"""The verdict on one returned array: right, close or wrong, cell by cell."""

from collections.abc import Iterator
from typing import Any, TypedDict

import numpy as np

from ..activations import Array
from ..gradcheck import relative_error
from .case import WRONG, Case

MAX_CELLS = 10  # wrong numbers that are listed
RIGHT, CLOSE = "right", "close"


class Cell(TypedDict):
    """One wrong number: its position, and its value in the learner's array and in the right one."""

    position: list[int]
    yours: float
    right: float


class Tensor(TypedDict):
    """The verdict on one array: "right", "close" or "wrong", with the first wrong numbers.

    `differences` is |yours - right|, with the array's shape, NaN where nothing was compared.
    """

    name: str
    verdict: str
    relative_error: float
    cells: list[Cell]
    skipped: int
    differences: Array


def compare(name: str, value: Any, case: Case) -> Tensor:
    """Compare a returned value with the one that a case expects."""
    expected = case.expected[name]
    if isinstance(expected, str):
        verdict = RIGHT if value == expected else "wrong"
        return Tensor(
            name=name, verdict=verdict, relative_error=0.0, cells=[], skipped=0, differences=np.zeros(0, np.float64)
        )
    skipped = np.broadcast_to(case.skipped.get(name, False), expected.shape)
    yours, right = np.where(skipped, 0.0, value), np.where(skipped, 0.0, expected)
    error = relative_error(yours, right)
    verdict = RIGHT if error <= case.tolerance else (CLOSE if error <= WRONG else "wrong")
    differences = np.where(skipped, np.nan, np.abs(yours - right))
    return Tensor(
        name=name,
        verdict=verdict,
        relative_error=error,
        cells=[] if verdict == RIGHT else list(_wrong_cells(yours, right, case.tolerance)),
        skipped=int(np.count_nonzero(skipped)),
        differences=differences,
    )


def _wrong_cells(yours: Array, right: Array, tolerance: float) -> Iterator[Cell]:
    """Yield the first numbers that contribute to the error."""
    allowed = tolerance * (np.abs(yours) + np.abs(right) + np.abs(right).max(initial=0.0))
    for position in np.argwhere(np.abs(yours - right) > allowed)[:MAX_CELLS]:
        cell = tuple(position)
        yield Cell(position=[int(i) for i in cell], yours=float(yours[cell]), right=float(right[cell]))
