"""Options of the command line: one for each setting of a run's config, in groups."""

import argparse
from collections.abc import Callable, Iterator
from typing import Any

from ..optimizers import OPTIMIZERS
from ..runs.config import SETTINGS, RunConfig
from ..settings import Setting
from .typed import read_flag, read_length, read_limit, read_number, read_tokens, read_whole, read_widths

# Section of a config → heading of its group in --help.
GROUPS = {"dataset": "dataset", "model": "model", "trainer": "training", "stopping": "stopping"}
# Kind of a setting → reader of its option.
READERS: dict[str, Callable[[str], object]] = {
    "number": read_number,
    "integer": read_whole,
    "seed": read_whole,
    "flag": read_flag,
    "choice": str,
    "tokens": read_tokens,
    "sequences": read_tokens,
    "widths": read_widths,
    "length": read_length,
}


def settings() -> Iterator[tuple[str, str, Setting]]:
    """Yield section, name and declaration of every setting, by groups."""
    for section in GROUPS:
        for name, setting in SETTINGS[section].items():
            yield section, name, setting


def add_fields(parser: argparse.ArgumentParser) -> None:
    """Add the option of every setting to a parser, in one group for each section."""
    defaults = RunConfig.from_dict().to_dict()
    groups = {section: parser.add_argument_group(f"{title} options") for section, title in GROUPS.items()}
    for section, name, setting in settings():
        is_repeated = setting.kind == "sequences"
        default = "repeatable" if is_repeated else f"default {_shown(defaults[section][name], setting)}"
        groups[section].add_argument(
            setting.flag,
            dest=f"{section}.{name}",
            type=read_limit if _is_limit(setting) else READERS[setting.kind],
            metavar=setting.flag.removeprefix("--").upper(),
            action="append" if is_repeated else "store",
            help=f"{_description(name, setting)} ({default})".replace("%", "%%"),
        )
    parser.add_argument("--seed", type=read_whole, help="seed of samples, initial weights and shuffling (default 0)")


def config_of(options: dict[str, Any]) -> RunConfig:
    """Put the given options into their sections."""
    sections: dict[str, dict[str, object]] = {section: {} for section in GROUPS}
    for section, name, setting in settings():
        value = options[f"{section}.{name}"]
        value = options["seed"] if value is None and setting.kind == "seed" else value
        if value is not None:
            sections[section][name] = _set(setting, value)
    return RunConfig.from_dict(sections)


def changes_to_resumed(options: dict[str, Any]) -> tuple[dict[str, object], dict[str, object]]:
    """Return the changes to the trainer's and the stopping settings of a resumed run; refuse all other options."""
    path = options["resume"]
    changes: dict[str, dict[str, object]] = {"trainer": {}, "stopping": {}}
    for section, name, setting in settings():
        value = options[f"{section}.{name}"]
        if value is None:
            continue
        if section not in changes or setting.kind == "seed":
            raise ValueError(f"{setting.flag} does not go with --resume: the run in {path} has its own")
        changes[section][name] = _set(setting, value)
    if options["seed"] is not None:
        raise ValueError(f"--seed does not go with --resume: the run in {path} has its own")
    return changes["trainer"], changes["stopping"]


def _is_limit(setting: Setting) -> bool:
    """Return whether 0, which is out of the range, means None."""
    return setting.none is not None and setting.span is not None and setting.span[0] > 0


def _set(setting: Setting, value: object) -> object:
    is_none = value == 0 and (_is_limit(setting) or setting.flag == "--masters")
    return None if is_none else value


def _description(name: str, setting: Setting) -> str:
    of = [kind for kind, each in OPTIMIZERS.items() if name in each.SETTINGS]
    zero = "; 0: none" if _is_limit(setting) else ""
    return f"{', '.join(of)}: {setting.help}" if of else f"{setting.help}{zero}"


def _shown(default: object, setting: Setting) -> str:
    """Format a default as it would be typed."""
    if isinstance(default, list | tuple):
        return ("-" if setting.kind == "length" else ",").join(map(str, default))
    return {"None": "none", "True": "true", "False": "false"}.get(str(default), str(default))
