/** The estimate of a sweep's time: from measured networks, then from its own progress. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { aboutTime, samplesOf, secondsFor, secondsLeft, workersFor } from "../../../web/sweep/estimate.js";

const MEASURED = [
  { parameters: 100, step: 1, run: 50 },
  { parameters: 10_000, step: 10, run: 100 },
];
const runs = (length, parameters, steps, step = 0) => Array.from({ length }, () => ({ parameters, steps, step }));

test("one core stays with the page, and there are never more workers than runs", () => {
  assert.equal(workersFor(1, 12), 1);
  assert.equal(workersFor(2, 12), 1);
  assert.equal(workersFor(4, 12), 3);
  assert.equal(workersFor(64, 100), 8);
  assert.equal(workersFor(64, 2), 2);
});

test("the smallest, the middle and the largest network are measured", () => {
  const sizes = (...parameters) => samplesOf(parameters.map((each) => ({ parameters: each, steps: 1 })));
  assert.deepEqual(
    sizes(5, 1, 4, 3, 2, 5).map(({ parameters }) => parameters),
    [1, 3, 5],
  );
  assert.equal(sizes(7, 7, 7).length, 1);
  assert.deepEqual(sizes(), []);
});

test("the time is that of all steps, shared by the workers", () => {
  const pool = { workers: 2, startMs: 1000 };
  assert.equal(secondsFor(MEASURED, runs(4, 120, 950), pool), 1 + (4 * (950 + 50)) / 2 / 1000);
  assert.equal(secondsFor(MEASURED, runs(1, 9000, 90), pool), 2); // one run cannot be shared
  assert.equal(secondsFor([], runs(4, 120, 950), pool), null);
  assert.equal(secondsFor(MEASURED, [], pool), null);
});

test("the time that is left follows the sweep's own speed once that is telling", () => {
  const half = [...runs(2, 100, 1000, 1000), ...runs(2, 100, 1000, 0)];
  assert.equal(secondsLeft(MEASURED, half, { elapsed: 8, first: 4 }), 8);
  assert.equal(secondsLeft([], half, { elapsed: 8, first: null }), 8);
  assert.equal(secondsLeft(MEASURED, runs(4, 100, 1000, 0), { elapsed: 1, first: 10 }), 9);
  assert.equal(secondsLeft(MEASURED, runs(4, 100, 1000, 0), { elapsed: 1, first: null }), null);
  assert.equal(secondsLeft(MEASURED, runs(4, 100, 1000, 1000), { elapsed: 9, first: 1 }), 0);
});

test("times are rounded as one speaks of them", () => {
  const cases = {
    0: "less than 5 s",
    4.9: "less than 5 s",
    12: "about 10 s",
    57: "about 55 s",
    58: "about 1 min",
    92: "about 1 min 30 s",
    598: "about 10 min",
    700: "about 12 min",
    3601: "about 1 h",
    7700: "about 2 h 10 min",
  };
  for (const [seconds, words] of Object.entries(cases)) assert.equal(aboutTime(Number(seconds)), words, seconds);
});
