"""requirements.txt: every package of the tests' tools, also those that they need, by its SHA-256."""

import re
from collections.abc import Sequence

from tools.places import ROOT
from tools.step import StepError

FILE = ROOT / "requirements.txt"


def read() -> str:
    """Return the lock file."""
    return FILE.read_text("utf-8")


def locked(pins: Sequence[str]) -> str:
    """Return the part of the lock file that is about `pins`, such as "pytest==9.2.0"."""
    parts = {part.split(" ", 1)[0]: part for part in re.split(r"\n(?=\S)", read())}
    missing = [pin for pin in pins if pin not in parts]
    if missing:
        raise StepError(
            f"requirements.txt does not hold {', '.join(missing)} of pyproject.toml. "
            "Make it again with the command in its first lines."
        )
    return "\n".join(parts[pin] for pin in pins) + "\n"
