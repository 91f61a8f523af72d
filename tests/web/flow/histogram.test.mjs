/** Ridges: pure functions of their numbers. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { commonRange, RISE, ridge, spread } from "../../../web/flow/histogram.js";

test("ridges share an axis and stand on their bases, each as high as its fullest bin", () => {
  const histograms = [
    { low: -1, high: 0, counts: [1, 5] },
    { low: 0, high: 3, counts: [2, 2] },
    { low: -1, high: 1, counts: [0, 0] },
  ];
  const range = commonRange(histograms);
  assert.deepEqual(range, [-1, 3]);
  const [x, y] = ridge(histograms[0], range, 4);
  assert.deepEqual(x, [0, 0.0625, 0.1875, 0.25]);
  assert.deepEqual(y, [4, 4 + 0.19 * RISE, 4 + 0.95 * RISE, 4]);
  assert.deepEqual(ridge(histograms[2], range, 0)[1], [0, 0, 0, 0]);
});

test("ridges have a place for every number, the largest of both signs too", () => {
  const most = Number.MAX_VALUE;
  const histograms = [
    { low: -most, high: most, counts: [1, 0, 3, 4] },
    { low: 0, high: most, counts: [1, 2] },
    { low: -5e-324, high: 5e-324, counts: [1, 2] },
  ];
  for (const some of [histograms, [histograms[2]]]) {
    const range = commonRange(some);
    for (const each of some)
      for (const row of ridge(each, range, 1)) assert.ok(row.every(Number.isFinite), row.join(" "));
  }
  assert.deepEqual(ridge(histograms[1], commonRange(histograms), 0)[0], [0.5, 0.625, 0.875, 1]);
});

test("of many the last is always shown, and of few all", () => {
  assert.deepEqual(spread(3, 24), [0, 1, 2]);
  const picked = spread(63, 24);
  assert.equal(picked.length, 24);
  assert.equal(picked[23], 62);
  assert.equal(new Set(picked).size, 24);
  assert.deepEqual(spread(0, 24), []);
});
