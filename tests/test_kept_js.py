"""What the page keeps of runs, and when (tests/kept/*.mjs)."""

import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.native  # starts Node.js

TESTS = sorted((Path(__file__).resolve().parent / "kept").glob("*.test.mjs"))


def test_what_the_page_keeps() -> None:
    result = subprocess.run(["node", "--test", *TESTS], capture_output=True, text=True, encoding="utf-8", check=False)
    assert result.returncode == 0, result.stdout
