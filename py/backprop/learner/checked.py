"""Results of the learner's functions, checked before they are copied into a network."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray


def checked(function: Callable[..., Any], shape: tuple[int, ...], *arguments: Any) -> NDArray[Any]:
    """Call a function with copies of its arguments and return its result.

    Raises
    ------
    ValueError
        If the result is not a NumPy array of numbers of this shape, or not finite although all arguments are.
    """
    copies = [argument.copy() if isinstance(argument, np.ndarray) else argument for argument in arguments]
    return check_result(function.__name__, function(*copies), shape, copies)


def check_result(name: str, result: Any, shape: tuple[int, ...], arguments: Any = ()) -> NDArray[Any]:
    """Return a result, or raise ValueError in a sentence with the function's name."""
    if not isinstance(result, np.ndarray) or result.dtype.kind not in "fiu":
        raise ValueError(f"{name} must return a NumPy array of numbers, got {type(result).__name__}")
    if result.shape != shape:
        raise ValueError(f"{name} must return an array of shape {shape}, got {result.shape}")
    if not np.isfinite(result).all() and all(np.isfinite(each).all() for each in arguments if _is_float(each)):
        raise ValueError(f"{name} returned numbers that are not finite")
    return result


def _is_float(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"
