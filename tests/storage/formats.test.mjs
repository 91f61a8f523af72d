/** Every format ever released can still be read; anything else says what is wrong with it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "../../web/storage/crc.js";
import { restore } from "../../web/storage/restore.js";
import { FORMAT, seal, unseal } from "../../web/storage/sealed.js";
import { OLD_FORMATS, recordsOf } from "./fixtures.mjs";

test("CRC-32 has its published check value", () => {
  assert.equal(crc32(new TextEncoder().encode("123456789")), 0xcbf43926);
  assert.equal(crc32(new TextEncoder().encode("6789"), crc32(new TextEncoder().encode("12345"))), 0xcbf43926);
});

test("there is a fixture of every format", () => {
  assert.deepEqual(
    OLD_FORMATS,
    Array.from({ length: FORMAT }, (_, i) => i + 1),
  );
});

for (const format of OLD_FORMATS) {
  test(`format ${format} is read`, () => {
    const { expected, found, copy } = recordsOf(format);
    for (const sources of [
      [found, null],
      [null, copy],
    ]) {
      const { run } = restore("run-1", ...sources, null);
      assert.deepEqual(run.summary, expected.summary);
      assert.deepEqual([...run.checkpoint], expected.checkpoint);
      assert.equal(run.history.generation, expected.generation);
      assert.deepEqual([...run.history.values], expected.history);
    }
  });
}

const sealed = seal({ id: "run-1", sequence: 7, summary: { name: "A run", step: 7 } }, new Uint8Array([1, 2, 3]));
const found = (slots) => ({
  slots,
  chunks: [],
  lease: { format: 1, epoch: 1, sequence: 7, removed: false },
  summary: undefined,
});

test("a checksum that is known already makes the same bytes", () => {
  const body = new Uint8Array([1, 2, 3]);
  assert.deepEqual(seal({ id: "run-1" }, body, crc32(body)), seal({ id: "run-1" }, body));
});

test("every flipped bit is found", () => {
  for (let bit = 0; bit < 8 * sealed.length; bit++) {
    const flipped = sealed.slice();
    flipped[bit >> 3] ^= 1 << (bit & 7);
    assert.throws(() => unseal(flipped), { name: "Damaged" }, `bit ${bit}`);
  }
});

test("every cut is found", () => {
  for (let length = 0; length < sealed.length; length++) {
    assert.throws(() => unseal(sealed.subarray(0, length)), { name: "Damaged" });
  }
});

test("a format from the future is not touched, and says so", () => {
  const newer = sealed.slice();
  newer[4] = 2;
  const { run } = restore("run-1", found([newer]), null, null);
  assert.equal(run.status, "damaged");
  assert.match(run.why, /newer version of this page \(format 2\)/);
  assert.deepEqual(run.remains, [{ name: "checkpoint-0", bytes: newer }]);
});

test("what stands in the wrong place is not taken for this run's", () => {
  assert.equal(restore("run-2", found([sealed]), null, null).run.status, "damaged");
});

test("values of any kind in the place of bytes are damage, not an exception", () => {
  for (const value of [undefined, null, 1, "x", {}, [], new Float64Array(9), new Uint8Array(0)]) {
    assert.equal(
      restore("run-1", { ...found([value, value]), chunks: [value] }, { slots: [value], log: [value] }, null).run
        .checkpoint,
      null,
    );
  }
});
