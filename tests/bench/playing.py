"""What a picture costs while training plays: main thread, steps with and without drawing, delay of Pause.

Run it with ``python -m tests.bench.playing`` on the built site, or name another build beside it:
``python -m tests.bench.playing ../other/dist``. Builds and ways to play take turns, and ratios are those of one turn,
so that they hold on a busy machine; a frame is measured in processor time, which other programs take no part of.
"""

import argparse
import math
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from playwright.sync_api import Page

from tests.bench.bench_page import NO_TIMEOUT, bench_page
from tests.bench.main_thread import CATEGORIES, Task, frames_of, tasks_of
from tools.places import DIST
from tools.serve import running, static_server

# S: 1,732 parameters; M: 35,716; "1M": 996,104. The last two train on 96 samples, so that every batch is full.
FULL: dict[str, Any] = {"dataset": {"num_samples": 120}, "trainer": {"batch_size": 32}}
NETWORKS: dict[str, dict[str, Any]] = {
    "S": {"model": {"hidden_dims": [32, 32]}, "trainer": {"batch_size": 10}},
    "M": {"model": {"hidden_dims": [128, 128, 128]}, **FULL},
    "1M": {"model": {"hidden_dims": [700, 700, 700]}, **FULL},
}
SIZE = {"width": 1440, "height": 900}
WARM = 1000  # milliseconds
ROUNDS = 5
LONG = 50  # milliseconds of a task
# How to play: with frames drawn, with all of them held back, and drawn with a trace, which costs something itself.
WAYS = ("drawn", "not drawn", "traced")

# A switch that holds all animation frames back.
WATCHED = """
() => {
  const frame = requestAnimationFrame.bind(window);
  const seen = window.seen = {drawing: true, held: []};
  window.requestAnimationFrame = (callback) => frame((time) => {
    if (!seen.drawing) return seen.held.push(callback);
    callback(time);
  });
  const key = `backprop:${new URL(".", location.href).pathname}:speed`;
  localStorage.setItem(key, JSON.stringify({speed: "max"}));
}
"""
BEGIN = """
async (config) => {
  await backprop.ready;
  await backprop.create_run({name: "Bench", config});
}
"""
PLAY = """
async ([drawing, warm]) => {
  const button = [...document.querySelectorAll("button")].find(({textContent, ariaLabel}) =>
    /^\\s*Play/.test(ariaLabel ?? textContent) || /^\\s*Play/.test(textContent));
  button?.click(); // unless it plays already
  await new Promise((resolve) => setTimeout(resolve, warm));
  window.seen.drawing = drawing;
}
"""
# Steps a second over some time. On a busy machine Play of an early build ends without a reason: it is pressed again.
COUNTED = """
async (ms) => {
  const button = () => [...document.querySelectorAll("button")].find((each) =>
    /^\\s*Play$/.test(each.textContent.trim()));
  const again = setInterval(() => button()?.click(), 50);
  const [from, began] = [await stepNow(), performance.now()];
  await new Promise((resolve) => setTimeout(resolve, ms));
  const speed = 1000 * (await stepNow() - from) / (performance.now() - began);
  clearInterval(again);
  return speed;
  async function stepNow() { return (await backprop.runs()).find(({active}) => active).step; }
}
"""
# Milliseconds until a press of Pause is on screen; null if Play has ended.
PAUSED = """
async () => {
  window.seen.drawing = true;
  window.seen.held.splice(0).forEach((callback) => requestAnimationFrame(callback));
  const button = [...document.querySelectorAll("button")].find(({textContent}) => /^\\s*Pause/.test(textContent));
  const began = performance.now();
  if (!button) return null;
  button.click();
  while (/Pause/.test(button.textContent)) await new Promise((resolve) => setTimeout(resolve, 1));
  await new Promise(requestAnimationFrame);
  return performance.now() - began;
}
"""


class Played(NamedTuple):
    """One Play: steps a second, milliseconds until its Pause was seen, and the main thread, if it was traced."""

    speed: float
    pause: float | None
    tasks: list[Task]


