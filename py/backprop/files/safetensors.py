"""Strict profile of the safetensors format (Hugging Face, 2022): named arrays in one file.

    8 bytes   length of the header, unsigned, little-endian
    header    JSON: {"__metadata__": {key: text, …}, name: {"dtype": …, "shape": […], "data_offsets": [begin, end]}, …},
              padded with spaces to a multiple of 8 bytes
    data      the arrays, row by row, little-endian, contiguous

Stricter than the format: only dtypes F64, F32 and I32; entries of the header in the order of the data; limits on all
sizes; and a checksum, `crc32` in the metadata, over everything but white space and itself. Arrays are in the order of
the official library, so that a file rewritten by it remains valid.
"""

import json
import math
import re
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .strict_json import parse

MAX_BYTES = 336 * 2**20  # 4,000,000 parameters, ten times (with Adam's state), in float64; and a history
MAX_HEADER = 4 * 2**20  # 64 master sequences of 1000 tokens of 8 characters
MAX_ARRAYS = 640  # weights and biases of 33 layers and an embedding, nine times
MAX_DIMENSIONS = 2
MAX_KEYS = 64  # in the metadata
DTYPES: dict[str, np.dtype[Any]] = {
    "F64": np.dtype("<f8"),
    "F32": np.dtype("<f4"),
    "I32": np.dtype("<i4"),
}  # in the order of the data

Arrays = dict[str, NDArray[Any]]

_NAME = re.compile(r"[a-z][a-z0-9_/]{0,79}")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")

# Files that may be confused with a run file: first bytes, bytes soon after, description.
_OTHERS = (
    (b"PK\x03\x04", b".npy", "a NumPy .npz archive"),
    (b"PK\x03\x04", b"data.pkl", "a PyTorch .pt file, which holds a pickle"),
    (b"PK\x03\x04", b"", "a zip archive"),
    *((bytes([0x80, protocol]), b"", "a Python pickle, and pickles can run code") for protocol in (2, 3, 4, 5)),
    (b"\x93NUMPY", b"", "a NumPy .npy file"),
    (b"\x1f\x8b", b"", "a gzip archive"),
    (b"\x89HDF", b"", "an HDF5 file"),
    (b"{", b"", "a text in JSON"),
    (b"[", b"", "a text in JSON"),
)


