/** Sparklines: few points, within their box, and none without a curve. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { pathOf } from "../../../web/runs/sparkline.js";

const size = { width: 72, height: 20 };
const pointsOf = (path) =>
  path
    .slice(1)
    .split("L")
    .map((point) => point.split(" ").map(Number));

test("from the first loss at the left to the last at the right", () => {
  assert.deepEqual(pointsOf(pathOf([2, 1, 0], size)), [
    [1.5, 1.5],
    [36, 10],
    [70.5, 18.5],
  ]);
});

test("many losses are averaged", () => {
  const points = pointsOf(
    pathOf(
      Array.from({ length: 1000 }, (_, i) => 1000 - i),
      size,
    ),
  );
  assert.ok(points.length <= 36);
  assert.ok(points.every(([x, y]) => x >= 1.5 && x <= 70.5 && y >= 1.5 && y <= 18.5));
  assert.ok(points.every(([, y], i) => i === 0 || y >= points[i - 1][1]));
});

test("no line without two finite losses", () => {
  assert.equal(pathOf([], size), "");
  assert.equal(pathOf([1, Number.NaN, Number.POSITIVE_INFINITY], size), "");
  assert.deepEqual(pointsOf(pathOf([0, 0], size)), [
    [1.5, 18.5],
    [70.5, 18.5],
  ]);
});
