"""What a picture costs while training plays: main thread, steps with and without drawing, delay of Pause.

Builds and ways to play take turns, and ratios are those of one turn, so that they hold on a busy machine; a frame is
measured in processor time, which other programs take no part of.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from playwright.sync_api import Page

from tests.bench import others
from tests.bench.bench_page import NO_TIMEOUT, bench_page
from tests.bench.document import ratios, spread, table
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
WARM = 600  # milliseconds
TURN = 1800  # milliseconds
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


def tables(rounds: int) -> dict[str, str]:
    """Play each network in turns; return a block with a table: a column for each network."""
    columns = {}
    with bench_page(DIST) as (page, _, _):
        browser = page.context.browser
        assert browser is not None
        for name, config in NETWORKS.items():
            with ExitStack() as stack:
                pages = {}
                for build, dist in builds().items():
                    url = stack.enter_context(running(static_server(dist)))
                    opened = stack.enter_context(closing(browser.new_page(viewport=SIZE)))  # type: ignore[arg-type]
                    pages[build] = begun(opened, url, config)
                columns[name] = dict(rows(in_turns(pages, rounds)))
    names = next(iter(columns.values()))
    return {"playing": table(["", *columns], [[row, *(column[row] for column in columns.values())] for row in names])}


def builds() -> dict[str, Path]:
    """Return this build, and the earlier one if there is one."""
    earlier = others.earlier_site()
    return {"": DIST, **({others.EARLIER: earlier} if earlier else {})}


def in_turns(pages: dict[str, Page], rounds: int) -> dict[str, dict[str, list[Played]]]:
    """Return build → way → each Play."""
    found: dict[str, dict[str, list[Played]]] = {build: {way: [] for way in WAYS} for build in pages}
    for _ in range(rounds):
        for way in WAYS:
            for build, opened in pages.items():
                found[build][way].append(play(opened, TURN, way))
    return found


def rows(found: dict[str, dict[str, list[Played]]]) -> Iterator[tuple[str, str]]:
    """Give what is measured of one network: its name and its text."""
    ours, *earlier = found.values()
    drawn = speeds(ours["drawn"])
    yield "steps per second, with pictures", spread(drawn, 0)
    yield "÷ those without pictures", spread(ratios(drawn, speeds(ours["not drawn"])))
    frames = frames_of(tasks(ours))
    yield "processor time of a frame with a picture, ms", f"{median(frames or [0]):.1f}"
    yield from page_rows(ours, "")
    for ways in earlier:
        yield f"÷ steps of {others.EARLIER}, with pictures", spread(ratios(drawn, speeds(ways["drawn"])))
        yield from page_rows(ways, f", {others.EARLIER}")


def page_rows(ways: dict[str, list[Played]], build: str) -> Iterator[tuple[str, str]]:
    """Give how long the page of a build is blocked, and how long its Pause takes."""
    times = [task.cpu for task in tasks(ways)]
    yield f"longest task of the page, ms of processor time{build}", f"{max(times, default=0):.0f}"
    yield f"tasks over {LONG} ms of processor time{build}", f"{sum(time > LONG for time in times)}"
    pauses = [played.pause for played in ways["drawn"] if played.pause is not None]
    yield f"Pause on screen after, ms{build}", spread(pauses, 0) if pauses else "Play had ended"


def tasks(ways: dict[str, list[Played]]) -> list[Task]:
    """Return the tasks of the page in all traced turns."""
    return [task for played in ways["traced"] for task in played.tasks]


def speeds(played: Sequence[Played]) -> list[float]:
    """Return steps per second of each turn."""
    return [each.speed for each in played]
