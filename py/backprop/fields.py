"""Fields of saved data: a missing, unknown or invalid one is refused by its name."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from .limits import check_choice, check_flag, check_integer, check_number

T = TypeVar("T")

MAX_COUNT = 2**53 - 1  # counts stay exact as JavaScript numbers
MAX_SECONDS = 1e12
MAX_STRIDE = 2**40


class Fields:
    """A section of saved data, with exactly the known fields.

    Parameters
    ----------
    name : name of the section, for messages
    value : a dict
    known : names of all fields that it must have
    optional : names of fields that it may have
    prefix : beginning of the fields' names in messages; default: ``name.``

    Raises
    ------
    ValueError
        If a field is missing or unknown, and by every method if the field is invalid.
    """

    def __init__(
        self,
        name: str,
        value: object,
        known: Iterable[str],
        *,
        optional: Iterable[str] = (),
        prefix: str | None = None,
    ) -> None:
        self._values, known = check_dict(name, value), list(known)
        self._prefix = f"{name}." if prefix is None else prefix
        for field in known:
            if field not in self._values:
                raise ValueError(f"{name}.{field} is missing")
        for field in self._values:
            if field not in known and field not in optional:
                raise ValueError(f"{name}.{str(field)[:40]} is unknown")

    def __getitem__(self, field: str) -> Any:
        """Return a field as it is."""
        return self._values[field]

    def get(self, field: str, default: object = None) -> Any:
        """Return a field as it is, or a default if it is optional and missing."""
        return self._values.get(field, default)

    def label(self, field: str) -> str:
        """Return the name of a field in messages."""
        return f"{self._prefix}{field}"

    def integer(self, field: str, low: float, high: float, reason: str = "") -> int:
        """Return a whole number in [low, high]."""
        return check_integer(self.label(field), self[field], low, high, reason=reason)

    def number(self, field: str, low: float, high: float) -> float:
        """Return a finite number in [low, high]."""
        return check_number(self.label(field), self[field], low, high)

    def real(self, field: str) -> float:
        """Return any float, including the infinities and NaN of a diverged run."""
        return check_real(self.label(field), self[field])

    def real_or_none(self, field: str) -> float | None:
        """Return any float, or None."""
        return check_real_or_none(self.label(field), self[field])

    def share_or_none(self, field: str) -> float | None:
        """Return a number from 0 to 1, or None."""
        return None if self[field] is None else self.number(field, 0, 1)

    def flag(self, field: str) -> bool:
        """Return true or false."""
        return check_flag(self.label(field), self[field])

    def choice(self, field: str, choices: Iterable[str]) -> str:
        """Return one of the choices."""
        return check_choice(self.label(field), self[field], choices)

    def array(self, field: str, dtype: str, size: int | None = None) -> NDArray[Any]:
        """Return a new flat array of this dtype, from an array of it or a buffer of its bytes."""
        return read_array(self.label(field), self[field], dtype, size)

    def vector(self, field: str, like: NDArray[Any]) -> NDArray[Any]:
        """Return an array of the dtype and size of another one."""
        return self.array(field, like.dtype.name, like.size)

    def finite_vector(self, field: str, like: NDArray[Any]) -> NDArray[Any]:
        """Return an array of finite numbers, of the dtype and size of another one."""
        vector = self.vector(field, like)
        if not np.isfinite(vector).all():
            raise ValueError(f"{self.label(field)} must be finite numbers")
        return vector


def check_real(name: str, value: object) -> float:
    """Return any float, including the infinities and NaN, or raise ValueError."""
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or (isinstance(value, int) and abs(value) > 2**1000)
    ):
        raise ValueError(f"{name} must be a number, got {str(value)[:40]!r}")
    return float(value)


def check_real_or_none(name: str, value: object) -> float | None:
    """Return any float, or None, or raise ValueError."""
    return None if value is None else check_real(name, value)


def check_dict(name: str, value: object) -> dict[str, Any]:
    """Return `value` if it is a dict, else raise ValueError."""
    if isinstance(value, dict):
        return value
    raise ValueError(f"{name} must be a dict, got {type(value).__name__}")


def in_section(section: str, check: Callable[[], T]) -> T:
    """Run a check, and prefix the field in its error with the section's name."""
    try:
        return check()
    except ValueError as error:
        raise ValueError(f"{section}.{error}") from None


def read_array(name: str, value: object, dtype: str, size: int | None = None) -> NDArray[Any]:
    """Return a new array of this dtype from an array of it or a buffer of its bytes, or raise ValueError."""
    expected = np.dtype(dtype).newbyteorder("<")
    if isinstance(value, bytes | bytearray | memoryview):
        view = memoryview(value)
        if not view.c_contiguous or view.ndim != 1 or not _holds(view, expected) or view.nbytes % expected.itemsize:
            raise ValueError(f"{name} must be {dtype} numbers, got a buffer of another kind")
        value = np.frombuffer(view.cast("B"), expected)
    if not isinstance(value, np.ndarray) or value.dtype != expected or value.ndim != 1:
        raise ValueError(f"{name} must be a flat array of {dtype}, got {type(value).__name__}")
    if size is not None and len(value) != size:
        raise ValueError(f"{name} must hold {size} numbers, got {len(value)}")
    return np.array(value, dtype)


def _holds(view: memoryview, expected: np.dtype[Any]) -> bool:
    """Return whether a buffer's format is that of the expected numbers, or bytes."""
    return view.format in {"B", "b", "c"} or (
        view.itemsize == expected.itemsize and view.format.strip("<@=") in {"i": "il", "f": "fd"}[expected.kind]
    )
