/** Play: it goes on as long as Python has something to do, and knows what the whole data set costs to measure. */

import assert from "node:assert/strict";
import test from "node:test";
import { createPlayer } from "../web/player.js";

/** Plays through these frames, one for each call; returns what was asked, and whether it ended of itself. @param {object[]} frames */
async function played(frames) {
  const asked = [];
  const advance = async (params) => {
    asked.push(params);
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
