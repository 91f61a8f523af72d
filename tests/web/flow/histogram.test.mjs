/** Bars and ridges: pure functions of their numbers. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { bars, commonRange, ridges, spread } from "../../../web/flow/histogram.js";

test("bars are as high as their counts, the highest fills the plot", () => {
  assert.equal(
    bars({ low: 0, high: 1, counts: [1, 0, 2, 4] }),
    "M0 1000V750H250V1000ZM500 1000V500H750V1000ZM750 1000V0H1000V1000Z",
  );
});

test("ridges share an axis, the oldest on top, and stay inside the plot", () => {
  const histograms = [
    { low: -1, high: 0, counts: [1, 5] },
    { low: 0, high: 3, counts: [2, 2] },
    { low: -1, high: 1, counts: [0, 0] },
  ];
  const range = commonRange(histograms);
  assert.deepEqual(range, [-1, 3]);
  const drawn = ridges(histograms, range);
  assert.deepEqual(
    drawn.map(({ base }) => base),
    drawn.map(({ base }) => base).toSorted((a, b) => a - b),
  );
  assert.equal(drawn[2].base, 1);
  assert.match(drawn[0].path, /^M0 .* L?.*L250 [\d.]+$/);
  for (const { path } of drawn)
    for (const [, x, y] of path.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g))
      assert.ok(x >= 0 && x <= 1000 && y >= 0 && y <= 1000);
});

test("ridges have a place for every number, the largest of both signs too", () => {
  const most = Number.MAX_VALUE;
  const histograms = [
    { low: -most, high: most, counts: [1, 0, 3, 4] },
    { low: 0, high: most, counts: [1, 2] },
    { low: -5e-324, high: 5e-324, counts: [1, 2] },
  ];
  for (const some of [histograms, [histograms[2]]]) {
    const drawn = ridges(some, commonRange(some));
    for (const { path } of drawn) assert.match(path, /^M[\d.]+ [\d.]+(L[\d.]+ [\d.]+)+$/);
    assert.match(drawn[0].path, /^M0 .*L1000 [\d.]+$/);
  }
  assert.match(ridges(histograms, commonRange(histograms))[1].path, /^M500 .*L625 .*L875 .*L1000 /);
});

test("of many the last is always shown, and of few all", () => {
  assert.deepEqual(spread(3, 24), [0, 1, 2]);
  const picked = spread(63, 24);
  assert.equal(picked.length, 24);
  assert.equal(picked[23], 62);
  assert.equal(new Set(picked).size, 24);
  assert.deepEqual(spread(0, 24), []);
});
