"""Other programs to measure beside the page, in .build/bench: made or installed once, and no dependency of the project.

Each is None where it cannot be had, as without a network; the measured tables then say so.
"""

import io
import json
import shutil
import subprocess
import sys
import tarfile
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.archive import sha256
from tools.places import DIST, ROOT, WORK
from tools.site import build_folder
from tools.step import say

FOLDER = WORK / "bench"
EARLIER = "0e9a921"  # the commit that speeds are compared with
TORCH = "torch==2.13.0"
NODE = {"@tensorflow/tfjs": "4.22.0", "@tensorflow/tfjs-backend-wasm": "4.22.0", "convnetjs": "0.3.0"}


def earlier_site() -> Path | None:
    """Return dist/ of commit 0e9a921, built from git."""

    def make(folder: Path) -> None:
        command = ["git", "archive", EARLIER]
        archive = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(folder, filter="data")
        _run([sys.executable, "build.py"], folder)

    made = _kept(f"site-{EARLIER}", make)
    return made and made / "dist"


def node_modules() -> Path | None:
    """Return node_modules with TensorFlow.js and ConvNetJS."""

    def make(folder: Path) -> None:
        (folder / "package.json").write_text('{"private": true}', "utf-8")
        packages = [f"{name}@{version}" for name, version in NODE.items()]
        npm = shutil.which("npm") or "npm"
        _run([npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--save-exact", *packages], folder)

    made = _kept(f"node-{_name(*NODE, *NODE.values())}", make)
    return made and made / "node_modules"


def torch_python() -> Path | None:
    """Return the Python of an environment with PyTorch."""
    python = Path("Scripts/python.exe" if sys.platform == "win32" else "bin/python")

    def make(folder: Path) -> None:
        venv.create(folder, with_pip=True)
        _run([folder / python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", TORCH], folder)

    made = _kept(f"torch-{_name(TORCH, sys.version)}", make)
    return made and made / python


def site_without_loops() -> Path:
    """Return the built site with an empty file in the place of the SIMD loops: NumPy runs its own."""
    folder = FOLDER / "site-without-loops"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(DIST, folder)
    python = build_folder(folder) / "python"
    manifest = json.loads((python / "manifest.json").read_text("utf-8"))
    (entry,) = (entry for entry in manifest["files"] if entry["file"] == manifest["loops"])
    entry.update(bytes=0, sha256=sha256(b""))
    (python / entry["file"]).write_bytes(b"")
    (python / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return folder


def _kept(name: str, make: Callable[[Path], None]) -> Path | None:
    """Return a folder that was made whole, now or before; None if it cannot be made."""
    folder = FOLDER / name
    whole = folder / "whole"
    if not whole.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        say(f"Setting up {name}")
        try:
            make(folder)
        except (OSError, subprocess.CalledProcessError) as error:
            say(f"Left out: {name} ({error})")
            return None
        whole.touch()
    return folder


def _run(command: Sequence[str | Path], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def _name(*inputs: str) -> str:
    return sha256("\n".join(inputs).encode())[:8]
