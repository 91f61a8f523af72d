"""What saving costs: how long training waits for a checkpoint, and how long the page is blocked by a save.

python3 build.py && .venv/bin/python -m tests.bench.saving
"""

from playwright.sync_api import Page

from tests.bench.bench_page import bench_page
from tools.places import DIST

CONFIGS = [([32, 32], 10), ([256, 256, 128], 10)]
SAVE_EVERY = 900  # ms, KEEP in web/meanwhile.js

WAITED = """
async ([hidden_dims, batch_size]) => {
  const {COLUMNS} = await import("./storage/chunks.js");
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
BLOCKED = """
async (size) => {
  const [{openStorage}, {crc32}, {COLUMNS}] = await Promise.all([
    import("./db.js"), import("./storage/crc.js"), import("./storage/chunks.js")]);
  const storage = await openStorage({path: "/bench/"});
  const fence = await storage.claim("bench");
  const checkpoint = Float32Array.from({length: size / 4}, Math.random);
  const crc = crc32(new Uint8Array(checkpoint.buffer));  // Python's, on the page
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
  const longest = async (deed) => {
    const found = [];
    for (let i = 0; i < 31; i++) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      gap = 0;
      last = performance.now();
      await deed(i);
      found.push(gap);
    }
    return found.sort((a, b) => a - b)[15];
  };
  const save = async (step) => {
    const history = {generation: 1, start: step * 500, values: new Float64Array(500 * COLUMNS)};
    const save = {summary: {name: "", step}, checkpoint: new Uint8Array(checkpoint.buffer), crc, history};
    await storage.save("bench", save, fence);
    await storage.settled();
  };
  const idle = await longest(() => new Promise((resolve) => setTimeout(resolve, 10)));
  const blocked = await longest(save);
  port1.close();
  return [idle, blocked];
}
"""


def measure(page: Page) -> None:
    """Print a line for each size of network; medians."""
    for config in CONFIGS:
        found = page.evaluate(WAITED, config)
        idle, blocked = page.evaluate(BLOCKED, found["size"] // 4 * 4)
        share = found["waited"] / (SAVE_EVERY + found["waited"])
        print(
            f"{found['parameters']:,} parameters, checkpoint of {found['size'] / 1e6:.2f} MB: training waits "
            f"{found['waited']:.1f} ms ({share:.1%}), the page is blocked {blocked:.1f} ms (idle: {idle:.1f} ms)"
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
