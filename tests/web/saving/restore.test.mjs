/** A saved run comes back as itself or not at all: which is said in the table. */

import assert from "node:assert/strict";
import test from "node:test";
import { damagedOf, USUAL } from "../../../web/runs/table.js";
import { belongsToAnother } from "../../../web/saving/restore.js";
import { changed, RELEASED, raw, takeApart } from "../files/files.mjs";

const { id } = takeApart(RELEASED).metadata;

test("a checkpoint under the id of another run is found out", () => {
  assert.equal(belongsToAnother(id, RELEASED), false);
  assert.equal(belongsToAnother("another", RELEASED), true);
  assert.equal(
    belongsToAnother(
      id,
      changed(({ metadata }) => Object.assign(metadata, { id: "another" })),
    ),
    true,
  );
});

test("a checkpoint that names no run is left to Python, which refuses it", () => {
  for (const bytes of [new Uint8Array([1, 2, 3]), raw("{]"), raw("{}")])
    assert.equal(belongsToAnother(id, bytes), false);
});

test("a run that is whole, but too large for memory, is not called damaged", () => {
  const remains = [{ name: "checkpoint.safetensors", bytes: RELEASED }];
  const state = (/** @type {object} */ run) =>
    /** @type {any} */ ({ saving: { damaged: [{ id, name: "Run", why: "", ...run }] }, runs: { table: USUAL } });
  const statusOf = (/** @type {object} */ run) => damagedOf(state(run))[0].status;
  assert.equal(statusOf({ remains, whole: true }), "not opened");
  assert.equal(statusOf({ remains, whole: false }), "damaged");
  assert.equal(statusOf({ remains: [], whole: false }), "lost");
});
