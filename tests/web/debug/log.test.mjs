/** Counts of the debug panel: the last calls with their bytes, frames, slices and saves. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Log, MAX_CALLS, MAX_FRAMES, sizeOf } from "../../../web/debug/log.js";

/** @param {Partial<import("../../../web/debug/log.js").Call>} [changes] */
const call = (changes) => ({ method: "runs", answer: [], failed: false, start: 10, end: 12.5, ...changes });

test("the last calls are kept, newest first", () => {
  const log = new Log();
  for (let k = 0; k < MAX_CALLS + 7; k++) log.addCall(call({ start: 0, end: k }));
  assert.equal(log.calls.length, MAX_CALLS);
  assert.deepEqual([log.calls[0].ms, log.calls.at(-1)?.ms], [MAX_CALLS + 6, 7]);
});

test("typed arrays count by their bytes, all else as JSON in UTF-8", () => {
  assert.equal(sizeOf(null), 4);
  assert.equal(sizeOf(undefined), 0);
  assert.equal(sizeOf({ a: "é" }), 10);
  assert.equal(sizeOf(new Float32Array(100)), 400);
  assert.equal(
    sizeOf({ a: new Float64Array(2), b: [new Uint8Array(3)] }),
    16 + 3 + JSON.stringify({ b: [null] }).length,
  );
});

test("a failed call is marked and has no bytes", () => {
  const log = new Log();
  log.addCall(call({ failed: true, answer: { name: "ValueError", message: "no" } }));
  assert.deepEqual(log.calls, [{ method: "runs", ms: 2.5, bytes: 0, steps: null, failed: true }]);
});

test("a slice of training has its steps, and a checkpoint is a save if Python made one", () => {
  const log = new Log();
  log.addCall(call({ method: "advance", answer: { slice_steps: 240 } }));
  log.addCall(call({ method: "checkpoint", answer: { bytes: new Uint8Array(5) } }));
  log.addCall(call({ method: "checkpoint", answer: null, failed: true }));
  assert.deepEqual(
    log.calls.map(({ steps }) => steps),
    [null, null, 240],
  );
  assert.equal(log.saves, 1);
});

test("frames: mean and longest of the last ones", () => {
  const log = new Log();
  assert.deepEqual(log.frames, { count: 0, mean: 0, longest: 0 });
  log.addFrame(1000);
  for (let k = 0; k < MAX_FRAMES; k++) log.addFrame(k % 2 ? 2 : 4);
  assert.deepEqual(log.frames, { count: MAX_FRAMES, mean: 3, longest: 4 });
});
