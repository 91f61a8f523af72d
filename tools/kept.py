"""Results that are made once and kept until something that they were made from changes."""

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from tools.archive import read_tree, sha256, write_tree
from tools.places import ROOT, WORK

# A change of one of them makes everything again.
RECIPES = ("tools/archive.py", "tools/bytecode.mjs", "tools/environment.py", "tools/pack.py", "tools/python_files.py")


def kept(name: str, inputs: Mapping[str, bytes], make: Callable[[Path], dict[str, bytes]]) -> dict[str, bytes]:
    """Return what `make` made from these inputs, now or at an earlier build; it gets an empty folder to work in."""
    everything = {**inputs, **{recipe: (ROOT / recipe).read_bytes() for recipe in RECIPES}}
    key = sha256(json.dumps([[name, sha256(everything[name])] for name in sorted(everything)]).encode())
    folder = WORK / name / key[:16]
    if not folder.exists():
        WORK.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=WORK, ignore_cleanup_errors=True) as scratch:
            files = make(Path(scratch))
            shutil.rmtree(WORK / name, ignore_errors=True)
            write_tree(files, Path(scratch) / "made")
            folder.parent.mkdir(parents=True)
            (Path(scratch) / "made").rename(folder)
    return read_tree(folder)