def pack(metadata: dict[str, str], arrays: Arrays) -> bytes:
    """Return the bytes of a file for `unpack`."""
    kinds = {dtype: kind for kind, dtype in DTYPES.items()}
    little = {name: np.ascontiguousarray(array, array.dtype.newbyteorder("<")) for name, array in arrays.items()}
    names = sorted(little, key=lambda name: (list(DTYPES).index(kinds[little[name].dtype]), name))
    body = b"".join(little[name].tobytes() for name in names)
    entries: dict[str, Any] = {}
    begin = 0
    for name in names:
        array = little[name]
        end = begin + array.nbytes
        entries[name] = {"dtype": kinds[array.dtype], "shape": list(array.shape), "data_offsets": [begin, end]}
        begin = end
    header = {"__metadata__": metadata | {"crc32": _checksum(body, metadata, entries)}, **entries}
    text = json.dumps(header, ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + body


def unpack(data: object) -> tuple[dict[str, str], Arrays]:
    """Return the metadata without checksum, and the arrays as read-only views of `data`.

    Raises
    ------
    ValueError
        If the data deviate from the profile. No data are executed, and allocations are bounded by the size of `data`.
    """
    view = _buffer(data)
    text, body = _cut(view)
    header = parse("The file's header", text, depth=3)
    if not isinstance(header, dict):
        raise ValueError("The file's header must be an object")
    metadata = _metadata(header.pop("__metadata__", None))
    arrays = _arrays(header, body)
    # Until 23 November 2026 the checksum did not cover the entries of the arrays.
    if metadata.pop("crc32", None) not in {_checksum(body, metadata, entries) for entries in (header, {})}:
        raise ValueError("This file is damaged: its checksum differs")
    return metadata, arrays


def check_size(count: int) -> None:
    """Raise ValueError if a file of `count` bytes is too large to hold a run."""
    if count > MAX_BYTES:
        raise ValueError(f"This file is too large for a run: {count:,} bytes, and {MAX_BYTES:,} are the most")


def _buffer(data: object) -> memoryview:
    contents = data.data if isinstance(data, np.ndarray) else data
    if not isinstance(contents, bytes | bytearray | memoryview):
        raise ValueError(f"bytes must be the contents of a file, got {type(data).__name__}")
    view = memoryview(contents)
    if not view.c_contiguous:
        raise ValueError("bytes must be in one piece")
    check_size(view.nbytes)
    return view.cast("B") if view.nbytes else memoryview(b"")


def _cut(view: memoryview) -> tuple[str, memoryview]:
    """Split a file into its header and its data."""
    length = int.from_bytes(view[:8], "little")
    if len(view) < 8 or not 2 <= length <= min(MAX_HEADER, len(view) - 8) or view[8] != ord("{"):
        raise ValueError(f"This is {_describe(bytes(view[:300]))}, not a run file (.safetensors)")
    try:
        return str(view[8 : 8 + length], "utf-8"), view[8 + length :]
    except UnicodeDecodeError:
        raise ValueError("The file's header must be text in UTF-8") from None


def _describe(beginning: bytes) -> str:
    if not beginning:
        return "an empty file"
    for start, part, name in _OTHERS:
        if beginning.startswith(start) and part in beginning:
            return name
    return "something else, or only a part of a file"


def _metadata(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise ValueError("The file has no __metadata__: it holds arrays, but no run")
    if len(value) > MAX_KEYS:
        raise ValueError(f"The file's __metadata__ must have at most {MAX_KEYS} keys, got {len(value)}")
    for key, text in value.items():
        if not _KEY.fullmatch(key) or not isinstance(text, str):
            raise ValueError(f"The file's __metadata__ must be text under plain names, got {key[:40]!r}")
    return value


def _arrays(header: dict[str, Any], body: memoryview) -> Arrays:
    if len(header) > MAX_ARRAYS:
        raise ValueError(f"The file must hold at most {MAX_ARRAYS} arrays, got {len(header)}")
    arrays, begin = {}, 0
    for name, entry in header.items():
        if not _NAME.fullmatch(name):
            raise ValueError(f"The file's arrays must have plain names, got {name[:40]!r}")
        dtype, shape, end = _entry(name, entry, begin)
        if end > len(body):
            raise ValueError(f"The file is cut short: {name} ends at byte {end:,} of {len(body):,}")
        arrays[name] = np.frombuffer(body[begin:end], dtype).reshape(shape)
        begin = end
    if begin != len(body):
        raise ValueError(f"The file must end with its last array, got {len(body) - begin:,} bytes more")
    return arrays


def _entry(name: str, entry: object, begin: int) -> tuple[np.dtype[Any], list[int], int]:
    """Return dtype, shape and end of an array that begins at the end of the previous one."""
    if not isinstance(entry, dict) or entry.keys() != {"dtype", "shape", "data_offsets"}:
        raise ValueError(f"The file's entry {name} must have dtype, shape and data_offsets")
    shape, offsets = entry["shape"], entry["data_offsets"]
    dtype = DTYPES.get(entry["dtype"]) if isinstance(entry["dtype"], str) else None
    if dtype is None:
        raise ValueError(f"The file's array {name} must be one of {', '.join(DTYPES)}")
    if not isinstance(shape, list) or len(shape) > MAX_DIMENSIONS or not all(map(_is_count, shape)):
        raise ValueError(f"The file's array {name} must have a shape of at most {MAX_DIMENSIONS} whole numbers")
    end = begin + math.prod(shape) * dtype.itemsize
    if not isinstance(offsets, list) or not all(map(_is_count, offsets)) or offsets != [begin, end]:
        raise ValueError(f"The file's array {name} must lie at bytes {begin:,} to {end:,}")
    return dtype, shape, end


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= MAX_BYTES


def _checksum(body: bytes | memoryview, metadata: dict[str, str], entries: dict[str, Any]) -> str:
    """Compute the CRC-32 of the data, the entries of the arrays, and the metadata, in this order."""
    parts = [f"{name}\0{entry['dtype']}\0{entry['shape']}\0" for name, entry in entries.items()]
    parts += [f"{key}\0{metadata[key]}\0" for key in sorted(metadata) if key != "crc32"]
    return f"{zlib.crc32(''.join(parts).encode(), zlib.crc32(body)):08x}"
