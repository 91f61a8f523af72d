/** Overviews along an axis: the largest magnitude of each unit, wherever it stands. */

import assert from "node:assert/strict";
import test from "node:test";
import { overview } from "../../../web/network/overview.js";

/** @param {number[]} shape @param {number[]} data */
const tensor = (shape, data) => ({ name: "layers/0/weights", shape, data: Float32Array.from(data) });

test("rows and columns have their number of the largest magnitude, with its sign", () => {
  const of = overview(tensor([2, 3], [1, -5, 2, -3, 4, 0]));
  assert.deepEqual(of(true, 2), { shape: [2, 1], data: Float64Array.of(-5, 4) });
  assert.deepEqual(of(false, 3), { shape: [1, 3], data: Float64Array.of(-3, -5, 2) });
  assert.equal(of(false, 3), of(false, 3), "computed once");
});

test("fewer pixels than units: each has the largest of its units; more: a unit has several", () => {
  const of = overview(tensor([1, 4], [1, -5, 2, 3]));
  assert.deepEqual([...of(false, 2).data], [-5, 3]);
  assert.deepEqual([...of(false, 1).data], [-5]);
  assert.deepEqual([...of(false, 8).data], [1, 1, -5, -5, 2, 2, 3, 3]);
});

test("a vector is one row", () => {
  assert.deepEqual([...overview(tensor([3], [1, 2, -3]))(false, 3).data], [1, 2, -3]);
});

test("a number that is not finite is not hidden by a larger one after it", () => {
  const of = overview(tensor([2, 2], [Number.NaN, 1, 9, Number.NEGATIVE_INFINITY]));
  assert.deepEqual([...of(true, 2).data], [Number.NaN, Number.NEGATIVE_INFINITY]);
  assert.deepEqual([...of(true, 1).data], [Number.NaN]);
});
