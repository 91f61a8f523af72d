"""Cases of a test: the usual ones, and those that only the nightly run adds."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest


def usually(is_usual: bool, *values: Any) -> Any:
    """Return a case of these values: in every run if it is usual, else in the nightly run only."""
    return pytest.param(*values, marks=() if is_usual else pytest.mark.nightly)


def cases(values: Iterable[Any], usual: Callable[[Any], bool]) -> list[Any]:
    """Return a case of each value; those for which `usual` returns True are in every run."""
    return [usually(usual(value), value) for value in values]


def pairs(first: Sequence[Any], second: Sequence[Any]) -> list[Any]:
    """Return each value of `first` with each of `second`; usual are a few pairs that hold each value at least once."""
    few = min(len(first), len(second))
    return [
        usually(place % few == number % few, value, other)
        for place, value in enumerate(first)
        for number, other in enumerate(second)
    ]
