"""What the tests need beside the site: .venv, and wheels of pytest for the browser."""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

from tools import requirements
from tools.archive import read_tree, sha256
from tools.kept import kept
from tools.places import ROOT, VENV, project
from tools.step import StepError, run, say


def make_venv() -> Path:
    """Return the Python of .venv, with the package (editable) and the pinned test dependencies in it."""
    python = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    settings = project()
    locked = requirements.read()
    wanted = sha256(json.dumps([sys.version, settings["build-system"], settings["project"], locked]).encode())
    stamp = VENV / "installed"
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return python
    say("Making .venv and installing the test dependencies of requirements.txt")
    try:
        venv.create(VENV, clear=Path(sys.prefix) != VENV, with_pip=True, symlinks=os.name != "nt")
    except subprocess.CalledProcessError as error:
        raise StepError("Making .venv failed. On Debian and Ubuntu: apt-get install python3-venv") from error
    pip: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    advice = "pip's own words are above. Is the package index reachable?"
    run([*pip, "--require-hashes", "--requirement", requirements.FILE], ROOT, advice)
    # With the build tools of .venv: in a place of its own pip would fetch others, unchecked.
    run([*pip, "--no-deps", "--no-build-isolation", "--editable", "."], ROOT, advice)
    stamp.write_text(wanted, "utf-8")
    return python


def suite_wheels(python: Path) -> None:
    """Get pytest and Hypothesis as wheels, for the run of the suite inside the browser: .build/suite/*/."""
    locked = requirements.locked(project()["dependency-groups"]["suite"])

    def make(folder: Path) -> dict[str, bytes]:
        say("Downloading the wheels that the tests inside the browser need")
        (folder / "locked.txt").write_text(locked, "utf-8")
        options = ["--quiet", "--no-deps", "--only-binary=:all:", "--platform=any", "--disable-pip-version-check"]
        options += ["--require-hashes", "--requirement", str(folder / "locked.txt")]
        run(
            [python, "-m", "pip", "download", *options, "--dest", folder],
            ROOT,
            "pip's own words are above. Is the package index reachable?",
        )
        return read_tree(folder, ending=".whl")

    kept("suite", {"locked": locked.encode()}, make)
