/** Lines on axes, bars and ridges: pure functions of their numbers. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { bars, commonRange, ridges, spread } from "../../web/draw/histogram.js";
import { pathOf, rangeOf, share, stepRange, ticksAcross, ticksUp } from "../../web/draw/lines.js";
import { newWarnings } from "../../web/flowing.js";

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

test("of many the last is always shown, and of few all", () => {
  assert.deepEqual(spread(3, 24), [0, 1, 2]);
  const picked = spread(63, 24);
  assert.equal(picked.length, 24);
  assert.equal(picked[23], 62);
  assert.equal(new Set(picked).size, 24);
  assert.deepEqual(spread(0, 24), []);
});

test("a warning is said when it is new, and not again while it stands", () => {
  const answer = (/** @type {string} */ run_id, /** @type {string[]} */ ...kinds) =>
    /** @type {any} */ ({ run_id, warnings: kinds.map((kind) => ({ kind, text: `It is ${kind}.` })) });
  const none = answer("a");
  const dead = answer("a", "dead");
  const both = answer("a", "dead", "large");
  assert.equal(newWarnings(null, none), "");
  assert.equal(newWarnings(null, dead), "It is dead.");
  assert.equal(newWarnings(none, both), "It is dead. It is large.");
  assert.equal(newWarnings(dead, dead), "");
  assert.equal(newWarnings(dead, both), "It is large.");
  assert.equal(newWarnings(both, dead), "");
  assert.equal(newWarnings(none, dead), "It is dead."); // withdrawn, and raised anew
  assert.equal(newWarnings(dead, answer("b", "dead")), "It is dead."); // of another run
});
