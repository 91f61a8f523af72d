"""The table of all settings of a run; `python -m tools.settings_table` writes docs/settings.md."""

from typing import Any

from backprop.optimizers import OPTIMIZERS
from backprop.runs.config import DEFAULTS, SETTINGS
from backprop.settings import Setting
from tools.places import ROOT

PLACE = ROOT / "docs" / "settings.md"
HEAD = """\
# Settings of a run

Every setting, as it is declared in Python; `python -m tools.settings_table` writes this page. Names are those of
`create_run({config})` and `RunConfig.from_dict`, in their sections. A *key* is the name in a link to a configuration.
"""
TITLES = {"model": "Model", "trainer": "Trainer", "dataset": "Dataset", "stopping": "Stopping"}
COLUMNS = ("setting", "meaning", "values", "default", "option", "key")


def text() -> str:
    """Return the page in Markdown."""
    return HEAD + "".join(_section(section, settings) for section, settings in SETTINGS.items())


def _section(section: str, settings: dict[str, Setting]) -> str:
    rows = [COLUMNS, ("---",) * len(COLUMNS)]
    rows += [_row(name, setting, DEFAULTS[section][name]) for name, setting in settings.items()]
    return f"\n## {TITLES[section]}\n\n" + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(name: str, setting: Setting, default: Any) -> tuple[str, ...]:
    of = [kind for kind, each in OPTIMIZERS.items() if name in each.SETTINGS]
    is_list = setting.help == ", ".join(setting.choices or ())
    meaning = f"{', '.join(of)}: {setting.help}" if of else setting.label.lower() if is_list else setting.help
    key = "" if setting.kind in {"seed", "sequences"} or setting.flag == "--masters" else f"`{setting.key}`"
    return f"`{name}`", meaning, _values(setting), f"`{_shown(setting, default)}`", f"`{setting.flag}`", key


def _values(setting: Setting) -> str:
    if setting.choices:
        return ", ".join(f"`{name}`" for name in setting.choices)
    span = "" if setting.span is None else f"{_number(setting.span[0])} to {_number(setting.span[1])}"
    none = "" if setting.none is None else ", or none"
    return f"{setting.kind} {span}{none}".strip()


def _number(value: float) -> str:
    """Format an end of a range."""
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def _shown(setting: Setting, value: Any) -> str:
    if isinstance(value, tuple):
        return ("-" if setting.kind == "length" else ",").join(map(str, value))
    return str(value).lower()


if __name__ == "__main__":
    PLACE.write_text(text(), "utf-8", newline="\n")
