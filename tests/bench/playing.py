"""What a picture costs while training plays: main thread, steps with and without drawing, delay of Pause.

Run it with ``python -m tests.bench.playing`` on the built site, or name another build beside it:
``python -m tests.bench.playing ../other/dist``. Builds take turns, so that ratios are those of the same moments.
"""

import argparse
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import CDPSession, Page

from tests.bench.bench_page import NO_TIMEOUT, bench_page
from tools.places import DIST
from tools.serve import running, static_server

# M: 35,716 parameters; "1M": 996,104.
NETWORKS: dict[str, dict[str, Any]] = {
    "M": {"model": {"hidden_dims": [128, 128, 128]}, "trainer": {"batch_size": 32}},
    "1M": {"model": {"hidden_dims": [700, 700, 700]}, "trainer": {"batch_size": 32}},
}
SIZE = {"width": 1440, "height": 900}
WARM = 1000  # milliseconds
ROUNDS = 4

# Times of animation frames, long tasks, and a switch that holds all frames back.
WATCHED = """
() => {
  const frame = requestAnimationFrame.bind(window);
  const seen = window.seen = {drawing: true, frames: [], long: [], held: []};
  window.requestAnimationFrame = (callback) => frame((time) => {
    if (!seen.drawing) return seen.held.push(callback);
    const began = performance.now();
    callback(time);
    seen.frames.push(performance.now() - began);
  });
  new PerformanceObserver((list) => seen.long.push(...list.getEntries().map(({duration}) => duration)))
    .observe({type: "longtask"});
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
# Play for some time; the steps of each second, and what the main thread did.
PLAYED = """
async ([drawing, warm, ms]) => {
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const button = [...document.querySelectorAll("button")].find(({textContent, ariaLabel}) =>
    /^\\s*Play/.test(ariaLabel ?? textContent) || /^\\s*Play/.test(textContent));
  button.click();
  await wait(warm);
  window.seen.drawing = drawing;
  Object.assign(window.seen, {frames: [], long: []});
  const [from, began] = [await stepNow(), performance.now()];
  await wait(ms);
  const steps = await stepNow() - from;
  const seconds = (performance.now() - began) / 1000;
  const {frames, long} = window.seen;
  window.seen.drawing = true;
  window.seen.held.splice(0).forEach((callback) => requestAnimationFrame(callback));
  return {speed: steps / seconds, frames: [...frames], long: [...long]};
  async function stepNow() { return (await backprop.runs()).find(({active}) => active).step; }
}
"""
# Milliseconds until a press of Pause is on screen.
PAUSED = """
async () => {
  const button = [...document.querySelectorAll("button")].find(({textContent}) => /^\\s*Pause/.test(textContent));
  const began = performance.now();
  button.click();
  while (/Pause/.test(button.textContent)) await new Promise((resolve) => setTimeout(resolve, 1));
  await new Promise(requestAnimationFrame);
  return performance.now() - began;
}
"""


def task_seconds(session: CDPSession) -> float:
    """Return how long the main thread has been busy."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))


def begun(page: Page, url: str, config: dict[str, Any]) -> tuple[Page, CDPSession]:
    """Open a build with a run of this configuration."""
    page.set_default_timeout(NO_TIMEOUT)
    page.add_init_script(f"({WATCHED})()")
    page.goto(url)
    page.evaluate(BEGIN, config)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    return page, session


def play(page: Page, session: CDPSession, ms: int, *, drawing: bool) -> dict[str, Any]:
    """Play once, and pause."""
    page.bring_to_front()
    before = task_seconds(session)
    seen: dict[str, Any] = page.evaluate(PLAYED, [drawing, WARM, ms])
    seen["busy"] = (task_seconds(session) - before) / ((WARM + ms) / 1000)
    seen["pause"] = page.evaluate(PAUSED)
    page.wait_for_function("() => document.documentElement.dataset.drawn === 'true'")
    return seen


def main() -> None:
    """Print a row for each network, build and way of drawing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("other", nargs="*", type=Path, help="dist/ of another build")
    parser.add_argument("--ms", type=int, default=4000, help="of each measurement")
    parser.add_argument("--network", choices=NETWORKS, action="append")
    options = parser.parse_args()
    builds = [DIST, *options.other]
    with bench_page(DIST) as (page, _, version), ExitStack() as stack:
        urls = [stack.enter_context(running(static_server(build))) for build in builds]
        browser = page.context.browser
        assert browser is not None
        print(f"Chromium {version}, {SIZE['width']} × {SIZE['height']}")
        for name in options.network or NETWORKS:
            pages = [begun(browser.new_page(viewport=SIZE), url, NETWORKS[name]) for url in urls]  # type: ignore[arg-type]
            found: dict[tuple[Path, bool], list[dict[str, Any]]] = {}
            for _ in range(ROUNDS):
                for build, opened in zip(builds, pages, strict=True):
                    for drawing in (True, False):
                        seen = play(*opened, options.ms, drawing=drawing)
                        found.setdefault((build, drawing), []).append(seen)
            for (build, drawing), rounds in found.items():
                print(row(f"{name} {build} {'drawn' if drawing else 'not drawn'}", rounds))
            for opened, _ in pages:
                opened.close()


def row(title: str, rounds: list[dict[str, Any]]) -> str:
    """Say what was seen: medians over the rounds, and the longest task of all."""
    frames = [ms for seen in rounds for ms in seen["frames"]]
    long = [ms for seen in rounds for ms in seen["long"]]
    return (
        f"{title}: {median(seen['speed'] for seen in rounds):.0f} steps/s, "
        f"{len(frames)} frames of {median(frames or [0]):.1f} ms (script), main thread busy "
        f"{100 * median(seen['busy'] for seen in rounds):.0f}%, {len(long)} long tasks, "
        f"longest {max(long or [0]):.0f} ms, "
        f"Pause seen after {median(seen['pause'] for seen in rounds):.0f} ms"
    )


if __name__ == "__main__":
    main()
