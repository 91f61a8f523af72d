"""Matrices painted on the page's main thread, and in a worker on canvases that were transferred to it.

Run it with ``python -m tests.bench.offscreen`` on the built site. Both ways paint the same 24 matrices of M with the
page's own `paint`, in turns, one picture for each animation frame; ratios are those of one turn. In the worker's way
the page keeps the numbers, which readouts and explanations need, and the worker gets a copy.
"""

from statistics import median
from typing import Any

from playwright.sync_api import Browser, CDPSession

from tests.bench.bench_page import bench_page
from tools.places import DIST
from tools.site import build_folder

ROUNDS = 9
PICTURES = 120  # in each turn
WAYS = ("main", "worker")

SET_UP = """
async (base) => {
  const shapes = [[16, 16], ...[16, 128, 128].flatMap((rows) => [[rows, 128], [1, 128], [16, 128], [16, 128]]),
    ...[[128, 4], [1, 4], [16, 4]]];
  const all = [...shapes, ...shapes].slice(0, 24);
  const size = all.reduce((sum, [rows, columns]) => sum + rows * columns, 0);
  const pictures = Array.from({length: 8}, () => Float32Array.from({length: size}, () => Math.random() * 2 - 1));
  const canvases = () => {
    const place = document.body.appendChild(document.createElement("div"));
    const made = all.map(([rows, columns]) => {
      const canvas = place.appendChild(document.createElement("canvas"));
      Object.assign(canvas, {width: columns, height: rows});
      Object.assign(canvas.style, {width: `${columns * 2}px`, height: `${rows * 2}px`, imageRendering: "pixelated"});
      return canvas;
    });
    return {place, made};
  };
  const painting = `
    import {paint} from "${base}heatmap/paint.js";
    import {norm} from "${base}color/scale.js";
    import {tablesOf} from "${base}color/palettes.js";
    const {forward: table} = tablesOf("seed_surface", "light");
    const scale = norm({min: -1, max: 1}, true, 0.1);
    export function painter(canvases) {
      const surfaces = canvases.map((canvas) => {
        const context = canvas.getContext("2d", {alpha: false});
        return {context, image: context.createImageData(canvas.width, canvas.height)};
      });
      return (values) => {
        let at = 0;
        for (const {context, image} of surfaces) {
          const count = image.width * image.height;
          paint(new Uint32Array(image.data.buffer), values.subarray(at, at + count), table, scale);
          context.putImageData(image, 0, 0);
          at += count;
        }
      };
    }
    let draw;
    if (!globalThis.document) addEventListener("message", ({data: {canvases, values}}) => {
      if (canvases) draw = painter(canvases);
      else draw(values);
    });
  `;
  const url = URL.createObjectURL(new Blob([painting], {type: "text/javascript"}));
  const {painter} = await import(url);
  const [here, there] = [canvases(), canvases()];
  const worker = new Worker(url, {type: "module"});
  const given = there.made.map((canvas) => canvas.transferControlToOffscreen());
  worker.postMessage({canvases: given}, given);
  const draw = painter(here.made);
  const post = (values) => {
    const copy = values.slice();
    worker.postMessage({values: copy}, [copy.buffer]);
  };
  window.play = async (way, count) => {
    here.place.hidden = way !== "main";
    there.place.hidden = way !== "worker";
    for (let i = 0; i < count; i++) {
      await new Promise(requestAnimationFrame);
      (way === "main" ? draw : post)(pictures[i % pictures.length]);
    }
  };
}
"""


def seconds(browser: Browser, session: CDPSession) -> tuple[float, float]:
    """Return the processor time of the main thread, and of all processes of the browser."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    main = next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")
    whole = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    return main, sum(process["cpuTime"] for process in whole)


def main() -> None:
    """Print medians of both ways, and of their ratios."""
    with bench_page(DIST) as (page, url, version):
        base = f"{url}{build_folder(DIST).name}/"
        page.goto(f"{base}python/manifest.json")
        page.evaluate(SET_UP, base)
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        browser: Any = page.context.browser
        found: dict[str, list[tuple[float, ...]]] = {way: [] for way in WAYS}
        for turn in range(ROUNDS + 1):
            for way in WAYS:
                before = seconds(browser, session)
                page.evaluate("([way, count]) => play(way, count)", [way, PICTURES])
                after = seconds(browser, session)
                if turn > 0:
                    found[way].append(tuple(1000 * (b - a) / PICTURES for a, b in zip(before, after, strict=True)))
    print(f"Chromium {version}; milliseconds of processor time a picture, medians of {ROUNDS} rounds")
    for way, rounds in found.items():
        page_ms, all_ms = (median(times) for times in zip(*rounds, strict=True))
        print(f"{way}: {page_ms:.2f} of the main thread, {all_ms:.2f} of the whole browser")
    for i, part in enumerate(("main thread", "whole browser")):
        ratios = [b[i] / max(a[i], 1e-9) for a, b in zip(found["main"], found["worker"], strict=True)]
        print(f"worker ÷ main, {part}: {median(ratios):.2f} [{min(ratios):.2f} to {max(ratios):.2f}]")


if __name__ == "__main__":
    main()
