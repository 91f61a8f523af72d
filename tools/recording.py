"""The recorded first run that the page plays while Python starts: frames of the default network, in Pyodide in Node.

4 bytes   length of the header, little-endian
header    JSON: layout, dataset, samples, and of each frame its step, loss, batch and scales
frames    one byte for each number: 128 is zero, 1 and 255 are the ends of the column, in the symmetric logarithm
"""

import shutil
import subprocess
from pathlib import Path

from tools.archive import write_tree
from tools.kept import kept
from tools.places import NPM, ROOT
from tools.python_files import SITE_PACKAGES, own_files, published
from tools.step import StepError, say

NAME = "page/recording.data"
SCRIPTS = ("tools/recording.py", "tools/recording.mjs")


def recording() -> dict[str, bytes]:
    """Return the recording, made anew only if the package or a script of it has changed."""
    files = own_files()
    inputs = {**files, **{name: (ROOT / name).read_bytes() for name in SCRIPTS}}
    return kept("recording", {**inputs, "pyodide": (NPM / "pyodide/package.json").read_bytes()}, record)


def record(folder: Path) -> dict[str, bytes]:
    """Train the default network in Pyodide, and pack what it shows."""
    say("Recording a first run for the page to show while Python starts")
    node = shutil.which("node")
    if node is None:
        raise StepError("node was not found. Install Node.js 20 or newer (https://nodejs.org), then run this again.")
    write_tree(own_files(), folder / SITE_PACKAGES)
    made = folder / "recording.data"
    wheel = published().wheels["numpy"]
    command = [node, str(ROOT / "tools/recording.mjs"), str(folder / SITE_PACKAGES), str(wheel), str(made)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        raise StepError(
            f"This command failed with exit code {done.returncode}:\n    {' '.join(command)}\n{done.stderr}"
        )
    return {NAME: made.read_bytes()}
