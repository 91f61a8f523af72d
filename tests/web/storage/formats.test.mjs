/** Every format ever released can still be read; anything else says what is wrong with it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "../../../web/files/crc32.js";
import { restore } from "../../../web/storage/choose_copy.js";
import { FORMAT, seal, unseal } from "../../../web/storage/sealed.js";
import { OLD_FORMATS, present, recordsOf, textOf } from "./fixtures.mjs";

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

// Another layout needs another number: raise FORMAT in sealed.js, keep a reader of the old one, then run fixtures.mjs.
test("what is sealed today is, to the last byte, what was sealed when this format was new", () => {
  assert.equal(`${JSON.stringify(present(), null, 2)}\n`, textOf(FORMAT));
});

for (const format of OLD_FORMATS) {
  test(`format ${format} is read`, async () => {
    const { expected, found, copy } = recordsOf(format);
    for (const sources of [
      [found, null],
      [null, copy],
    ]) {
      const { run } = await restore("run-1", { found: sources[0], copy: sources[1] });
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

test("a format from the future is not touched, and says so", async () => {
  const newer = sealed.slice();
  newer[4] = 3;
  const { run } = await restore("run-1", { found: found([newer]) });
  assert.equal(run.status, "damaged");
  assert.match(run.why, /newer version of this page \(format 3\)/);
  assert.deepEqual(run.remains, [{ name: "checkpoint-0", bytes: newer }]);
});

test("what stands in the wrong place is not taken for this run's", async () => {
  const { run } = await restore("run-2", { found: found([sealed]) });
  assert.equal(run.status, "damaged");
});

test("values of any kind in the place of bytes are damage, not an exception", async () => {
  for (const value of [undefined, null, 1, "x", {}, [], new Float64Array(9), new Uint8Array(0)]) {
    const copy = { slots: [value], log: [value] };
    const { run } = await restore("run-1", { found: { ...found([value, value]), chunks: [value] }, copy });
    assert.equal(run.checkpoint, null);
  }
});

/** Sealed as it should be, with a header that nobody but a stranger writes. @param {string} text */
function sealedText(text) {
  const body = new Uint8Array([1, 2, 3]);
  const header = new TextEncoder().encode(text);
  const bytes = new Uint8Array(24 + header.length + body.length);
  const view = new DataView(bytes.buffer);
  [0x53525042, FORMAT, header.length, body.length, crc32(body)].forEach((value, i) => {
    view.setUint32(4 * i, value, true);
  });
  bytes.set(header, 24);
  bytes.set(body, 24 + header.length);
  view.setUint32(20, crc32(header, crc32(bytes.subarray(0, 20))), true);
  return bytes;
}

const OWN = '"id": "run-1", "sequence": 7';
const HOSTILE = {
  "nested deeper than 8 levels": `{${OWN}, "summary": ${"[".repeat(4000)}${"]".repeat(4000)}}`,
  "not have a key twice": `{${OWN}, "sequence": 8}`,
  "plain names as keys": `{${OWN}, "summary": {"a key": 1}}`,
  "beyond the range of float64": `{${OWN}, "summary": {"step": 1e999}}`,
  "half a surrogate pair": `{${OWN}, "summary": {"name": "\\ud800"}}`,
  "must be JSON": `{${OWN},}`,
  "must be an object": "[1, 2]",
  "too long": `{${OWN}, "summary": "${"x".repeat(5_000_000)}"}`,
};
for (const [what, text] of Object.entries(HOSTILE)) {
  test(`a record whose description is a stranger's is damaged: ${what}`, async () => {
    assert.throws(() => unseal(sealedText(text)), { name: "Damaged", message: new RegExp(what) });
    const { run } = await restore("run-1", { found: found([sealedText(text), sealed]) });
    assert.deepEqual([run.status, run.summary.step], ["ok", 7]);
    const { run: alone } = await restore("run-1", { found: found([sealedText(text)]) });
    assert.match(alone.why, new RegExp(what));
    assert.equal(alone.remains.length, 1);
  });
}

test("a checkpoint in many parts is checked as a whole, and the newest that is whole counts", async () => {
  const body = (byte) => new Uint8Array(3 * 2 ** 20 + 5).fill(byte);
  const slot = (sequence, byte) => seal({ id: "run-1", sequence, summary: { step: sequence } }, body(byte));
  const [older, newer] = [slot(6, 1), slot(7, 2)];
  const { run } = await restore("run-1", { found: found([older, newer]) });
  assert.deepEqual(run.checkpoint, body(2));
  newer[newer.length - 2] ^= 1;
  const { run: previous } = await restore("run-1", { found: found([older, newer]) });
  assert.deepEqual([previous.status, previous.summary.step], ["previous slot", 6]);
  assert.match(previous.why, /its checksum differs/);
});
