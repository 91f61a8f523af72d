"""Names of runs, checked with the same rules and messages as in the page's run_name.js.

The tables list ranges of code points instead of Unicode categories: Python and browsers have different versions of
Unicode, and a name that only one side accepts would make a saved run unreadable.
"""

import re
from collections.abc import Set

from ..limits import LIMITS

# In hexadecimal, equal to the two tables of the page.
WHITE_SPACE = "9-D 20 85 A0 1680 2000-200A 2028-2029 202F 205F 3000"
# Format and control characters, fillers, and what Unicode calls Default_Ignorable_Code_Point.
INVISIBLE = (
    "0-8 E-1F 7F-84 86-9F AD 34F 600-605 61C 6DD 70F 890-891 8E2 115F-1160 17B4-17B5 180B-180F 200B-200F 202A-202E "
    "2060-206F 2800 3164 FE00-FE0F FEFF FFA0 FFF0-FFFB 110BD 110CD 13430-1343F 16FE4 1BCA0-1BCA3 1D159 1D173-1D17A "
    "E0000-E0FFF"
)
UNSEEN = "name must have a character that can be seen"
UNNAMED = "Run without a name"  # replaces an invisible name in an old file


def _characters(table: str) -> str:
    """Convert a table to a character class of a regular expression, without the brackets."""
    ranges = [entry.split("-") for entry in table.split()]
    return "".join("-".join(f"\\U{int(end, 16):08x}" for end in ends) for ends in ranges)


_ENDS = re.compile(f"^[{_characters(WHITE_SPACE)}]+|[{_characters(WHITE_SPACE)}]+\\Z")
_BLANK = re.compile(f"[{_characters(WHITE_SPACE)}{_characters(INVISIBLE)}]*")
_CONTROL = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff]")


def check_name(name: object) -> str:
    """Return a name without leading and trailing white space, or raise ValueError."""
    low, high = LIMITS["name_characters"]
    text = _ENDS.sub("", name) if isinstance(name, str) else ""
    if not isinstance(name, str) or not low <= len(text) <= high:
        length = f"{len(text)}" if isinstance(name, str) else type(name).__name__
        raise ValueError(f"name must be text of {low:.0f} to {high:.0f} characters, got {length}")
    if _CONTROL.search(text):
        raise ValueError("name must not hold control characters or line breaks")
    if is_invisible(text):
        raise ValueError(UNSEEN)
    return text


def is_invisible(text: str) -> bool:
    """Return whether all characters of a text are invisible."""
    return _BLANK.fullmatch(text) is not None


def free_name(name: str, taken: Set[str]) -> str:
    """Return the name, or the first of "name (2)", "name (3)", … not in use."""
    stem = re.sub(r" \(\d+\)$", "", name)
    number, free = 1, name
    while free in taken:
        number += 1
        ending = f" ({number})"
        free = stem[: int(LIMITS["name_characters"][1]) - len(ending)].rstrip() + ending
    return free
