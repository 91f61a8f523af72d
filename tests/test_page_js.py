"""Parts of the page that need no browser (tests/page/*.mjs)."""

import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.native  # starts Node.js

TESTS = sorted((Path(__file__).resolve().parent / "page").glob("*.test.mjs"))


def test_the_pages_parts() -> None:
    result = subprocess.run(["node", "--test", *TESTS], capture_output=True, text=True, encoding="utf-8", check=False)
    assert result.returncode == 0, result.stdout
