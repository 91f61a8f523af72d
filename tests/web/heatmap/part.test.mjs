/** The part of a matrix that is shown: which numbers its pixels have. */

import assert from "node:assert/strict";
import test from "node:test";
import { isSameView, numbersOf, pixelsOf } from "../../../web/heatmap/part.js";

/** Numbers 0, 1, 2, … row by row. @param {number} rows @param {number} columns */
const counted = (rows, columns) => Float32Array.from({ length: rows * columns }, (_, i) => i);

/** @param {Partial<import("../../../web/heatmap/part.js").View>} part */
const view = (part) => ({ row: 0, col: 0, rows: 4, columns: 6, width: 60, height: 40, scale: 1, ...part });

test("a whole matrix is shown as it is, without a copy", () => {
  const data = counted(4, 6);
  assert.deepEqual(pixelsOf(view({})), [4, 6]);
  assert.equal(numbersOf(data, 6, view({}), [4, 6]), data);
});

test("of a window only its cells", () => {
  const part = view({ row: 1, col: 2, rows: 2, columns: 3, width: 30, height: 20 });
  assert.deepEqual(pixelsOf(part), [2, 3]);
  assert.deepEqual([...numbersOf(counted(4, 6), 6, part, [2, 3])], [8, 9, 10, 14, 15, 16]);
});

test("a window with all columns is no whole matrix", () => {
  const part = view({ row: 2, rows: 2 });
  assert.deepEqual([...numbersOf(counted(4, 6), 6, part, [2, 6])], [12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23]);
});

test("float64 stays float64", () => {
  const data = Float64Array.of(1e300, 2, 3, 4);
  const part = view({ col: 0, rows: 2, columns: 1, width: 10, height: 20 });
  assert.deepEqual(numbersOf(data, 2, part, [2, 1]), Float64Array.of(1e300, 3));
});

test("no more pixels than the screen has, and no more than there are cells", () => {
  assert.deepEqual(pixelsOf(view({ rows: 700, columns: 700, width: 350, height: 350 })), [350, 350]);
  assert.deepEqual(pixelsOf(view({ rows: 700, columns: 700, width: 350, height: 350, scale: 1.5 })), [525, 525]);
  assert.deepEqual(pixelsOf(view({ rows: 700, columns: 700, width: 350, height: 350, scale: 3 })), [700, 700]);
  assert.deepEqual(pixelsOf(view({ rows: 3, columns: 3, width: 0.2, height: 0.2 })), [1, 1]);
});

test("a pixel over several cells has the number at its centre", () => {
  const columns = (/** @type {number} */ count, /** @type {number} */ pixels) => [
    ...numbersOf(counted(1, count), count, view({ rows: 1, columns: count }), [1, pixels]),
  ];
  assert.deepEqual(columns(6, 3), [1, 3, 5]);
  assert.deepEqual(columns(6, 2), [1, 4]);
  assert.deepEqual(columns(5, 2), [1, 3]);
  assert.deepEqual(columns(7, 1), [3]);
  assert.deepEqual([...numbersOf(counted(4, 4), 4, view({ row: 1, col: 1, rows: 3, columns: 3 }), [1, 1])], [10]);
});

test("two views are the same if all of their places are", () => {
  assert.ok(isSameView(undefined, undefined));
  assert.ok(!isSameView(undefined, view({})));
  assert.ok(isSameView(view({}), view({ isMoving: true })));
  for (const part of ["row", "col", "rows", "columns", "width", "height", "scale"])
    assert.ok(!isSameView(view({}), view({ [part]: 77 })), part);
});
