/** While a run plays it is saved about once a second, by a clock that is planted: at most that second has to be trained again. */

import assert from "node:assert/strict";
import test from "node:test";
import { createFlow, storedFlow } from "../../../web/flow/actions.js";
import { createMetrics, UNSEEN } from "../../../web/metrics/actions.js";
import { createBetween } from "../../../web/page/between_slices.js";
import { createStore } from "../../../web/page/store.js";
import { Player } from "../../../web/training/player.js";

/** What Python takes for its answers, milliseconds. */
const COSTS = { overview: 2, gradient_flow: 2, confusion: 4 };
/** And for the curves of a run in an overview. */
const CURVES = 4;
const RUN = { id: "one", twins: [], active: true };

/**
 * Play for some seconds. @param {{step: number, save: number | ((i: number) => number), seconds: number, open?: boolean}} machine  milliseconds for a step
 * and for a save; `open`: all that can be looked at is
 * @returns {Promise<number[]>} when Play began, when the run was saved, and when Play ended
 */
async function play({ step, save, seconds, open = false }) {
  let time = 1000;
  performance.now = () => time;
  const store = createStore({
    flow: storedFlow(),
    metrics: { view: { ...UNSEEN, open }, confusion: null },
    runs: { list: [RUN], colors: {} },
    chart: { settings: { smoothing: 0.6 }, curves: [], epochs: [] },
    network: { net: null },
    page: { boot: "ready" },
    panels: { tab: open ? "flow" : "explain", collapsed: false },
  });
  const overview = { runs: [RUN], curves: [], epochs: [] };
  const call = async (method, { ids = [] } = {}) => {
    time += COSTS[method] + CURVES * ids.length;
    return { overview, gradient_flow: { run_id: "one", warnings: [] } }[method] ?? [];
  };
  const moments = [time];
  const saveChanged = async () => {
    moments.push(time);
    time += typeof save === "function" ? save(moments.length) : save;
  };
  const attempt = (_, act) => act();
  const features = [createFlow(store, { call, attempt }), createMetrics(store, { call, attempt })];
  const meanwhile = createBetween(store, { call, features: () => features, saveChanged });
  const player = new Player({
    async advance({ steps, max_ms }) {
      const done = Math.min(steps, Math.ceil(max_ms / step));
      time += done * step + 1;
      return { slice_steps: done, slice_ms: done * step, measuring: false, ended: false };
    },
    onFrame() {},
    async between(id) {
      await meanwhile.between(id);
      if (time > 1000 * seconds) player.stop();
    },
  });
  meanwhile.hurry();
  await player.play({ id: "one", batches: 10 });
  return [...moments, time];
}

/** @param {number[]} moments */
const gaps = (moments) => moments.slice(1).map((moment, i) => moment - moments[i]);

for (const machine of [
  { step: 0.05, save: 5, seconds: 60 },
  { step: 0.05, save: 12, seconds: 60, open: true },
  { step: 45, save: 12, seconds: 60 },
]) {
  test(`at most the last second has to be trained again: ${JSON.stringify(machine)}`, async () => {
    const moments = await play(machine);
    assert.ok(moments.length > 50);
    // Slices are requested ahead, and this clock counts their time at the request.
    assert.ok(moments[1] - moments[0] <= 200, "that it is trained is saved at once");
    for (const gap of gaps(moments)) assert.ok(gap <= 1000, `${gap} ms`);
  });
}

test("where a save is dear it comes more rarely: training waits for it at most 2% of the time", async () => {
  const moments = await play({ step: 0.05, save: 55, seconds: 200 });
  const saves = moments.length - 2;
  assert.ok(saves > 40 && saves * 55 <= 0.02 * (moments.at(-1) - moments[0]) + 55, `${saves}`);
});

for (const save of [80, 1000, 5000]) {
  test(`the next save begins 3 s after the last one at the latest, and be it one of ${save} ms`, async () => {
    const moments = await play({ step: 0.05, save, seconds: 200 });
    assert.ok(moments.length > 20);
    for (const gap of gaps(moments).slice(0, -1)) assert.ok(gap <= save + 3000 + 100, `${gap} ms`);
  });
}

for (const [held, seldom, seconds] of [
  [5000, 12, 800],
  [600_000, 7, 4000],
]) {
  test(`one answer that is held back for ${held} ms delays no other save`, async () => {
    const moments = await play({ step: 0.05, save: (i) => (i % seldom === 3 ? held : 5), seconds });
    assert.ok(moments.length > 30);
    const slow = gaps(moments).filter((gap) => gap > 1000);
    for (const gap of slow) assert.ok(gap >= held && gap <= held + 1000, `${gap} ms`);
    assert.ok(slow.length <= moments.length / seldom + 1);
  });
}
