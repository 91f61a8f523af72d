"""Whether memory and storage stay flat while Play runs: `.venv/bin/python -m tests.bench.endurance [--minutes N]`.

Each minute: steps, the page's JavaScript heap after a collection, Python's memory, rows of the history, and what the
browser has stored. A run's history grows to 200,000 rows, then neighbours merge: what counts is that the last minutes
are no higher than those in the middle.
"""

import argparse
from collections.abc import Iterator
from typing import NamedTuple

from playwright.sync_api import CDPSession, Page, Worker

from tests.bench.bench_page import bench_page
from tools.places import DIST

MINUTE = 60_000  # milliseconds
MB = 1e6
# Python's memory, seen from inside its worker: added to the one line that starts a worker of this site.
SEEN_FROM_INSIDE = """
self.Blob = class extends Blob {
  constructor(parts, options) {
    super(options?.type === "text/javascript" ? [...parts, INSIDE] : parts, options);
  }
};
""".replace(
    "INSIDE",
    """`
const {instantiate} = WebAssembly;
WebAssembly.instantiate = async (...given) => {
  const made = await instantiate.apply(WebAssembly, given);
  const {exports} = made.instance ?? made;
  if (exports?.malloc) self.python = exports;
  return made;
};
`""",
)
FAST = 'localStorage.setItem(`backprop:${location.pathname}:speed`, JSON.stringify({speed: "max"}));'
TRAIN = """
async (steps) => {
  await backprop.ready;
  const {id} = (await backprop.runs()).find(({active}) => active);
  if (steps) await backprop.advance({id, steps});
}
"""
SAMPLE = """
async () => {
  const {id, step} = (await backprop.runs()).find(({active}) => active);
  const {losses} = (await backprop.run_losses()).find((run) => run.id === id);
  const {usageDetails} = await navigator.storage.estimate();
  return [step, losses.length, usageDetails.indexedDB ?? 0, usageDetails.fileSystem ?? 0];
}
"""


class Sample(NamedTuple):
    """One minute: bytes, but for steps and rows."""

    step: int
    rows: int
    database: int
    copy: int
    heap: int
    python: int


def sample(page: Page, session: CDPSession, worker: Worker) -> Sample:
    """Measure while Play goes on."""
    session.send("HeapProfiler.collectGarbage")
    heap = session.send("Runtime.getHeapUsage")["usedSize"]
    python = worker.evaluate("() => self.python.memory.buffer.byteLength")
    step, rows, database, copy = page.evaluate(SAMPLE)
    return Sample(step, rows, database, copy, heap, python)


def samples(page: Page, url: str, minutes: int, steps: int) -> Iterator[Sample]:
    """Press Play, and give a sample at the start and after each minute."""
    page.add_init_script(SEEN_FROM_INSIDE + FAST)
    page.goto(url)
    page.wait_for_selector("html[data-boot=ready]", state="attached")
    page.evaluate(TRAIN, steps)
    session = page.context.new_cdp_session(page)
    (worker,) = (each for each in page.workers if each.evaluate("() => self.python !== undefined"))
    page.get_by_role("button", name="Play", exact=True).click()
    for minute in range(minutes + 1):
        if minute:
            page.wait_for_timeout(MINUTE)
        yield sample(page, session, worker)
    page.get_by_role("button", name="Pause").click()


def row(minute: int | str, found: Sample) -> str:
    """Return one line of the table."""
    sizes = "".join(f"{size / MB:>14.1f}" for size in (found.heap, found.python, found.database, found.copy))
    return f"{minute:>8}{found.step:>12,}{found.rows:>10,}{sizes}"


def main() -> None:
    """Print a line each minute, and how much the second half of the time added."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=int, default=30)
    parser.add_argument("--steps", type=int, default=0, help="to train before, so that the history is long")
    options = parser.parse_args()
    with bench_page(DIST) as (page, url, version):
        print(f"Chromium {version}, MB\n{'minute':>8}{'step':>12}{'rows':>10}", end="")
        print("".join(f"{name:>14}" for name in ("heap", "Python", "database", "second copy")), flush=True)
        found = []
        for minute, each in enumerate(samples(page, url, options.minutes, options.steps)):
            found.append(each)
            print(row(minute, each), flush=True)
    middle = len(found) // 2
    early, late = (Sample(*map(max, zip(*half, strict=True))) for half in (found[:-middle], found[-middle:]))
    print(row("1st half", early))
    print(row("2nd half", late))


if __name__ == "__main__":
    main()
