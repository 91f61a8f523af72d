"""The page's readers of run files and links (tests/runfile/*.mjs), and that they and Python agree on run files."""

import json
import random
import subprocess
from pathlib import Path

import pytest

from tests.test_runfile import RELEASED, mutated, refusal

pytestmark = pytest.mark.native  # starts Node.js

HERE = Path(__file__).resolve().parent
COMPARED = 1500

CLASSIFY = """
import { readHeader } from "%s";
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
let bytes = new Uint8Array(Buffer.concat(chunks));
const answers = [];
while (bytes.length) {
  const end = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const answer = readHeader(bytes.subarray(4, end));
  answers.push(answer.ok ? null : answer.message);
  bytes = bytes.subarray(end);
}
console.log(JSON.stringify(answers));
"""


@pytest.mark.parametrize("name", ["runfile", "fragment", "fuzz"])
def test_the_pages_readers(name: str) -> None:
    command = ["node", "--test", HERE / "runfile" / f"{name}.test.mjs"]
    result = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert result.returncode == 0, result.stdout


def test_what_python_takes_the_page_takes() -> None:
    """And what the page refuses, Python would have refused: the page's reader only comes first."""
    rng = random.Random(3)
    files = [RELEASED.read_bytes(), *(mutated(RELEASED.read_bytes(), rng) for _ in range(COMPARED))]
    framed = b"".join(len(data).to_bytes(4, "little") + data for data in files)
    script = CLASSIFY % (HERE.parent / "web" / "runfile.js").as_uri()
    result = subprocess.run(
        ["node", "--input-type=module", "-e", script], input=framed, capture_output=True, check=True
    )
    answers = json.loads(result.stdout)
    assert len(answers) == len(files)
    assert answers[0] is None
    stricter = [page for data, page in zip(files, answers, strict=True) if page and refusal(data) is None]
    assert stricter == []
    assert answers.count(None) > COMPARED / 100
