/** Small histograms of all tensors. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { binsOf, outline, outlines, SMALL, symbolOf } from "../../../web/flow/small_histograms.js";

test("every finite value is in one bin, the least in the first and the largest in the last", () => {
  const bins = binsOf([0, 1, 2, Number.NaN, Number.POSITIVE_INFINITY, 24]);
  assert.equal(bins.length, SMALL.width);
  assert.equal(
    bins.reduce((sum, share) => sum + share, 0),
    1,
  );
  assert.deepEqual([bins[0], bins[1], bins[2], bins.at(-1)], [0.25, 0.25, 0.25, 0.25]);
});

test("equal values are one bar in the middle, and no finite value is no bar", () => {
  assert.equal(binsOf([3, 3, 3])[SMALL.width / 2], 1);
  assert.deepEqual(binsOf([Number.NaN]), []);
  assert.equal(outline([]), "");
});

test("numbers as far apart as float64 has them are counted", () => {
  const bins = binsOf([-Number.MAX_VALUE, Number.MAX_VALUE]);
  assert.deepEqual([bins[0], bins.at(-1)], [0.5, 0.5]);
});

test("of a large tensor some 4,000 values are counted, from all over it", () => {
  const bins = binsOf(Float32Array.from({ length: 1_000_000 }, (_, i) => i));
  for (const share of bins) assert.ok(Math.abs(share - 1 / SMALL.width) < 0.001);
});

test("tensors are called by the letters of the formulas, layers counted from 1", () => {
  const names = ["inputs", "layers/0/weights", "layers/2/grad_pre_activations", "layers/1/first_moment_biases"];
  assert.deepEqual(names.map(symbolOf), ["x", "W 1", "∂L/∂z 3", "m of b 2"]);
});

test("the fullest bar has the whole height", () => {
  assert.match(outline([0.5, 0.25]), /^M0 12V0\.0h1V6\.0h1V12Z$/);
});

test("while training plays the pictures change four times a second", () => {
  const made = (/** @type {number} */ value) => [
    { name: "inputs", shape: [2], data: Float32Array.of(0, value, value, value) },
  ];
  const first = outlines(made(1), true, 0).get("inputs");
  assert.equal(outlines(made(Number.NaN), true, 249).get("inputs"), first);
  assert.notEqual(outlines(made(Number.NaN), true, 250).get("inputs"), first);
  assert.equal(outlines(made(1), false, 251).get("inputs"), first);
});
