/** The page's reader of run files: what it takes, what it refuses, and in which words. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { readFile, readHeader } from "../../../web/files/run_file.js";
import { parse, Refused } from "../../../web/files/strict_json.js";
import { changed, HOSTILE, putTogether, REFUSED, RELEASED, raw, takeApart } from "./files.mjs";

/** @param {Uint8Array} bytes @param {RegExp} pattern */
function refuses(bytes, pattern) {
  const answer = readHeader(bytes);
  assert.equal(answer.ok, false);
  assert.match(/** @type {any} */ (answer).message, pattern);
}

test("a released file is taken, and summed up", () => {
  const answer = readHeader(RELEASED);
  assert.ok(answer.ok);
  const { config, ...summary } = answer.summary;
  assert.deepEqual(summary, {
    id: "released-1",
    name: "Released · 一",
    created: "2026-11-23T12:00:00+00:00",
    step: 45,
    parameters: 69,
    bytes: RELEASED.length,
    checkpoint: false,
  });
  assert.deepEqual(config.model, {
    hidden_dims: [4, 3],
    activation: "gelu",
    seed: 1,
    dtype: "float64",
    initialization: "xavier_uniform",
  });
});

test("a long file is read in parts, with the same answer, and the page has its turn in between", async () => {
  const { metadata, arrays } = takeApart(RELEASED);
  const data = new Uint8Array(2 ** 23).fill(7);
  const long = putTogether({
    metadata,
    arrays: [...arrays, { name: "best/layers/9/weights", dtype: "F32", shape: [2 ** 11, 2 ** 10], data }],
  });
  const damaged = long.slice();
  damaged[damaged.length - 1] ^= 1;
  for (const bytes of [RELEASED, long, damaged, RELEASED.subarray(1), raw("{]")]) {
    let turns = 0;
    let reading = true;
    const turn = () => setImmediate(() => ++turns && reading && turn());
    turn();
    const answer = await readFile(bytes);
    reading = false;
    assert.deepEqual(answer, readHeader(bytes));
    if (bytes.length > 2 ** 23) assert.ok(turns > 2, `${turns} turns`);
  }
});

test("bytes may be a part of a larger buffer", () => {
  const larger = new Uint8Array(RELEASED.length + 30);
  larger.set(RELEASED, 13);
  assert.ok(readHeader(larger.subarray(13, 13 + RELEASED.length)).ok);
});

const text = (/** @type {string} */ latin1) => Uint8Array.from(latin1, (it) => it.charCodeAt(0));

/** @type {[string, Uint8Array, RegExp][]} */
const OTHER_KINDS = [
  ["empty", text(""), /^This is an empty file, not a run file/],
  ["short", text("abc"), /^This is not a complete run file/],
  ["npz", text(`PK\x03\x04${"\0".repeat(26)}a.npy${"\0".repeat(99)}`), /a NumPy \.npz archive/],
  [
    "pt",
    text(`PK\x03\x04${"\0".repeat(26)}archive/data.pkl${"\0".repeat(99)}`),
    /a PyTorch \.pt file, which holds a pickle/,
  ],
  ["zip", text(`PK\x03\x04${"\0".repeat(99)}`), /a zip archive/],
  ["pickle", text(`\x80\x04\x95${"\0".repeat(99)}`), /a Python pickle, and pickles can run code/],
  ["old pickle", text(`\x80\x02}q\0X${"\0".repeat(99)}`), /a Python pickle/],
  ["npy", text(`\x93NUMPY${"\0".repeat(99)}`), /a NumPy \.npy file/],
  ["json", text('{"format": 1}'), /a text in JSON/],
  ["any", text("hello, world".repeat(20)), /not a complete run file/],
];
for (const [name, bytes, pattern] of OTHER_KINDS)
  test(`a file of another kind is named: ${name}`, () => refuses(bytes, pattern));

test("a file that is too large is refused unread", () =>
  refuses(new Uint8Array(336 * 2 ** 20 + 1), /^This file is too large/));

