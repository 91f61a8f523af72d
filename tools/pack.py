"""The pack: all that a start of Python needs but the interpreter itself, in one compressed file.

It holds the modules that a start imports, as bytecode: of Python's standard library, of NumPy and of our package.
Every other module stays in the archives as they are published; web/engine/late_modules.py fetches them on demand.

gzip of:   4 bytes   length of the header, little-endian
           header    JSON: path and size of each file, in order
           files     their contents, one after the other
"""

import gzip
import json
from collections.abc import Iterable, Mapping

from tools.archive import write_zip

# Where Pyodide finds the standard library and packages in its file system.
STDLIB = "lib/python314.zip"
SITE_PACKAGES = "lib/python3.14/site-packages/"
# Where web/engine/late_modules.py finds which modules are fetched on demand.
LATE_MODULES = "lib/late/modules.json"
# Modules that are needed at the first use of what they hold, and not at the import that every start makes: LAPACK,
# which is a third of NumPy's machine code.
ON_USE = ("numpy.linalg._umath_linalg",)


def write_pack(files: Mapping[str, bytes]) -> bytes:
    """Pack files in the order of their names, the same to the last byte for the same contents."""
    names = sorted(files, key=lambda name: (name.rpartition(".")[2], name))  # similar ones compress better side by side
    header = json.dumps([[name, len(files[name])] for name in names]).encode()
    body = b"".join([len(header).to_bytes(4, "little"), header, *(files[name] for name in names)])
    return gzip.compress(body, compresslevel=9, mtime=0)


def read_pack(data: bytes) -> dict[str, bytes]:
    """Return the files of a pack: path → contents."""
    body = gzip.decompress(data)
    start = 4 + int.from_bytes(body[:4], "little")
    files = {}
    for name, size in json.loads(body[4:start]):
        files[name] = body[start : start + size]
        start += size
    return files


def stored_stdlib(modules: Mapping[str, bytes]) -> bytes:
    """Return the archive of the standard library, not compressed: the pack is, as a whole."""
    return write_zip(modules, compressed=False)


def module_name(path: str) -> str:
    """Return the module that a file of an archive holds: "email/charset.py" → "email.charset"; "" for other files."""
    stem, _, kind = path.rpartition(".")
    if kind == "so":
        stem = stem.partition(".cpython-")[0]
    if kind not in {"py", "pyc", "so"} or ".dist-info/" in path:
        return ""
    return stem.replace("/", ".").removesuffix(".__init__")


def late_modules(published: Iterable[str], packed: Iterable[str]) -> list[str]:
    """Return the modules of a published archive that the pack does not hold, by the paths in both."""
    there = {module_name(path) for path in packed} - set(ON_USE)
    return sorted({module_name(path) for path in published} - there - {""})
