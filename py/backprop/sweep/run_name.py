"""Names of the runs of a sweep: the settings in which they differ, "lr 0.03, hidden 32-32, seed 1"."""

from collections.abc import Mapping, Set

from ..limits import LIMITS
from ..runs.config import SETTINGS
from ..runs.names import check_name, free_name

MAX_VALUE = 24  # characters of a value in a name


def run_name(values: Mapping[str, object], taken: Set[str] = frozenset()) -> str:
    """Return the name of a run by its settings, ``{"trainer.learning_rate": 0.03}``, different from those `taken`."""
    text = ", ".join(f"{_short(setting)} {_brief(_text(value))}" for setting, value in values.items())
    return free_name(check_name(text[: int(LIMITS["name_characters"][1])]), taken)


def _short(setting: str) -> str:
    section, _, name = setting.partition(".")
    return SETTINGS[section][name].short


def _text(value: object) -> str:
    """Format a value without spaces: widths 32-32, tokens abcd, whole numbers without decimals."""
    if isinstance(value, list | tuple):
        joint = "" if all(isinstance(item, str) for item in value) else "-"
        return joint.join(map(_text, value)) or "none"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return {"None": "none", "True": "true", "False": "false"}.get(str(value), str(value))


def _brief(text: str) -> str:
    """Return a value shortened, with every character that cannot be printed replaced."""
    shown = "".join(character if character.isprintable() else "?" for character in text)
    return shown if len(shown) <= MAX_VALUE else f"{shown[: MAX_VALUE - 1]}…"
