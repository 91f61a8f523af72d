import assert from "node:assert/strict";
import { test } from "node:test";
import { pathOf, route } from "../../../web/network/threads.js";

const rect = (left, top, width, height) => ({ left, top, right: left + width, bottom: top + height });
/** Two blocks: weights over pre-activations over activations. */
const W1 = rect(100, 40, 60, 60);
const Z1 = rect(100, 120, 60, 30);
const A1 = rect(100, 170, 60, 30);
const W2 = rect(200, 20, 60, 80);
const Z2 = rect(200, 120, 60, 30);
const ALL = [W1, Z1, A1, W2, Z2];

test("an operand under the cell goes straight up to its matrix", () => {
  const way = route({ rect: rect(210, 120, 5, 30), matrix: Z2 }, { rect: rect(210, 50, 5, 5), matrix: W2 }, ALL, 0);
  assert.deepEqual(way, [
    { x: 212.5, y: 120 },
    { x: 212.5, y: 100 },
  ]);
});

test("a column of activations goes below the matrices and enters the row from the left", () => {
  const way = route({ rect: rect(120, 170, 5, 30), matrix: A1 }, { rect: rect(210, 50, 5, 5), matrix: W2 }, ALL, 0);
  assert.deepEqual(way?.at(0), { x: 122.5, y: 200 });
  assert.deepEqual(way?.at(-1), { x: 200, y: 52.5 });
  assert.ok(way?.some(({ y }) => y > 200));
});

test("a row of activations goes through the gap to the row of the next layer", () => {
  const way = route({ rect: rect(100, 175, 60, 5), matrix: A1 }, { rect: rect(210, 125, 5, 5), matrix: Z2 }, ALL, 0);
  assert.deepEqual(way?.at(0), { x: 160, y: 177.5 });
  assert.deepEqual(way?.at(-1), { x: 200, y: 127.5 });
});

test("no way across a matrix", () => {
  const between = rect(150, 0, 40, 400);
  const way = route(
    { rect: rect(120, 45, 5, 5), matrix: W1 },
    { rect: rect(210, 50, 5, 5), matrix: W2 },
    [...ALL, between],
    0,
  );
  assert.equal(way, null);
});

test("corners are rounded", () => {
  assert.equal(
    pathOf([
      { x: 0, y: 0 },
      { x: 0, y: 20 },
      { x: 20, y: 20 },
    ]),
    "M0 0L0 16Q0 20 4 20L20 20",
  );
});
