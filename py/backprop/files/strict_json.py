"""Strict parser for untrusted JSON, with one-sentence errors.

Python's parser keeps the last of two equal keys, reads ``1e999`` as infinity, accepts ``NaN``, and may crash on ten
thousand nested brackets. This one refuses all of these. The page's parser (strict_json.js) follows the same rules.
"""

import json
import math
import re
from typing import Any, NoReturn

MAX_DIGITS = 24  # per number

# An unterminated string extends to the end of the text, so that no quotation mark is tried twice.
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)', re.DOTALL)
_KEY = re.compile(r"[A-Za-z0-9_/]{1,80}")
_NO_BRACKET = re.compile(r"[^\[\]{}]+")


def parse(name: str, text: str, depth: int) -> Any:
    """Return the value of a JSON text.

    Parameters
    ----------
    name : subject of the error message
    depth : maximum nesting of lists and objects

    Raises
    ------
    ValueError
        If it is invalid JSON, nested too deeply, has a duplicate or invalid key, a number that is not finite or has too
        many digits, or text that is not Unicode (half a surrogate pair).
    """
    if _depth(text) > depth:
        raise ValueError(f"{name} must not be nested deeper than {depth} levels")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_float,
            parse_constant=_refuse_constant,
        )
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name} must be Unicode text, got half a surrogate pair") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"{name} must be JSON: {error.msg} at character {error.pos}") from None
    except ValueError as error:
        raise ValueError(f"{name} {error}") from None
    return value


def _depth(text: str) -> int:
    level = deepest = 0
    for bracket in _NO_BRACKET.sub("", _STRING.sub("", text)):
        level += 1 if bracket in "[{" else -1
        deepest = max(deepest, level)
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("must not have a key twice")
    for key in fields:
        if not _KEY.fullmatch(key):
            raise ValueError(f"must have plain names as keys, got {key[:40]!a}")
    return fields


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"must not have numbers of more than {MAX_DIGITS} digits")
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("must not have numbers beyond the range of float64")
    return number


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"must be JSON, which has no {constant}")
