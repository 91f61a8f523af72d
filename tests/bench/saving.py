"""What saving costs: how long training waits, how long the page is blocked, and what its thread computes.

The last is set beside what it takes to write the same numbers as text (JSON), in the same run.

python3 build.py && .venv/bin/python -m tests.bench.saving
"""

import statistics

from playwright.sync_api import Page

from tests.bench.bench_page import bench_page
from tools.places import DIST

CONFIGS = [([32, 32], 10), ([256, 256, 128], 10)]
SAVE_EVERY = 900  # ms, KEEP in web/page/between_slices.js

WAITED = """
async ([hidden_dims, batch_size]) => {
  const at = (name) => import(new URL(name, document.querySelector("script[src$='main.js']").src).href);
  const {COLUMNS} = await at("storage/history_chunks.js");
  const runs = await backprop.create_run({config: {model: {hidden_dims}, trainer: {batch_size}}});
  const {id, parameters} = runs.find((run) => run.active);
  const waited = [];
  let start = 0;
  let size = 0;
  for (let i = 0; i < 21; i++) {
    await backprop.advance({id, steps: 20});
    const asked = performance.now();
    const [file, rows] = await Promise.all([
      backprop.export_run({id, history: false}), backprop.history_rows({id, generation: 1, start})]);
    waited.push(performance.now() - asked);
    start += rows.values.length / COLUMNS;
    size = file.bytes.length;
  }
  return {parameters, size, waited: waited.sort((a, b) => a - b)[10]};
}
"""
OPEN = """
async (size) => {
  const at = (name) => import(new URL(name, document.querySelector("script[src$='main.js']").src).href);
  const [{openStorage}, {crc32}, {COLUMNS}] = await Promise.all(
    ["storage/index.js", "files/crc32.js", "storage/history_chunks.js"].map(at));
  const storage = await openStorage({path: "/bench/"});
  const fence = await storage.claim("bench");
  const checkpoint = Float32Array.from({length: size / 4}, Math.random);
  const crc = crc32(new Uint8Array(checkpoint.buffer));  // Python's, on the page
  let step = 0;
  globalThis.bench = {
    async save() {
      const history = {generation: 1, start: step * 500, values: new Float64Array(500 * COLUMNS)};
      const save = {summary: {name: "", step}, checkpoint: new Uint8Array(checkpoint.buffer), crc, history};
      step += 1;
      await storage.save("bench", save, fence);
      await storage.settled();
    },
    text: () => JSON.stringify(Array.from(checkpoint)).length,
  };
}
"""
BLOCKED = """
async () => {
  const {port1, port2} = new MessageChannel();
  let last = performance.now();
  let gap = 0;
  const turn = () => {
    const now = performance.now();
    gap = Math.max(gap, now - last);
    last = now;
    port2.postMessage(0);
  };
  port1.onmessage = turn;
  turn();
  const longest = async (action) => {
    const found = [];
    for (let i = 0; i < 31; i++) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      gap = 0;
      last = performance.now();
      await action();
      found.push(gap);
    }
    return found.sort((a, b) => a - b)[15];
  };
  const idle = await longest(() => new Promise((resolve) => setTimeout(resolve, 10)));
  const blocked = await longest(bench.save);
  port1.close();
  return [idle, blocked];
}
"""


def computed(page: Page) -> tuple[float, float]:
    """Return the milliseconds that the page's thread computes for a save, and for its numbers as text; medians."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})  # not counting what other programs take

    def busy() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return 1000 * float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))

    def milliseconds(expression: str) -> float:
        before = busy()
        page.evaluate(expression)
        return busy() - before

    pairs = [(milliseconds("bench.save()"), milliseconds("bench.text()")) for _ in range(31)]
    save, text = (statistics.median(times) for times in zip(*pairs, strict=True))
    return save, text


def measure(page: Page) -> None:
    """Print a line for each size of network; medians."""
    for config in CONFIGS:
        found = page.evaluate(WAITED, config)
        page.evaluate(OPEN, found["size"] // 4 * 4)
        idle, blocked = page.evaluate(BLOCKED)
        save, text = computed(page)
        share = found["waited"] / (SAVE_EVERY + found["waited"])
        print(
            f"{found['parameters']:,} parameters, checkpoint of {found['size'] / 1e6:.2f} MB: training waits "
            f"{found['waited']:.1f} ms ({share:.1%}), the page is blocked {blocked:.1f} ms (idle: {idle:.1f} ms), "
            f"its thread computes {save:.1f} ms for a save (as text: {text:.1f} ms)"
        )


def main() -> None:
    """Serve dist/, and measure in the browser that the tests use."""
    with bench_page(DIST) as (page, url, _):
        page.goto(url)
        page.evaluate("async () => { while (!window.backprop) await new Promise(requestAnimationFrame); }")
        page.evaluate("() => backprop.ready")
        measure(page)


if __name__ == "__main__":
    main()
