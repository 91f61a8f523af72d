"""Strict parser for untrusted JSON, with one-sentence errors.

Python's parser keeps the last of two equal keys, reads ``1e999`` as infinity, accepts ``NaN``, and may crash on ten
thousand nested brackets: in WebAssembly the interpreter does not survive that. This one refuses all of these. A linear
scan bounds the depth and the number of values before anything is parsed.
"""

import json
import math
import re
from typing import Any, NoReturn

MAX_DIGITS = 24  # per number
MAX_VALUES = 100_000  # per text: 64 master sequences of 1000 tokens, and half as much again

# An unterminated string extends to the end of the text, so that no quotation mark is tried twice.
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)', re.DOTALL)
_KEY = re.compile(r"[A-Za-z0-9_/]{1,80}")
_NO_STRUCTURE = bytes(set(range(256)) - set(b"[]{},"))


def parse(name: str, text: str, depth: int) -> Any:
    """Return the value of a JSON text.

    Parameters
    ----------
    name : subject of the error message
    depth : maximum nesting of lists and objects

    Raises
    ------
    ValueError
        If it is invalid JSON, nested too deeply, has too many values, a duplicate or invalid key, a number that is not
        finite or has too many digits, or text that is not Unicode (half a surrogate pair).
    """
    structure = _STRING.sub("", text).encode(errors="replace").translate(None, _NO_STRUCTURE)
    _check_depth(name, structure, depth)
    if sum(map(structure.count, b"[{,")) >= MAX_VALUES:  # each value but the first follows one of these
        raise ValueError(f"{name} must have at most {MAX_VALUES:,} values")
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


def _check_depth(name: str, structure: bytes, depth: int) -> None:
    """Refuse brackets that are nested deeper than `depth`, among the first ones: of more, there are too many values."""
    level = 0
    for bracket in structure.replace(b",", b"")[: 2 * MAX_VALUES]:
        level += 1 if bracket in b"[{" else -1
        if level > depth:
            raise ValueError(f"{name} must not be nested deeper than {depth} levels")
        if level < 0:
            return  # closed before it was opened: not JSON, and no parser reads on


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
