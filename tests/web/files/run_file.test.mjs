/** The page's first look at run files: where the header ends, and the kind, id and name that it states. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { BEGINNING, endOfHeader, KIND, readLabel } from "../../../web/files/run_file.js";
import { changed, HOSTILE, RELEASED, raw } from "./files.mjs";

const LABEL = { kind: KIND, id: "released-1", name: "Released · 一" };
const latin1 = (/** @type {string} */ text) => Uint8Array.from(text, (it) => it.charCodeAt(0));

test("the label of a released file is read, from its header alone too", () => {
  assert.deepEqual(readLabel(RELEASED), LABEL);
  const end = endOfHeader(RELEASED.subarray(0, BEGINNING), RELEASED.length);
  assert.ok(end > BEGINNING && end < RELEASED.length);
  assert.deepEqual(readLabel(RELEASED.subarray(0, end), RELEASED.length), LABEL);
});

test("bytes may be a part of a larger buffer", () => {
  const larger = new Uint8Array(RELEASED.length + 30);
  larger.set(RELEASED, 13);
  assert.deepEqual(readLabel(larger.subarray(13, 13 + RELEASED.length)), LABEL);
});

const OTHERS = {
  empty: "",
  short: "abc",
  archive: `PK\x03\x04${"\0".repeat(99)}`,
  pickle: `\x80\x04\x95${"\0".repeat(99)}`,
  JSON: '{"format": 1}',
  text: "hello, world".repeat(20),
  "no header": "\x01\0\0\0\0\0\0\0{}",
  "a header beyond the end": "\x03\0\0\0\0\0\0\0{}",
  "a header without end": "\xff\xff\xff\xff\xff\xff\xff\xff{}",
};
for (const [name, text] of Object.entries(OTHERS)) {
  test(`other files have no header: ${name}`, () => {
    const bytes = latin1(text);
    assert.equal(endOfHeader(bytes, bytes.length), 0);
    assert.equal(readLabel(bytes), null);
  });
}

test("a header of more than 4 MiB is none", () => {
  const header = (/** @type {number} */ length) => {
    const bytes = raw("{}");
    new DataView(bytes.buffer).setUint32(0, length, true);
    return bytes;
  };
  assert.equal(endOfHeader(header(2 ** 22), 2 ** 23), 8 + 2 ** 22);
  assert.equal(endOfHeader(header(2 ** 22 + 1), 2 ** 23), 0);
});

const UNREADABLE = {
  "not JSON": raw("{]"),
  "not UTF-8": raw(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d)),
  "cut short": raw(`{"__metadata__": {"kind": "${KIND}"`),
};
for (const [name, bytes] of Object.entries(UNREADABLE))
  test(`what cannot be read is left to Python: ${name}`, () => assert.equal(readLabel(bytes), null));

test("a header as deep as it can be is read, or left to Python", () => {
  const deep = `{"a": ${"[".repeat(2 ** 20)}${"]".repeat(2 ** 20)}}`;
  assert.ok([null, ""].includes(readLabel(raw(deep))?.kind ?? null));
});

test("what states no text states nothing", () => {
  for (const header of ["{}", '{"__metadata__": null}', '{"__metadata__": {"kind": {}, "id": 1, "name": ["a"]}}'])
    assert.deepEqual(readLabel(raw(header)), { kind: "", id: "", name: "" });
  readLabel(raw('{"__metadata__": {"__proto__": {"polluted": 1}}, "constructor": {"prototype": {"polluted": 1}}}'));
  assert.equal(/** @type {any} */ ({}).polluted, undefined);
});

for (const name of HOSTILE) {
  test(`a hostile name stays text: ${JSON.stringify(name).slice(0, 40)}`, () => {
    const label = readLabel(changed(({ metadata }) => Object.assign(metadata, { name })));
    assert.deepEqual(label, { ...LABEL, name });
  });
}
