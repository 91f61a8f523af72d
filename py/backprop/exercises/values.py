"""Nested arrays: copy them, list them, compare them."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..gradcheck import relative_error

SAME = 1e-9  # relative error below which two results are the same mistake


def arrays_of(values: Any) -> list[Any]:
    """Return all arrays and texts in nested sequences and mappings, in order."""
    found: list[Any] = []
    for value in values:
        if isinstance(value, Mapping):
            found += arrays_of(value.values())
        elif isinstance(value, tuple | list):
            found += arrays_of(value)
        elif isinstance(value, np.ndarray | str):
            found.append(value)
    return found


def are_same(some: list[Any] | None, others: list[Any] | None, tolerance: float = SAME) -> bool:
    """Whether two lists of arrays and texts are equal, up to a relative error."""
    if some is None or others is None or len(some) != len(others):
        return False
    return all(_equal(one, other, tolerance) for one, other in zip(some, others, strict=True))


def _equal(one: Any, other: Any, tolerance: float) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return bool(type(one) is type(other) and one == other)
    if one.shape != other.shape or one.dtype.kind != other.dtype.kind:
        return False
    if tolerance == 0 or one.dtype.kind not in "f":
        return bool(np.array_equal(one, other, equal_nan=one.dtype.kind == "f"))
    finite = np.isfinite(one)
    if not np.array_equal(finite, np.isfinite(other)) or not np.array_equal(
        one[~finite], other[~finite], equal_nan=True
    ):
        return False
    return relative_error(one[finite], other[finite]) <= tolerance


def copied(value: Any) -> Any:
    """Return a deep copy of nested arrays; functions and numbers stay as they are."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, tuple | list):
        return type(value)(copied(item) for item in value)
    if isinstance(value, Mapping):
        return {name: copied(item) for name, item in value.items()}
    return value
