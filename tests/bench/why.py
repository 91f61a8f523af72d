"""What "Why this number?" costs: the page's own thread while an explanation opens.

    python3 build.py && .venv/bin/python -m tests.bench.why

Milliseconds that the main thread computes, in all tasks from the click until the explanation is painted, and in the
longest of them; for the first explanation of a page and for later ones, on layers of 128 units with a batch of 32. What
counts is the thread's own time, so that a busy machine adds little.
"""

import json
from collections.abc import Iterator
from statistics import median
from typing import Any, NamedTuple

from playwright.sync_api import Page

from tests.bench.bench_page import bench_page
from tools.places import DIST

LOADS = 3  # of the page for each kind of cell: each has one first explanation
VIEWPORT = {"width": 1440, "height": 900}
CONFIG = {"model": {"hidden_dims": [128, 128, 128]}, "trainer": {"batch_size": 32}}
# One of each kind: sums over the batch, over 128 inputs, over 128 units, a function that is drawn, the loss itself.
CELLS = {
    "layers/1/grad_weights": (3, 7),
    "layers/1/pre_activations": (3, 7),
    "layers/1/grad_activations": (3, 7),
    "layers/1/activations": (3, 7),
    "layers/3/grad_pre_activations": (3, 1),
}
# All tasks; the categories that Chromium's own performance panel counts them by.
CATEGORIES = ["disabled-by-default-devtools.timeline", "blink.user_timing", "__metadata"]

# Asked at the click, painted when the frame after the one that drew the explanation begins.
WATCH = """
([tensor, row, col]) => {
  const painted = () => requestAnimationFrame(() => setTimeout(() => {
    performance.mark("painted");
    window.explanations = (window.explanations ?? 0) + 1;
  }));
  const watch = new MutationObserver(() => {
    if (!document.querySelector(`.why[data-cell="why:${tensor},${row},${col}"] .body`)) return;
    watch.disconnect();
    painted();
  });
  watch.observe(document.querySelector("[data-view=why]"), {childList: true, subtree: true, attributes: true});
  addEventListener("pointerdown", () => performance.mark("asked"), {capture: true, once: true});
}
"""
PLACE = """
([tensor, row, col]) => {
  const canvas = document.querySelector(`canvas[data-tensor="${tensor}"]`);
  canvas.scrollIntoView({block: "center"});
  const {left, top, width, height} = canvas.getBoundingClientRect();
  return [left + (col + 0.5) * width / canvas.width, top + (row + 0.5) * height / canvas.height];
}
"""


class Opening(NamedTuple):
    """Milliseconds of the main thread."""

    total: float
    longest: float


def load(page: Page, url: str) -> None:
    """Open the page with a network of layers 128 wide, trained a little."""
    page.goto(url)
    page.wait_for_selector("html[data-boot=ready]", state="attached")
    page.evaluate("(config) => backprop.create_run({config})", CONFIG)
    page.evaluate("backprop.train_epoch({update: true})")
    page.wait_for_selector('canvas[data-tensor="layers/3/weights"]')


def ask(page: Page, tensor: str, cell: tuple[int, int]) -> None:
    """Click a cell, and wait until its explanation is painted."""
    place = [tensor, *cell]
    x, y = page.evaluate(PLACE, place)
    page.mouse.move(x, y)
    page.wait_for_timeout(300)  # what pointing at it costs has been paid
    count = page.evaluate("window.explanations ?? 0")
    page.evaluate(WATCH, place)
    page.mouse.down()
    page.mouse.up()
    page.wait_for_function("(count) => (window.explanations ?? 0) > count", arg=count)


def traced(page: Page, tensor: str, cell: tuple[int, int]) -> Opening:
    """Measure one opening."""
    browser: Any = page.context.browser
    browser.start_tracing(page=page, categories=CATEGORIES)
    ask(page, tensor, cell)
    return opening(json.loads(browser.stop_tracing())["traceEvents"])


def opening(events: list[dict[str, Any]]) -> Opening:
    """Add up the tasks between the two marks on the thread that set them."""
    marks = {event["name"]: event for event in events if event["name"] in {"asked", "painted"}}
    began, ended = marks["asked"]["ts"], marks["painted"]["ts"]
    thread = [marks["asked"][key] for key in ("pid", "tid")]
    times = [
        event.get("tdur", 0) / 1000  # none: it was under way when tracing ended
        for event in events
        if event["name"] == "RunTask"
        and [event["pid"], event["tid"]] == thread
        and event["ts"] + event.get("dur", 0) > began
        and event["ts"] < ended
    ]
    return Opening(sum(times), max(times))


def openings(page: Page, url: str) -> Iterator[tuple[str, list[Opening]]]:
    """Give what the first explanation of a page cost, for each kind of cell, and what later ones did."""
    later: list[Opening] = []
    for tensor, cell in CELLS.items():
        first = []
        for _ in range(LOADS):
            load(page, url)
            first.append(traced(page, tensor, cell))
            close(page)
            for other, place in CELLS.items():
                later.append(traced(page, other, place))
                close(page)
        yield f"first: {tensor}", first
    yield "later ones, of any kind", later


def close(page: Page) -> None:
    page.get_by_role("button", name="Close the explanation").click()
    page.wait_for_selector(".why", state="detached")


def main() -> None:
    """Serve dist/, and measure in the browser that the tests use."""
    with bench_page(DIST, viewport=VIEWPORT) as (page, url, version):
        print(f"Chromium {version}, layers of 128, batch 32; milliseconds of the main thread")
        print(f"{'':44}{'median':>8}{'most':>8}{'longest task':>15}")
        for name, found in openings(page, url):
            total, most = median(each.total for each in found), max(each.total for each in found)
            longest = max(each.longest for each in found)
            print(f"{name:44}{total:>8.1f}{most:>8.1f}{longest:>15.1f}", flush=True)


if __name__ == "__main__":
    main()
