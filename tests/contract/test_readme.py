"""The README is short, says where the page is, and its commands and its code work."""

import re
import shlex
import subprocess
import sys

import pytest

from tools.places import ROOT

pytestmark = pytest.mark.native  # reads the repository

MAX_LINES = 130
MAX_BYTES = 7000
README = ROOT / "README.md"
BUILD = ("--port", "--no-open")  # the newest of its options are in CONTRIBUTING.md


def test_it_is_short() -> None:
    assert len(README.read_text("utf-8").splitlines()) <= MAX_LINES
    assert README.stat().st_size <= MAX_BYTES


def test_it_begins_with_the_page() -> None:
    """A sentence, the address and the picture come before the first section."""
    beginning = README.read_text("utf-8").split("\n## ")[0]
    assert "`https://<owner>.github.io/<repository>/`" in beginning
    assert "](docs/screenshot.png)" in beginning


def test_its_two_commands_are_those_that_serve_and_test() -> None:
    shell = re.findall(r"```sh\n(.*?)```", README.read_text("utf-8"), re.S)[0]
    assert [line.split("#")[0].split() for line in shell.splitlines()] == [
        ["python3", "build.py", "serve"],
        ["python3", "build.py", "test"],
    ]
    assert shlex.split((ROOT / ".ci" / "run").read_text("utf-8").splitlines()[-1]) == [
        *("exec", "python3", "build.py", "test"),
    ]


@pytest.mark.slow
def test_its_lines_of_python_run() -> None:
    code = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.S)
    assert len(code) == 1
    done = subprocess.run(
        [sys.executable, "-c", code[0]], cwd=ROOT / "py", capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert re.fullmatch(r"1\.\d+ \(16, 32\)\n", done.stdout), done.stderr
