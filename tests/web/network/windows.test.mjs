/** Windows of long axes: the rows of a page, and what scrolls a cell into view. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { planOf } from "../../../web/network/geometry.js";
import { pageOf, showing } from "../../../web/network/windows.js";

const SPACE = { width: 596, height: 326, dpr: 1, zoom: null, phone: false, low: true };
const plan = planOf({ widths: [16, 300, 4], batch: 10, embedding: null }, SPACE);

test("a page has the rows of the window, where there is one", () => {
  const { rows } = plan.boxes.get("layers/1/weights");
  assert.ok(rows.shown < rows.units);
  assert.equal(pageOf(plan, "layers/1/weights"), rows.shown);
  assert.equal(pageOf(plan, "layers/0/weights"), undefined);
});

test("a row in any column scrolls the rows only", () => {
  const before = {};
  const after = showing(plan, before, { name: "layers/1/weights", row: 299, col: null }, true);
  assert.deepEqual(Object.keys(after), ["layers/0"]);
  assert.equal(showing(plan, before, { name: "layers/1/weights", row: null, col: null }, true), before);
});
