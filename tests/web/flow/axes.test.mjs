/** Axes: pure functions of their numbers. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { rangeOf, share, stepRange, ticksAcross, ticksUp } from "../../../web/flow/axes.js";

const LOG = { log: true, range: null, mark: null };

test("a logarithmic range holds all that is above zero, and the mark", () => {
  const [low, high] = rangeOf(
    [
      [1e-6, 0, Number.NaN],
      [10, Number.POSITIVE_INFINITY],
    ],
    LOG,
  );
  assert.ok(low < 1e-6 && low > 1e-7 && high > 10 && high < 100);
  const marked = rangeOf([[1]], { ...LOG, mark: 1e-3 });
  assert.ok(marked[0] < 1e-3 && marked[1] > 1);
  assert.deepEqual(rangeOf([[0, Number.NaN]], LOG), [0.1, 1]);
  assert.deepEqual(rangeOf([[7]], { log: false, range: [0, 1], mark: null }), [0, 1]);
});

test("equal numbers have room around them", () => {
  const [low, high] = rangeOf([[3, 3]], { log: false, range: null, mark: null });
  assert.ok(low < 3 && high > 3);
});

test("decades are equally far apart", () => {
  const places = [1e-4, 1e-3, 1e-2].map((value) => share(value, [1e-5, 1], true));
  assert.ok(Math.abs(places[1] - places[0] - (places[2] - places[1])) < 1e-12);
  assert.ok(Number.isNaN(share(0, [1e-5, 1], true)));
  assert.ok(Number.isNaN(share(2, [0, 1], false)));
});

test("axes of one step and of shares have ticks on them", () => {
  assert.deepEqual(stepRange([5]), [4, 6]);
  assert.deepEqual(stepRange([1, 9]), [1, 9]);
  assert.deepEqual(
    ticksUp([0, 1], false, true).map(({ label }) => label),
    ["0%", "50%", "100%"],
  );
  for (const { at } of ticksAcross([1, 4000])) assert.ok(at >= 1 && at <= 4000);
  for (const { at } of ticksUp([1e-9, 10], true, false)) assert.ok(at >= 1e-9 && at <= 10 * (1 + 1e-9));
});
