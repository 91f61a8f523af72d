"""The storage engine under planted faults, in Node.js: tests/storage/*.test.mjs."""

import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.native  # starts Node.js

FOLDER = Path(__file__).parent / "storage"


@pytest.mark.parametrize(
    "file", sorted(FOLDER.glob("*.test.mjs")), ids=lambda path: path.name.removesuffix(".test.mjs")
)
def test_storage(file: Path) -> None:
    done = subprocess.run(["node", "--no-warnings", "--test", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
