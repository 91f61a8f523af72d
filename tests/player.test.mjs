/** Play: it goes on as long as Python has something to do, and knows what the whole data set costs to measure. */

import assert from "node:assert/strict";
import test from "node:test";
import { createPlayer } from "../web/player.js";

/**
 * Plays through these frames, one for each call, and pauses after `pause` of them; returns what was asked, and whether it
 * ended of itself.
 * @param {object[]} frames @param {number} [pause]
 */
async function played(frames, pause) {
  const asked = [];
  const advance = async (params) => {
    asked.push(params);
    if (asked.length === pause) player.finish();
    return { slice_ms: 10, measuring: false, ...frames[asked.length - 1] };
  };
  const player = createPlayer({ advance, onFrame: () => {}, between: async () => {} });
  return { ended: await player.play({ id: "a", batches: 10 }), asked };
}

test("a slice without a step does not end it while Python measures", async () => {
  const waits = [
    { slice_steps: 0, measuring: true },
    { slice_steps: 0, measuring: true },
  ];
  const frames = [{ slice_steps: 8, measuring: true }, ...waits, { slice_steps: 8 }, { slice_steps: 0 }];
  const { ended, asked } = await played(frames);
  assert.equal(ended, true);
  assert.equal(asked.length, frames.length);
  assert.deepEqual(
    asked.map(({ go_on }) => go_on),
    [true, false, false, false, false],
  );
});

test("a slice in which only something was measured says nothing of how many steps fit into one", async () => {
  const { asked } = await played([{ slice_steps: 10 }, { slice_steps: 0, measuring: true }, { slice_steps: 0 }]);
  assert.equal(asked[1].steps, asked[2].steps);
});

test("at Pause the whole data set is measured, unless every slice says that this is dear", async () => {
  const slow = { slice_steps: 10, slice_ms: 200 };
  const paused = async (frames) => (await played([...frames, {}], frames.length)).asked.slice(frames.length);
  assert.deepEqual(await paused([slow, slow]), []);
  for (const frames of [
    [slow, { slice_steps: 20 }],
    [{ slice_steps: 20 }, slow],
  ]) {
    assert.deepEqual(await paused(frames), [{ id: "a", steps: 1, max_ms: 50, metrics: true, go_on: false }]);
  }
});
