"""Measures what the loss chart costs, in the browser and on the built site.

    python tests/bench/chart.py DIST

Prints the main thread's time for one update of 5 runs × 10,000 points, all of them new: ranges, template, uPlot, and
the drawing itself until its pixels can be read; and the share of the training time that the curves take
while 8 runs of 20,000 steps are there and one of them plays. Nothing here passes or fails.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from playwright.sync_api import Page  # noqa: E402

from tests.bench.bench_page import bench_page  # noqa: E402

RUNS, POINTS, ROUNDS = 5, 10_000, 41
PLAYED = 8
STEPS = 20_000
SECONDS = 10

# The view itself, with the state that it reads, in a page of its own.
UPDATE = """
async ({runs: count, points, rounds, settings}) => {
  const at = (name) => import(new URL(name, document.querySelector("script[src$='main.js']").src).href);
  const [{charts}, {render}] = await Promise.all([at("chart/view.js"), at("vendor/lit-html/lit-html.js")]);
  const place = document.createElement("div");
  place.dataset.view = "charts";
  document.querySelector("[data-view=charts]").replaceWith(place);
  const [summary] = await backprop.runs();
  const list = Array.from({length: count}, (_, i) => (
    {...summary, id: `run${i}`, name: `Run ${i}`, twins: [], best_step: 700, best_loss: 0.3, active: i === 0}));
  const actions = new Proxy({}, {get: () => new Proxy({}, {get: () => () => {}})});
  const usual = {metric: "loss", x: "step", log: false, smoothing: 0.6, outliers: false, large: false, held_out: true};
  const chart = {epochs: [], zoom: null, reading: null, table: false, settings: {...usual, ...settings}};
  const runs = {list, hidden: {}, hovered: null, table: {archived: false},
    colors: Object.fromEntries(list.map(({id}, i) => [id, i]))};
  const state = {chart, runs, training: {playing: true}};
  const curve = ({id, name}, round) => {
    const row = (f) => Float64Array.from({length: points}, (_, i) => f(i + 1));
    const mean = row((i) => Math.exp(-i / 3000) + 0.2 * Math.random());
    return {id, name, mean, smoothed: mean.map((loss) => 0.9 * loss), smoothing: chart.settings.smoothing,
      min: mean.map((loss) => 0.8 * loss), max: mean.map((loss) => 1.2 * loss),
      step: row((i) => 8 * (i + round)), epoch: row((i) => 0.8 * (i + round)), seconds: row((i) => (i + round) / 1e4)};
  };
  const middle = (times) => times.sort((a, b) => a - b)[times.length >> 1];
  const times = {update: [], drawn: [], hover: []};
  for (let round = 0; round < rounds; round++) {
    const curves = list.map((run) => curve(run, round));
    const began = performance.now();
    render(charts({...state, chart: {...chart, curves}}, actions), place);
    await null; await null;  // uPlot draws in a microtask
    times.update.push(performance.now() - began);
    place.querySelector("canvas").getContext("2d").getImageData(0, 0, 1, 1);
    times.drawn.push(performance.now() - began);
    const pointed = performance.now();
    const hovered = {chart: {...chart, curves, reading: {id: "run1", step: 4000}}, runs: {...runs, hovered: "run1"}};
    render(charts({...state, ...hovered}, actions), place);
    await null; await null;
    times.hover.push(performance.now() - pointed);
    await new Promise(requestAnimationFrame);
  }
  return Object.fromEntries(Object.entries(times).map(([key, row]) => [key, middle(row)]));
}
"""
RUNS_OF_STEPS = """
async ({runs, steps}) => {
  for (let i = 1; i < runs; i++) await backprop.create_run();
  for (const {id} of await backprop.runs()) await backprop.advance({id, steps});
}
"""
# Every call to Python passes here on its way.
LISTEN = """
(() => {
  const {postMessage} = Worker.prototype;
  const asked = new Map();
  window.waited = {};
  Worker.prototype.postMessage = function (message, ...more) {
    if (message?.method && !this.heard) {
      this.heard = true;
      this.addEventListener("message", ({data: {id}}) => {
        const {method, began} = asked.get(id) ?? {};
        if (method) window.waited[method] = (window.waited[method] ?? 0) + performance.now() - began;
        asked.delete(id);
      });
    }
    if (message?.method) asked.set(message.id, {method: message.method, began: performance.now()});
    return postMessage.call(this, message, ...more);
  };
})()
"""


def update(page: Page, **settings: object) -> str:
    """Measure one way of drawing."""
    page.reload()
    page.wait_for_selector("html[data-boot=ready]", state="attached")
    page.evaluate("backprop.train_batch()")
    times = page.evaluate(UPDATE, {"runs": RUNS, "points": POINTS, "rounds": ROUNDS, "settings": settings})
    name = ", ".join(f"{key} {value}" for key, value in settings.items()) or "as it is at first"
    return f"{name:32}{times['update']:>10.1f}{times['drawn']:>14.1f}{times['hover']:>10.1f}"


def following(page: Page) -> str:
    """Measure what the curves of a training run take from it."""
    page.reload()
    page.wait_for_selector("html[data-boot=ready]", state="attached")
    page.evaluate(RUNS_OF_STEPS, {"runs": PLAYED, "steps": STEPS})
    page.get_by_role("button", name="Play", exact=True).click()
    before = page.evaluate("({...waited})")
    page.wait_for_timeout(1000 * SECONDS)
    after = page.evaluate("({...waited})")
    page.get_by_role("button", name="Pause", exact=True).click()
    shares = {name: (after[name] - before.get(name, 0)) / (10 * SECONDS) for name in after}
    return ", ".join(f"{name} {share:.1f}%" for name, share in sorted(shares.items(), key=lambda item: -item[1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dist", type=Path, help="the built site")
    viewport = {"width": 1440, "height": 900}
    with bench_page(parser.parse_args().dist, viewport=viewport) as (page, url, version):
        page.add_init_script(LISTEN)
        page.goto(url)
        print(f"Chromium {version}: {RUNS} runs × {POINTS} points, median milliseconds of the main thread")
        print(f"{'':32}{'update':>10}{'until pixels':>14}{'hover':>10}")
        for settings in ({}, {"log": True}, {"outliers": True}, {"x": "time", "smoothing": 0}):
            print(update(page, **settings), flush=True)
        print(f"\nOf {SECONDS} s of Play the page waited for: {following(page)}")


if __name__ == "__main__":
    main()
