"""Limits of all values, and the checks against them.

A check raises `ValueError` with one sentence that begins with the field's name, so that a page can show it beside that
field: ``batch_size must be between 1 and 100 (the number of training samples), got 0``.
"""

import math
from collections.abc import Iterable

import numpy as np

LIMITS: dict[str, tuple[float, float]] = {
    "hidden_layers": (0, 32),
    "width": (1, 2048),
    "parameters": (1, 4_000_000),
    "num_samples": (1, 100_000),
    "held_out": (0, 0.9),
    "sequence_length": (2, 64),
    "vocabulary": (2, 64),
    "token_characters": (1, 8),
    "embedding_dim": (1, 256),
    "master_sequences": (1, 64),
    "master_sequence_length": (2, 1000),
    "dataset_numbers": (1, 50_000_000),  # num_samples × input_dim, held in memory
    "activations": (1, 20_000_000),  # batch_size × all widths, held in memory
    "memory": (1, 1_500_000_000),  # bytes of all runs together
    "name_characters": (1, 100),
    "seed": (0, 2**32 - 1),
    "steps": (1, 1_000_000),
    "sweep_runs": (1, 200),
    "sweep_epochs": (1, 1_000_000),  # of each run
    "smoothing": (0, 0.999),
    "temperature": (0, 100),
    "generated_tokens": (1, 200),
    "code_characters": (0, 50_000),  # of one file of the learner
}
MAX_SOLUTION = 100_000  # characters of a solution of an exercise


def check_integer(name: str, value: object, low: float, high: float, *, reason: str = "") -> int:
    """Return `value` as an int if it is a whole number in [low, high], else raise ValueError."""
    number = _finite(value)
    if number is None or number != int(number):
        raise ValueError(f"{name} must be a whole number {_between(low, high, reason)}, got {_quote(value)}")
    if not low <= number <= high:
        raise ValueError(f"{name} must be {_between(low, high, reason)}, got {_quote(value)}")
    return int(number)


def check_text(name: str, value: object, most: int) -> str:
    """Return `value` if it is text of at most `most` characters, else raise ValueError."""
    if not isinstance(value, str) or len(value) > most:
        raise ValueError(f"{name} must be a text of at most {most:,} characters")
    return value


def check_number(name: str, value: object, low: float, high: float, *, reason: str = "") -> float:
    """Return `value` as a float if it is a finite number in [low, high], else raise ValueError."""
    number = _finite(value)
    if number is None or not low <= number <= high:
        raise ValueError(f"{name} must be a number {_between(low, high, reason)}, got {_quote(value)}")
    return float(number)


def check_flag(name: str, value: object) -> bool:
    """Return `value` if it is true or false, else raise ValueError."""
    if isinstance(value, bool):
        return value
    raise ValueError(f"{name} must be true or false, got {_quote(value)}")


def check_choice(name: str, value: object, choices: Iterable[str]) -> str:
    """Return `value` if it is one of `choices`, else raise ValueError."""
    allowed = list(choices)
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, got {_quote(value)}")
    return value


def check_seed(name: str, value: object) -> int:
    """Return `value` as a seed for `numpy.random.Generator`: an unsigned 32-bit integer."""
    return check_integer(name, value, *LIMITS["seed"])


def check_hidden_dims(value: object) -> tuple[int, ...]:
    """Return the widths of the hidden layers as a tuple; () is a model without hidden layers."""
    if not isinstance(value, list | tuple):
        raise ValueError(f"hidden_dims must be a list of widths, such as [32, 32], got {_quote(value)}")
    low, high = LIMITS["hidden_layers"]
    if len(value) > high:
        raise ValueError(f"hidden_dims must have between {low:.0f} and {high:.0f} layers, got {len(value)}")
    return tuple(check_integer("hidden_dims", width, *LIMITS["width"], reason="units in each layer") for width in value)


def check_total(name: str, limit: str, count: int, what: str) -> None:
    """Raise ValueError about the field `name` if `count` of `what` exceeds the upper limit `LIMITS[limit]`."""
    high = LIMITS[limit][1]
    if count > high:
        raise ValueError(f"{name} must keep the {what} at or under {_show(high)}, got {_show(count)}")


def _finite(value: object) -> int | float | None:
    """Return the value as a Python number, or None if it is not a finite number."""
    if isinstance(value, bool | np.bool_):
        return None
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating) and math.isfinite(value):
        return float(value)
    return None


def _between(low: float, high: float, reason: str) -> str:
    return f"between {_show(low)} and {_show(high)}" + (f" ({reason})" if reason else "")


def _show(number: float) -> str:
    """Format a number: integers with all digits (4,000,000), others like 1e-09."""
    return f"{int(number):,}" if number == int(number) else f"{number:g}"


def _quote(value: object) -> str:
    """Format a given value for a sentence, shortened to 60 characters."""
    if value is None or value == "":
        return "nothing"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
