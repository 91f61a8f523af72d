/** Lines on axes: pure functions of their numbers. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { pathOf, rangeOf, share, stepRange, ticksAcross, ticksUp } from "../../../web/flow/line_plot.js";

const LOG = { log: true, range: null, mark: null };

test("a logarithmic range holds all that is above zero, and the mark", () => {
  const [low, high] = rangeOf(
    [
      [1e-6, 0, Number.NaN],
      [10, Number.POSITIVE_INFINITY],
    ],
    LOG,
  );
  assert.ok(low < -6 && low > -7 && high > 1 && high < 2);
  const marked = rangeOf([[1]], { ...LOG, mark: 1e-3 });
  assert.ok(marked[0] < -3 && marked[1] > 0);
  assert.deepEqual(rangeOf([[0, Number.NaN]], LOG), [-1, 0]);
  assert.deepEqual(rangeOf([[7]], { log: false, range: [0, 1], mark: null }), [0, 1]);
});

test("equal numbers have room around them", () => {
  const [low, high] = rangeOf([[3, 3]], { log: false, range: null, mark: null });
  assert.ok(low < 3 && high > 3);
});

test("decades are equally far apart", () => {
  const places = [1e-4, 1e-3, 1e-2].map((value) => share(value, [-5, 0], true));
  assert.ok(Math.abs(places[1] - places[0] - (places[2] - places[1])) < 1e-12);
  assert.ok(Number.isNaN(share(0, [-5, 0], true)));
  assert.ok(Number.isNaN(share(2, [0, 1], false)));
});

test("a line breaks where there is no number, and a number alone is a dot", () => {
  const steps = [0, 1, 2, 3, 4];
  assert.equal(pathOf(steps, [0, 1, Number.NaN, 1, Number.NaN], [0, 4], [0, 1], false), "M0 1000L250 0M750 0h.01");
  assert.equal(pathOf([], [], [0, 1], [0, 1], false), "");
});

test("axes of one step and of shares have ticks on them", () => {
  assert.deepEqual(stepRange([5]), [4, 6]);
  assert.deepEqual(stepRange([1, 9]), [1, 9]);
  assert.deepEqual(
    ticksUp([0, 1], false, true).map(({ label }) => label),
    ["0%", "20%", "40%", "60%", "80%", "100%"],
  );
  for (const { at } of [...ticksAcross([1, 4000]), ...ticksUp([-9, 1], true, false)]) assert.ok(at >= 0 && at <= 1);
});
