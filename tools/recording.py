"""The recorded first run that the page plays while Python starts: frames of the default network, in Pyodide in Node.

gzip of:

4 bytes   length of the header, little-endian
header    JSON: layout, dataset, samples, and of each frame its step, loss, batch and scales
frames    one byte for each number: 128 is zero, 1 and 255 are the ends of the column, in the symmetric logarithm
"""

import gzip
from pathlib import Path

from tools.archive import write_tree
from tools.kept import kept
from tools.pack import SITE_PACKAGES
from tools.places import NPM, ROOT
from tools.python_files import own_files, published
from tools.step import run_node, say

NAME = "page/recording.data"
SCRIPTS = ("tools/recording.py", "tools/recording.mjs")


def recording() -> dict[str, bytes]:
    """Return the recording, made again only if the package or a script of it has changed."""
    files = own_files()
    inputs = {**files, **{name: (ROOT / name).read_bytes() for name in SCRIPTS}}
    return kept("recording", {**inputs, "pyodide": (NPM / "pyodide/package.json").read_bytes()}, record)


def record(folder: Path) -> dict[str, bytes]:
    """Train the default network in Pyodide, and pack what it shows."""
    say("Recording a first run for the page to show while Python starts")
    write_tree(own_files(), folder / SITE_PACKAGES)
    made = folder / "recording.data"
    wheel = published().wheels["numpy"]
    run_node(ROOT / "tools" / "recording.mjs", str(folder / SITE_PACKAGES), str(wheel), str(made))
    return {NAME: gzip.compress(made.read_bytes(), compresslevel=9, mtime=0)}
