"""How long Python takes to answer about damaged files and files made to harm, natively and in the page.

python3 build.py && .venv/bin/python -m tests.bench.files
"""

import base64
import contextlib
import random
import time

from backprop.files.safetensors import MAX_HEADER
from backprop.session import Session
from tests.bench.bench_page import bench_page
from tests.python.files.damage import mutated, raw, small_files
from tools.places import DIST

FILES = 500

IMPORT = """
async (text) => {
  const bytes = Uint8Array.from(atob(text), (it) => it.charCodeAt(0));
  const asked = performance.now();
  const runs = await backprop.import_run({bytes}).catch(() => null);
  const waited = performance.now() - asked;
  if (runs) await backprop.delete_run({id: runs.at(-1).id});
  return waited;
}
"""


def filled(head: str, unit: str, tail: str) -> bytes:
    """Return a file whose header is as long as it may be."""
    return raw(head + unit * ((MAX_HEADER - len(head) - len(tail)) // len(unit)) + tail)


def cases() -> dict[str, list[bytes]]:
    """Return files by kind."""
    rng = random.Random(0)
    return {
        "fuzzed": [mutated(rng.choice(small_files()[:2]), rng) for _ in range(FILES)],
        "4 MiB of [": [filled("{", "[", "")],
        '4 MiB of {"a":': [filled("", '{"a":', "")],
        "4 MiB of [],": [filled('{"a":[', "[],", "[]]}")],
        "4 MiB of 1,": [filled('{"a":[', "1,", "1]}")],
        '4 MiB of "",': [filled('{"a":[', '"",', '""]}')],
        "4 MiB of quotes in a text": [filled('{"', '\\"', "")],
        "4 MiB of one text": [filled('{"a":"', "x", '"}')],
    }


def natively(data: bytes) -> float:
    """Return milliseconds of an import in a session of this process."""
    session = Session()
    asked = time.perf_counter()
    with contextlib.suppress(ValueError):
        session.import_run(bytes=data)
    return 1000 * (time.perf_counter() - asked)


def main() -> None:
    """Print the slowest answer of each kind."""
    with bench_page(DIST) as (page, url, version):
        page.goto(url)
        page.evaluate("async () => { while (!window.backprop) await new Promise(requestAnimationFrame); }")
        page.evaluate("() => backprop.ready")
        print(f"slowest answer in ms: here, and in Chromium {version} with the page's work")
        for name, files in cases().items():
            here = max(map(natively, files))
            there = max(page.evaluate(IMPORT, base64.b64encode(data).decode()) for data in files)
            print(f"{name:26} {here:8.1f} {there:8.1f}   ({len(files)})")


if __name__ == "__main__":
    main()