def begun(page: Page, url: str, config: dict[str, Any]) -> Page:
    """Open a build with a run of this configuration."""
    page.set_default_timeout(NO_TIMEOUT)
    page.add_init_script(f"({WATCHED})()")
    page.goto(url)
    page.evaluate(BEGIN, config)
    return page


def play(page: Page, ms: int, way: str) -> Played:
    """Play once, and pause."""
    page.bring_to_front()
    page.evaluate(PLAY, [way != "not drawn", WARM])
    browser = page.context.browser
    assert browser is not None
    if way == "traced":
        browser.start_tracing(page=page, categories=CATEGORIES)
    speed = page.evaluate(COUNTED, ms)
    tasks = tasks_of(browser.stop_tracing()) if way == "traced" else []
    pause = page.evaluate(PAUSED)
    page.wait_for_function("() => document.documentElement.dataset.drawn === 'true'")
    return Played(speed, pause, tasks)


def main() -> None:
    """Print for each network what its builds show, and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("other", nargs="*", type=Path, help="dist/ of another build")
    parser.add_argument("--ms", type=int, default=4000, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--network", choices=NETWORKS, action="append")
    options = parser.parse_args()
    builds = [DIST, *options.other]
    with bench_page(DIST) as (page, _, version), ExitStack() as stack:
        urls = [stack.enter_context(running(static_server(build))) for build in builds]
        browser = page.context.browser
        assert browser is not None
        print(f"Chromium {version}, {SIZE['width']} × {SIZE['height']}, {options.rounds} rounds of {options.ms} ms")
        for name in options.network or NETWORKS:
            pages = [begun(browser.new_page(viewport=SIZE), url, NETWORKS[name]) for url in urls]  # type: ignore[arg-type]
            found: dict[Path, dict[str, list[Played]]] = {build: {way: [] for way in WAYS} for build in builds}
            for _ in range(options.rounds):
                for way in WAYS:
                    for build, opened in zip(builds, pages, strict=True):
                        found[build][way].append(play(opened, options.ms, way))
            print("\n".join(report(name, found)), flush=True)
            for opened in pages:
                opened.close()


def report(name: str, found: dict[Path, dict[str, list[Played]]]) -> Iterator[str]:
    """Give the lines about one network."""
    first = next(iter(found.values()))
    for build, ways in found.items():
        tasks = [task for played in ways["traced"] for task in played.tasks]
        frames = frames_of(tasks)
        speeds = {way: [played.speed for played in ways[way]] for way in WAYS}
        yield f"{name}, {build}"
        yield f"  steps/s: {spread(speeds['drawn'])} drawn, {spread(speeds['not drawn'])} not drawn"
        yield f"  drawn ÷ not drawn: {spread(ratios(speeds['drawn'], speeds['not drawn']), 2)}"
        yield f"  main thread: {median(frames or [0]):.1f} ms of processor time a frame (median of {len(frames)})"
        cpu, wall = sum(task.cpu > LONG for task in tasks), sum(task.wall > LONG for task in tasks)
        longest = max(task.cpu for task in tasks)
        yield f"  tasks over {LONG} ms: {cpu} by processor time, the longest {longest:.0f} ms; {wall} by the clock"
        pauses = [played.pause for way in WAYS for played in ways[way] if played.pause is not None]
        yield f"  Pause seen after {spread(pauses or [math.nan])} ms"
        if ways is not first:
            ratio = ratios([played.speed for played in first["drawn"]], speeds["drawn"])
            yield f"  drawn, the first build ÷ this one: {spread(ratio, 2)}"


def ratios(some: list[float], others: list[float]) -> list[float]:
    """Divide turn by turn."""
    return [one / max(other, 1e-9) for one, other in zip(some, others, strict=True)]


def spread(numbers: list[float], digits: int = 0) -> str:
    """Return the median, with the least and the largest."""
    return f"{median(numbers):.{digits}f} [{min(numbers):.{digits}f} to {max(numbers):.{digits}f}]"


if __name__ == "__main__":
    main()
