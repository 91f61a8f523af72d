"""How long Play goes on (player.test.mjs), and how often what is done beside training may come (budget.test.mjs)."""

import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.native  # starts Node.js

HERE = Path(__file__).resolve().parent


@pytest.mark.parametrize("tests", ["budget", "player"])
def test_the_pages_pace(tests: str) -> None:
    result = subprocess.run(
        ["node", "--test", HERE / f"{tests}.test.mjs"], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert result.returncode == 0, result.stdout
