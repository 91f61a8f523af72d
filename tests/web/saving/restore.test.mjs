/** What is read back from the storage is checked before Python sees it, as a file from outside is. */

import assert from "node:assert/strict";
import test from "node:test";
import { damagedOf, USUAL } from "../../../web/runs/table.js";
import { refusalOf } from "../../../web/saving/restore.js";
import { changed, RELEASED, raw, takeApart } from "../files/files.mjs";

const { id } = takeApart(RELEASED).metadata;

test("a run that was kept here is given back", () => {
  assert.equal(refusalOf(id, RELEASED), "");
});

const PLANTED = {
  "nested deeper": changed(({ metadata }) => Object.assign(metadata, { config: "[".repeat(4096) + "]".repeat(4096) })),
  "control characters": changed(({ metadata }) => Object.assign(metadata, { name: "a\nb" })),
  "is unknown": changed(({ metadata }) => Object.assign(metadata, { surplus: "1" })),
  "not a complete run file": new Uint8Array([1, 2, 3]),
  "must be JSON": raw("{]"),
  "another run": changed(({ metadata }) => Object.assign(metadata, { id: "another" })),
};
for (const [why, bytes] of Object.entries(PLANTED)) {
  test(`a planted record is refused: ${why}`, () => {
    const refusal = refusalOf(id, bytes);
    assert.match(refusal, new RegExp(`^Its checkpoint (is|belongs to) .*${why}.*\\.$`));
  });
}

test("the long sum over all bytes is not made again: the seal around them has been checked", () => {
  const flipped = RELEASED.slice();
  flipped[flipped.length - 1] ^= 1;
  assert.equal(refusalOf(id, flipped), "");
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