const ENTRY = '{"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}';
/** @type {[string | Uint8Array, RegExp][]} */
const HEADERS = [
  [`{${'"a":['.repeat(100_000)}`, /nested deeper/],
  [`${'{"a":'.repeat(4)}1${"}".repeat(4)}`, /nested deeper/],
  [`{"${'\\"'.repeat(1_000_000)}`, /must be JSON/],
  [`{${"]".repeat(1000)}${"[".repeat(1000)}`, /must be JSON/],
  ['{"a": 1, "a": 2}', /a key twice/],
  ['{"a": 1, "\\u0061": 2}', /a key twice/],
  ['{"a": {"b": 1, "b": 1}}', /a key twice/],
  ['{"__proto__": 1, "__proto__": 2}', /a key twice/],
  ['{"a": NaN}', /must be JSON/],
  ['{"a": 1e999}', /beyond the range/],
  ['{"a": ["\\ud800"]}', /half a surrogate pair/],
  ['{"\\udfff": 1}', /plain names as keys, got "\\udfff"/],
  ['{"\\u202e": 1}', /plain names as keys, got "\\u\{202e\}"/],
  [Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d), /UTF-8/],
  ["{,}", /must be JSON/],
  ["{}", /no __metadata__/],
  ['{"__metadata__": null}', /__metadata__ must be an object/],
  ['{"__metadata__": {"a": 1}}', /text under plain names/],
  ['{"__metadata__": {"__proto__": "1"}}', /text under plain names/],
  [`{"__metadata__": {${Array.from({ length: 65 }, (_, k) => `"a${k}": ""`).join()}}}`, /at most 64 keys/],
  [`{"__metadata__": {}, "__proto__": ${ENTRY}}`, /plain names/],
  [`{"__metadata__": {}, "1": ${ENTRY}}`, /plain names/],
  ['{"__metadata__": {}, "a": 1}', /must be an object/],
  [`{"__metadata__": {}, "a": ${ENTRY}}`, /cut short/],
  [`{"__metadata__": {}, "a": ${ENTRY.replace("F32", "BF16")}}`, /one of F64, F32, I32/],
  [`{"__metadata__": {}, "a": ${ENTRY.replace('"F32"', "[]")}}`, /one of F64, F32, I32/],
  [`{"__metadata__": {}, "a": ${ENTRY.replace("[1]", "[-1]")}}`, /whole numbers/],
  [`{"__metadata__": {}, "a": ${ENTRY.replace("[1]", "[1, 1, 1]")}}`, /at most 2/],
  [`{"__metadata__": {}, "a": ${ENTRY.replace("[1]", "[2]")}}`, /must lie at/],
  [`{"__metadata__": {}, "a": ${ENTRY.replace("[0, 4]", "[4, 8]")}}`, /must lie at/],
  [`{"__metadata__": {}, "a": ${ENTRY.replace("}", ', "more": 1}')}}`, /must have dtype, shape and data_offsets/],
  [`{"__metadata__": {}${Array.from({ length: 641 }, (_, k) => `, "a${k}": ${ENTRY}`).join("")}}`, /at most 640/],
];
for (const [header, pattern] of HEADERS)
  test(`a header that is not strict is refused: ${String(header).slice(0, 60)}`, () => refuses(raw(header), pattern));

test("bytes after the last array are refused", () =>
  refuses(Buffer.concat([RELEASED, text("abc")]), /must end with its last array, got 3 bytes more/));

test("a flipped bit is noticed wherever it is", () => {
  // One byte in seven, each time another bit: the checksum covers all alike.
  for (let place = 0; place < RELEASED.length; place += 7) {
    const damaged = RELEASED.slice();
    damaged[place] ^= 1 << (place % 8);
    assert.equal(readHeader(damaged).ok, false, `byte ${place}`);
  }
});

/** @type {[string, (parts: import("./files.mjs").Parts) => void, RegExp][]} */
const CHANGES = [
  ["no kind", ({ metadata }) => delete metadata.kind, /holds no run/],
  ["newer", ({ metadata }) => Object.assign(metadata, { format: "3" }), /newer version: format "3", and 2 is/],
  ["no config", ({ metadata }) => delete metadata.config, /config is missing/],
  ["surplus", ({ metadata }) => Object.assign(metadata, { surprise: "1" }), /surprise is unknown/],
  ["deep", ({ metadata }) => Object.assign(metadata, { config: "[".repeat(10_000) }), /nested deeper/],
  ["section", ({ metadata }) => Object.assign(metadata, { config: "{}" }), /config.dataset must be an object/],
  ["list", ({ metadata }) => Object.assign(metadata, { trainer: "[]" }), /trainer must be an object/],
  ["best", ({ metadata }) => Object.assign(metadata, { best: "3" }), /best must be an object/],
  ["step", ({ metadata }) => Object.assign(metadata, { trainer: '{"step": -1}' }), /step must be a whole number/],
  ["date", ({ metadata }) => Object.assign(metadata, { created: "2026-13-01T00:00:00Z" }), /created must be a date/],
  ["array", ({ arrays }) => Object.assign(arrays[0], { name: "surprise" }), /must not hold an array surprise/],
];
for (const [name, change, pattern] of CHANGES)
  test(`a file that contradicts itself is refused: ${name}`, () => refuses(changed(change), pattern));

for (const name of HOSTILE) {
  test(`a hostile name stays text: ${JSON.stringify(name).slice(0, 40)}`, () => {
    const answer = readHeader(changed(({ metadata }) => Object.assign(metadata, { name })));
    assert.ok(answer.ok);
    assert.equal(answer.summary.name, name);
  });
}

for (const name of REFUSED) {
  test(`a name that is none is refused: ${JSON.stringify(name).slice(0, 40)}`, () =>
    refuses(
      changed(({ metadata }) => Object.assign(metadata, { name })),
      /name must/,
    ));
}

for (const hostile of [...HOSTILE, ...REFUSED]) {
  test(`hostile ids, dates and fields are refused: ${JSON.stringify(hostile).slice(0, 40)}`, () => {
    for (const field of ["id", "created", "config", "trainer", "best", "kind", "format", "crc32"]) {
      if (field === "id" && /^\w{1,64}$/.test(hostile)) continue;
      if (field === "best" && hostile === "null") continue;
      const bytes = changed(({ metadata }) => Object.assign(metadata, { [field]: hostile }));
      assert.equal(readHeader(bytes).ok, field === "crc32"); // which is written anew
    }
  });
}

test("strict JSON reads what JSON reads", () => {
  const value = { a: [1, 2.5, -3e-7, null, true, '[{"\\é:'], b: { c: {} } };
  assert.deepEqual(parse("it", JSON.stringify(value, null, 2), 3), value);
  assert.throws(() => parse("it", JSON.stringify(value), 2), Refused);
});

test("no prototype is ever touched", () => {
  readHeader(raw('{"__metadata__": {"__proto__": {"polluted": 1}}, "constructor": {"prototype": {"polluted": 1}}}'));
  parse("it", '{"__proto__": {"polluted": 1}}', 3);
  assert.equal(/** @type {any} */ ({}).polluted, undefined);
});
