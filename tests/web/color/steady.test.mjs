/** Scales while training plays: outwards at once, inwards late and in one step. */

import assert from "node:assert/strict";
import test from "node:test";
import { parted, USUAL } from "../../../web/color/column_scale.js";
import { createSteady } from "../../../web/color/steady.js";

/** A steady scale, painted every `ms` milliseconds. */
function playing(ms) {
  let time = 0;
  const steady = createSteady(() => time);
  return (max, quartile = 0.1, key = "a") => {
    time += ms;
    return steady(key, { min: -max / 2, max, quartile });
  };
}

test("a number beyond the end moves it at once", () => {
  const paint = playing(16);
  assert.deepEqual(paint(1), { min: -0.5, max: 1, threshold: 0.1 });
  assert.deepEqual(paint(1.5), { min: -0.75, max: 1.5, threshold: 0.1 });
  assert.deepEqual(paint(0.8), { min: -0.75, max: 1.5, threshold: 0.1 });
  assert.equal(paint(1, 0.3).threshold, 0.2);
  assert.equal(paint(1, 0.15).threshold, 0.2, "a quartile that is over half of it leaves it there");
});

for (const [what, ms, passes] of [
  ["at full speed after 1.5 s", 16, Math.ceil(1500 / 16) + 1],
  ["at one step a second after 30 painted passes", 1000, 30],
])
  test(`it shrinks in one step, ${what} under half`, () => {
    const paint = playing(ms);
    paint(1, 0.1);
    for (let pass = 1; pass < passes; pass++) assert.equal(paint(0.4, 0.01).max, 1, String(pass));
    assert.deepEqual(paint(0.4, 0.01), { min: -0.2, max: 0.4, threshold: 0.01 });
    paint(1, 0.1);
    for (let pass = 1; pass < passes; pass++) paint(0.4, 0.01);
    assert.equal(paint(0.6, 0.06).max, 1, "one pass over half begins anew");
    for (let pass = 1; pass < passes; pass++) assert.equal(paint(0.4, 0.06).max, 1);
  });

test("layers are held each by itself; what is not finite is not held", () => {
  const paint = playing(16);
  paint(1, 0.1, "a");
  assert.equal(paint(0.1, 0.1, "b").max, 0.1);
  assert.ok(Number.isNaN(paint(Number.NaN, 0, "b").max));
  assert.equal(paint(0.2, 0.1, "b").max, 0.2);
});

test("a column that moves is painted on the held scale, one that stands still on its own", () => {
  const steady = createSteady(() => 0);
  const column = (max) => ({
    tensors: [{ name: "inputs", shape: [2], data: Float32Array.of(-max / 2, max) }],
    scale: { min: -max / 2, p25: 0, p50: 0, p75: 0, max, magnitude_p25: max / 4, not_finite: 0 },
  });
  const high = (moving) => parted(moving, USUAL.forward, true)("inputs").norm.high;
  assert.equal(high({ ...column(2), steady }), 2);
  assert.equal(high({ ...column(1), steady }), 2);
  assert.equal(high(column(1)), 1);
});
