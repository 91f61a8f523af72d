/** While a run plays it is saved about once a second, by a clock that is planted: at most that second has to be trained again. */

import assert from "node:assert/strict";
import test from "node:test";
import { createConfusing, UNSEEN } from "../../web/confusing.js";
import { createCurves } from "../../web/curves.js";
import { createFlowing, storedFlow } from "../../web/flowing.js";
import { createMeanwhile } from "../../web/meanwhile.js";
import { createPlayer } from "../../web/player.js";
import { createStore } from "../../web/store.js";

/** What Python takes for its answers, milliseconds. */
const COSTS = { runs: 2, loss_curves: 3, epoch_metrics: 1, gradient_flow: 2, confusion: 4 };
const RUN = { id: "one", twins: [], active: true };

/**
 * Play for some seconds. @param {{step: number, save: number, seconds: number, open?: boolean}} machine  milliseconds for a step
 * and for a save; `open`: all that can be looked at is
 * @returns {Promise<number[]>} when Play began, when the run was saved, and when Play ended
 */
async function play({ step, save, seconds, open = false }) {
  let time = 1000;
  performance.now = () => time;
  const state = storedFlow();
  const flow = { ...state.flow, open };
  const confusing = { ...UNSEEN, open };
  const store = createStore({ ...state, flow, confusing, runs: [RUN], curves: [], epochs: [], net: null });
  const call = async (method) => {
    time += COSTS[method];
    return { runs: [RUN], gradient_flow: { run_id: "one", warnings: [] } }[method] ?? [];
  };
  const moments = [time];
  const keepOwn = async () => {
    moments.push(time);
    time += save;
  };
  const listed = (runs, curves) => ({ runs, curves });
  const beside = { flowing: createFlowing(store, { call }), confusing: createConfusing(store, { call }) };
  const meanwhile = createMeanwhile(store, { call, losses: createCurves(call), ...beside, listed, keepOwn });
  const player = createPlayer({
    async advance({ steps, max_ms }) {
      const done = Math.min(steps, Math.ceil(max_ms / step));
      time += done * step + 1;
      return { slice_steps: done, slice_ms: done * step };
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
    assert.ok(moments[1] - moments[0] <= 110, "that it is trained is saved at once");
    for (const gap of gaps(moments)) assert.ok(gap <= 1000, `${gap} ms`);
  });
}

test("where a save is dear it comes more rarely: training waits for it at most 2% of the time", async () => {
  const moments = await play({ step: 0.05, save: 80, seconds: 200 });
  const saves = moments.length - 2;
  assert.ok(saves > 40 && saves * 80 <= 0.02 * (moments.at(-1) - moments[0]) + 80, `${saves}`);
});
