"""The page and Python agree on run files: the whole ones, the damaged ones, and those made to harm."""

import json
import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Amounts
from tests.python.files.test_run_file import RELEASED, mutated, odd, refusal, small_files

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


def with_lengths(files: bytes) -> Iterator[bytes]:
    """Files one after the other, each after its length in four bytes."""
    at = 0
    while at < len(files):
        start = at + 4
        at = start + int.from_bytes(files[at:start], "little")
        yield files[start:at]


@pytest.mark.slow
def test_page_and_python_agree_on_fuzzed_files(tmp_path: Path, amounts: Amounts) -> None:
    """Of damaged files and links, Python refuses in a sentence, or gives back whole, each one that the page takes."""
    for k, data in enumerate(small_files()):
        (tmp_path / f"{k}.safetensors").write_bytes(data)
    result = subprocess.run(
        ["node", "--test", HERE / "fuzz.mjs"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "FUZZ_FOLDER": str(tmp_path), "FUZZ_COUNT": str(amounts.fuzzed)},
    )
    assert result.returncode == 0, result.stdout
    sentences = [refusal(data) for data in with_lengths((tmp_path / "taken").read_bytes())]
    assert odd(sentences) == []
    assert 100 < sentences.count(None) < len(sentences) / 2


@pytest.mark.slow
def test_what_python_takes_the_page_takes() -> None:
    """And what the page refuses, Python would have refused: the page's reader only comes first."""
    rng = random.Random(3)
    seeds = small_files()
    files = [RELEASED.read_bytes(), *(mutated(rng.choice(seeds), rng) for _ in range(COMPARED))]
    framed = b"".join(len(data).to_bytes(4, "little") + data for data in files)
    script = CLASSIFY % (HERE.parents[1] / "web" / "files" / "run_file.js").as_uri()
    result = subprocess.run(
        ["node", "--input-type=module", "-e", script], input=framed, capture_output=True, check=True
    )
    answers = json.loads(result.stdout)
    assert len(answers) == len(files)
    assert answers[0] is None
    stricter = [page for data, page in zip(files, answers, strict=True) if page and refusal(data) is None]
    assert stricter == []
    assert answers.count(None) > COMPARED / 100
