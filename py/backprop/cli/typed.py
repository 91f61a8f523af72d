"""Options as they are typed: numbers such as 0.05, 0,05, 1e-3 and 20%, flags, lists and tokens.

The rule for numbers is that of the page (`web/ui/typed.js`), and a test holds both to it. Text that cannot be read
stays text, for the check of its field to refuse.
"""

import math
import re

NUMBER = re.compile(r"([+-]?(?:\d+[.,]?\d*|[.,]\d+))(?:e([+-]?\d+))?\s*(%?)", re.ASCII | re.IGNORECASE)
THOUSANDS = re.compile(r"\d{1,3}(?:([,.])\d{3})(?:\1\d{3})*", re.ASCII)
FLAGS = {"yes": True, "true": True, "no": False, "false": False}
MAX_EXACT = 2**53  # float64 holds every whole number up to here


def read_number(text: str) -> object:
    """Read a number with a decimal point or a decimal comma, or a percentage: ``0.2``, ``0,2`` and ``20%``."""
    digits, exponent, percent = _parts(text)
    return text.strip() if digits is None else _value(digits, exponent - (2 if percent else 0), text.strip())


def read_whole(text: str) -> object:
    """Read a whole number, also with separators of thousands: ``1,000`` is a thousand."""
    plain = _plain(text)
    if THOUSANDS.fullmatch(plain):
        return int(re.sub(r"[,.]", "", plain))
    digits, exponent, percent = _parts(text)
    return text.strip() if digits is None or percent else _value(digits, exponent, text.strip())


def read_limit(text: str) -> object:
    """Read a number; ``none`` and 0 stand for no limit."""
    number = read_number(text)
    return 0 if number == "none" else number


def read_flag(text: str) -> object:
    """Read ``yes`` or ``true``, ``no`` or ``false``."""
    return FLAGS.get(text.strip().lower(), text)


def read_widths(text: str) -> list[object]:
    """Read the widths of the hidden layers, ``32,32``; none from an empty text and from ``none``."""
    return [] if text.strip() == "none" else [read_whole(width) for width in re.split(r"[\s,]+", text) if width]


def read_tokens(text: str) -> list[str]:
    """Read tokens: three from ``abc``, two from ``a,bc``."""
    return text.split(",") if "," in text else list(text)


def read_length(text: str) -> object:
    """Read a length ``10``, or a range of lengths ``8-12``."""
    return [read_whole(part) for part in text.split("-")] if "-" in text[1:] else read_whole(text)


def _plain(text: str) -> str:
    """Replace a typographic minus sign."""
    return text.strip().replace("−", "-", 1)


def _parts(text: str) -> tuple[str | None, int, str]:
    """Return digits, exponent and percent sign of a number; no digits if the text is none."""
    match = NUMBER.fullmatch(_plain(text))
    return (match[1], int(match[2] or "0"), match[3]) if match else (None, 0, "")


def _value(digits: str, exponent: int, text: str) -> object:
    """Return digits × 10^exponent: an int if it is whole, else a float; `text` if it is too large for one."""
    number = float(f"{digits.replace(',', '.')}e{exponent}")
    if not math.isfinite(number):
        return text
    return int(number) if number.is_integer() and abs(number) <= MAX_EXACT else number
