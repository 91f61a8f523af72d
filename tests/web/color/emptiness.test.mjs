/** Matrices that look empty, and the number that is said of them. */

import assert from "node:assert/strict";
import test from "node:test";
import { emptiness, hasRoom, largestOf, tooSmall } from "../../../web/color/emptiness.js";
import { norm } from "../../../web/color/scale.js";

const symlog = norm({ min: -2, max: 3 }, true, 0.01);
const linear = norm({ min: -1, max: 1 }, true);

test("the largest magnitude, and none of what is not finite", () => {
  assert.equal(largestOf(Float32Array.of(0, -3, 2)), 3);
  assert.equal(largestOf(Float32Array.of()), 0);
  assert.ok(Number.isNaN(largestOf(Float32Array.of(1, Number.NaN, 2))));
  assert.ok(Number.isNaN(largestOf(Float32Array.of(1, Number.NEGATIVE_INFINITY, 2))));
});

test("a matrix in the first sixteenth of its scale says its largest magnitude, rounded up", () => {
  for (const [largest, words] of [
    [0, "all 0"],
    [3.2e-9, "≤ 4e-9"],
    [4e-9, "≤ 4e-9"],
    [9.1e-5, "≤ 1e-4"],
    [0.00041, "≤ 0.0005"],
    [5e-324, "≤ 5e-324"],
    [0.05, null],
    [3, null],
    [Number.NaN, null],
  ])
    assert.equal(emptiness(largest, symlog)?.replace("0.0001", "1e-4") ?? null, words, String(largest));
  assert.equal(emptiness(0.055, linear), "≤ 0.06");
  assert.equal(emptiness(0.065, linear), null);
  assert.equal(emptiness(1e-9, norm({ min: 0, max: 1 }, false)), null, "a plain scale has no colour of zero");
});

test("matrices that look empty are counted, biases and zeros are not", () => {
  const tensor = (name, shape, value) => ({ name, shape, data: new Float32Array(shape[0]).fill(value) });
  const tensors = [
    tensor("layers/0/weights", [4, 1], 1e-6),
    tensor("layers/0/biases", [4], 1e-6),
    tensor("layers/1/weights", [4, 1], 0),
    tensor("layers/2/weights", [4, 1], 0.5),
  ];
  assert.deepEqual(
    tooSmall({ tensors }, () => ({ norm: linear })),
    ["layers/0/weights"],
  );
});

test("the label needs room", () => {
  assert.ok(hasRoom({ width: 56, height: 16 }));
  assert.ok(!hasRoom({ width: 55, height: 160 }) && !hasRoom({ width: 560, height: 15 }));
});
