/** The link to an explained cell: which one it names, and what it refuses. */

import assert from "node:assert/strict";
import test from "node:test";
import { readWhy, trailOf, writeWhy } from "../../../web/explain/link.js";

const CELL = { tensor: "layers/1/grad_weights", row: 3, col: 7 };

test("the link names a cell", () => {
  assert.deepEqual(readWhy("#why=layers/1/grad_weights,3,7"), { place: CELL, notice: "" });
  assert.deepEqual(readWhy("present&why=layers%2F1%2Fgrad_weights%2C3%2C7").place, CELL);
  assert.deepEqual(readWhy("#hidden=32"), { place: null, notice: "" });
});

test("what is no cell is refused and quoted", () => {
  for (const text of [
    "",
    "layers/1/grad_weights",
    "layers/1/grad_weights,3",
    "layers/1/grad_weights,3,7,9",
    "layers/1/grad_weights,-3,7",
    "layers/1/grad_weights,3,1e1",
    "layers/1/grad_weights,3,99999999",
    "%3Cimg src=x onerror=alert(1)%3E,0,0",
    "%E0%A4%A,0,0",
    "%u202e,0,0",
    "a".repeat(100_000),
    "../../etc/passwd,0,0",
  ]) {
    const { place, notice } = readWhy(`#why=${text}`);
    assert.equal(place, null, text);
    assert.match(notice, /^In the link, "why" must be a tensor, a row and a column, .* got /, text);
    assert.ok(notice.length < 400);
  }
});

test("the rest of the fragment is kept", () => {
  assert.equal(writeWhy("#why=inputs,1,2&present", { tensor: "inputs", row: 3, col: 4 }), "present&why=inputs,3,4");
  assert.equal(writeWhy("#why=inputs,1,2&present", null), "present");
});

test("a trail of the history is taken whole or not at all", () => {
  assert.deepEqual(trailOf({ why: [CELL, { tensor: "inputs", row: 0, col: 1 }] }), [
    CELL,
    { tensor: "inputs", row: 0, col: 1 },
  ]);
  for (const state of [null, undefined, 7, {}, { why: "layers" }, { why: [CELL, { tensor: "<b>", row: 0, col: 0 }] }])
    assert.deepEqual(trailOf(state), []);
});
