"""Files that describe a sweep, in TOML: its name, epochs, common settings, and the values of others."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..fields import check_dict
from ..runs.names import check_name
from ..sweep.plan import NAMES, plan_sweep
from ..wire.sweep import PlannedRun
from .text_files import read_text

MAX_BYTES = 100_000
FIELDS = ("name", "epochs", "base", "values")


@dataclass(frozen=True)
class Sweep:
    """A sweep that was read from a file: its name and its runs."""

    name: str
    runs: list[PlannedRun]


def read_sweep(path: str) -> Sweep:
    """Read a file and plan its runs; its name is that of the file unless it has one."""
    try:
        fields = tomllib.loads(read_text(path, MAX_BYTES))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path} is not valid TOML: {error}") from None
    for field in fields:
        if field not in FIELDS:
            raise ValueError(f"{path}: {field[:40]} is not a field of a sweep: use {', '.join(FIELDS)}")
    for field in ("epochs", "values"):
        if field not in fields:
            raise ValueError(f"{path}: {field} is missing")
    base = {section: _settings(section, given) for section, given in check_dict("base", fields.get("base", {})).items()}
    values = _values(check_dict("values", fields["values"]))
    return Sweep(check_name(fields.get("name", Path(path).stem)), plan_sweep(base, values, fields["epochs"])["runs"])


def _settings(section: str, given: object) -> dict[str, object]:
    """Return the settings of a section; those given as "none" are None."""
    return {name: _value(f"{section}.{name}", value) for name, value in check_dict(section, given).items()}


def _values(given: dict[str, Any]) -> dict[str, object]:
    """Return the values of each setting by its whole name, whether it is in quotes or stands in a table of its own."""
    found: dict[str, object] = {}
    for name, value in given.items():
        lists = {f"{name}.{rest}": each for rest, each in value.items()} if isinstance(value, dict) else {name: value}
        for setting, each in lists.items():
            found[setting] = [_value(setting, item) for item in each] if isinstance(each, list) else each
    return found


def _value(setting: str, value: object) -> object:
    """Return a value; TOML has no null, so "none" stands for it, as on the command line."""
    return None if value == "none" and setting in NAMES and NAMES[setting].choices is None else value
