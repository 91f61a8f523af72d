"""Checksum of an answer, which the page compares with that of what has arrived."""

from collections.abc import Iterable
from zlib import crc32

import numpy as np
from numpy.typing import NDArray


def checksum(answer: object) -> int:
    """Return the CRC-32 of an answer's arrays, in their order, and then of its texts, with a zero byte between two.

    Parameters
    ----------
    answer : plain data, as each method of `Session` returns it
    """
    arrays: list[NDArray[np.generic]] = []
    texts: list[str] = []
    _collect((answer,), arrays, texts)
    crc = 0
    for array in arrays:
        crc = crc32(np.ascontiguousarray(array).data, crc)
    return crc32("\0".join(texts).encode(), crc)


def _collect(values: Iterable[object], arrays: list[NDArray[np.generic]], texts: list[str]) -> None:
    for value in values:
        # An answer about a hundred runs holds thousands of values, and most of them end here.
        if type(value) in _COUNTED_OUT:
            continue
        if isinstance(value, str):
            texts.append(value)
        elif isinstance(value, dict):
            _collect(value.values(), arrays, texts)
        elif isinstance(value, list | tuple):
            _collect(value, arrays, texts)
        elif isinstance(value, np.ndarray):
            arrays.append(value)


_COUNTED_OUT = {bool, int, float, type(None)}
