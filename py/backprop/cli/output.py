"""Output of a command: one result, printed as text or as one JSON document."""

import io
import json
import math
import os
import sys
from dataclasses import dataclass
from typing import Any, TextIO

BAR_WIDTH = 30  # characters
BROKEN_PIPE = 141  # exit code that a shell reports of a tool ended by SIGPIPE


@dataclass(frozen=True)
class Result:
    """Result of a command.

    Attributes
    ----------
    data : plain data, printed with ``--json``
    text : lines, printed without it
    code : exit code
    """

    data: dict[str, Any]
    text: list[str]
    code: int = 0


def print_result(result: Result, *, as_json: bool) -> None:
    """Print a result to stdout."""
    print(to_json(result.data) if as_json else "\n".join(result.text))


def to_json(data: object) -> str:
    """Format plain data as one line of JSON. JSON has no NaN and no infinity: they become null."""
    return json.dumps(_finite(data), ensure_ascii=False, allow_nan=False)


def _finite(value: object) -> object:
    """Replace non-finite numbers by None, at any depth."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


def draw_bar(stream: TextIO, done: int, total: int, text: str) -> None:
    """Draw progress as a bar over the one drawn before."""
    filled = BAR_WIDTH * done // total
    bar = "█" * filled + "░" * (BAR_WIDTH - filled)
    stream.write(f"\r{bar} {text} " + ("\n" if done == total else ""))
    stream.flush()


def brief(value: float, decimals: int) -> str:
    """Format a loss with these decimals, or with three digits if it is very large."""
    return f"{value:.{decimals}f}" if value < 1e5 else f"{value:.3g}"


def prepare_streams() -> None:
    """Let stdout and stderr replace characters that their encoding does not have, such as → in ASCII."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def abandon_streams() -> None:
    """Send all further output nowhere, after a reader such as ``head`` has closed its pipe."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
