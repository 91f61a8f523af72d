"""The page's first look at run files agrees with Python, which alone decides about them."""

import json
import random
import re
import subprocess
from pathlib import Path

import pytest

from backprop.files import run_file, safetensors
from backprop.files.run_file import from_bytes
from tests.python.files.damage import mutated, refusal, small_files
from tools.places import ROOT

pytestmark = pytest.mark.native  # starts Node.js

PAGE = ROOT / "web" / "files" / "run_file.js"
FILES = 1500

LABELS = """
import { readLabel } from "%s";
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
let bytes = new Uint8Array(Buffer.concat(chunks));
const labels = [];
while (bytes.length) {
  const end = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  labels.push(readLabel(bytes.subarray(4, end)));
  bytes = bytes.subarray(end);
}
console.log(JSON.stringify(labels));
"""


@pytest.mark.slow
def test_the_page_reads_the_label_of_every_file_that_python_takes() -> None:
    """A run cannot be saved under one id by the page and under another by Python."""
    rng = random.Random(3)
    old = sorted((ROOT / "tests" / "data").rglob("*.safetensors"))
    seeds = [*small_files(), *map(Path.read_bytes, old)]
    files = [*seeds, *(mutated(rng.choice(seeds), rng) for _ in range(FILES))]
    taken = [data for data in files if refusal(data) is None]
    assert len(taken) > len(seeds) + FILES / 100
    framed = b"".join(len(data).to_bytes(4, "little") + data for data in taken)
    command = ["node", "--input-type=module", "-e", LABELS % PAGE.as_uri()]
    labels = json.loads(subprocess.run(command, input=framed, capture_output=True, check=True).stdout)
    records = map(from_bytes, taken)
    assert labels == [{"kind": run_file.KIND, "id": it["id"], "name": it["name"]} for it in records]


def test_the_page_has_pythons_limits() -> None:
    page = dict(re.findall(r"^(?:export )?const (MAX_\w+|KIND) = (.*);$", PAGE.read_text("utf-8"), re.MULTILINE))
    python = {"KIND": run_file.KIND, "MAX_BYTES": safetensors.MAX_BYTES, "MAX_HEADER": safetensors.MAX_HEADER}
    assert {name: eval(value, {}) for name, value in page.items()} == python  # literals and arithmetic
