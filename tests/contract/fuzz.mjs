/**
 * Damaged run files and links, FUZZ_COUNT together: each is taken or refused in a sentence.
 *
 * FUZZ_FOLDER names a folder with run files to damage and nothing else; without it the released one is. The files that are
 * taken are written there, to `taken`, each once and after its length: tests/contract/test_run_files.py gives them to Python.
 */

import { deepEqual } from "node:assert"; // to which -0 is 0
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { formatFragment, leaveOut, parseFragment } from "../../web/config/fragment.js";
import { readHeader } from "../../web/files/run_file.js";
import { isSentence, putTogether, RELEASED, randomness, raw, takeApart, textChanged } from "../web/files/files.mjs";

Error.stackTraceLimit = 0; // most files end in an error, and where it was made takes longer than all else
const COUNT = Number(process.env.FUZZ_COUNT ?? 10_000);
const FILES = 0.6 * COUNT;
const FRAGMENTS = 0.4 * COUNT;

/** @typedef {ReturnType<typeof randomness>} Random */

const PIECES = [
  '"',
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "\\",
  "0",
  "-1",
  "1e999",
  "null",
  "[[[[[[",
  '{"a":',
  "\\ud800",
  "\0",
  "é",
  "NaN",
  "__proto__",
];
const VALUES = [
  null,
  true,
  0,
  1,
  -1,
  2 ** 53,
  0.5,
  1e308,
  "",
  "NaN",
  "9".repeat(30),
  [],
  [[]],
  {},
  "__proto__",
  "\u202e",
  "\ud800",
];
const NAMES = [
  "__proto__",
  "constructor",
  "a",
  "1",
  "layers/0/weights",
  "layers/99/biases",
  "../x",
  "x".repeat(100),
  "",
];

/** A run file to be damaged, and its parts. @param {Uint8Array} bytes */
function base(bytes) {
  const end = 8 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = new TextDecoder().decode(bytes.subarray(8, end));
  return { bytes, header, body: bytes.subarray(end), parts: takeApart(bytes) };
}
/** @typedef {ReturnType<typeof base>} Base */

const { FUZZ_FOLDER } = process.env;
const FILES_THERE = FUZZ_FOLDER ? readdirSync(FUZZ_FOLDER).sort() : [];
const BASES = FILES_THERE.map((name) => base(new Uint8Array(readFileSync(`${FUZZ_FOLDER}/${name}`))));
if (BASES.length === 0) BASES.push(base(RELEASED));

/** What is text in the metadata; all else there is JSON. */
const TEXTS = ["kind", "format", "id", "name", "created", "crc32"];
const JSONS = Object.keys(BASES[0].parts.metadata).filter((key) => !TEXTS.includes(key));

/** @type {((from: Base, random: Random) => Uint8Array)[]} */
const MUTATORS = [
  bytesChanged,
  ({ header, body }, random) => raw(textChanged(header, random, PIECES), body),
  ({ header, body }, random) => raw(JSON.stringify(valueChanged(JSON.parse(header), random)), body),
  (from, random) =>
    inside(from, random, ({ metadata }) => {
      const key = random.choice(Object.keys(metadata));
      metadata[key] = textChanged(metadata[key], random, PIECES);
    }),
  (from, random) =>
    inside(from, random, ({ metadata }) => {
      const key = random.choice(JSONS);
      metadata[key] = JSON.stringify(valueChanged(JSON.parse(metadata[key]), random));
    }),
  (from, random) =>
    inside(from, random, ({ arrays }) => {
      const at = random.below(arrays.length);
      const field = random.choice(["name", "dtype", "shape"]);
      const value = field === "name" ? random.choice(NAMES) : valueChanged(arrays[at][field], random);
      arrays[at] = { ...arrays[at], [field]: value };
    }),
  (from, random) => inside(from, random, ({ arrays }) => arrays.splice(random.below(arrays.length), 1)),
];

/** @param {Base} from @param {Random} random @param {(parts: Base["parts"]) => unknown} change  of lists that are copies */
function inside({ bytes, parts }, random, change) {
  const changed = { metadata: { ...parts.metadata }, arrays: [...parts.arrays] };
  change(changed);
  const whole = putTogether(changed);
  return random.next() < 0.05 ? whole.subarray(0, random.below(bytes.length)) : whole;
}

/** @param {Base} from @param {Random} random */
function bytesChanged(from, random) {
  let bytes = from.bytes.slice();
  for (let count = random.choice([1, 1, 2, 8]); count > 0; count--) {
    const at = random.below(bytes.length);
    const cut = random.choice([0, 0, 1, 8, 1000]);
    const added = Uint8Array.from({ length: random.choice([0, 1, 8]) }, () => random.below(256));
    if (cut === 0 && added.length === 0) bytes[at] = random.below(256);
    else bytes = new Uint8Array(Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + cut)]));
  }
  return bytes;
}

/** @param {any} value @param {Random} random @returns {any} */
function valueChanged(value, random) {
  if (Array.isArray(value) && value.length && random.next() < 0.7) {
    const at = random.below(value.length);
    return value.toSpliced(at, random.choice([0, 1]), valueChanged(value[at], random));
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value) && random.next() < 0.9) {
    const key = random.choice([...Object.keys(value), "more"]);
    const { [key]: item, ...others } = value;
    return random.next() < 0.1 ? others : { ...value, [key]: valueChanged(item, random) };
  }
  if (typeof value === "number" && random.next() < 0.5) return value + random.choice([-1, 1, 0.5]);
  return random.choice(VALUES);
}

test(`${FILES} run files`, () => {
  const random = randomness(1);
  /** @type {Uint8Array[]} */
  const taken = [];
  for (let k = 0; k < FILES; k++) {
    const bytes = random.choice(MUTATORS)(random.choice(BASES), random);
    const answer = readHeader(bytes);
    if (answer.ok) {
      taken.push(bytes);
      assert.ok(Number.isSafeInteger(answer.summary.step) && answer.summary.name.length <= 200, `file ${k}`);
    } else assert.ok(isSentence(answer.message), `file ${k}: ${answer.message}`);
  }
  assert.ok(taken.length > FILES / 100 && taken.length < FILES / 2, `${taken.length} taken`);
  const once = new Map(taken.map((bytes) => [Buffer.from(bytes).toString("latin1"), bytes]));
  if (FUZZ_FOLDER) writeFileSync(`${FUZZ_FOLDER}/taken`, Buffer.concat([...once.values()].flatMap(withLength)));
});

/** @param {Uint8Array} bytes */
const withLength = (bytes) =>
  [Uint32Array.of(bytes.length), bytes].map(({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength),
  );

const FRAGMENT =
  "#hidden=32,32&activation=gelu&dtype=float32&init=xavier_uniform&lr=0.1&batch=10&loss=cross_entropy&optimizer=adam" +
  "&momentum=0.9&beta1=0.9&beta2=0.999&epsilon=1e-8&decay=0.01&clip=none&task=next_token&encoding=one_hot" +
  "&embedding=8&vocabulary=a,b,%2C,d&length=5&samples=100&master_length=8-12&held_out=0.2&held_out_by=sample" +
  "&early_stopping=no&monitor=held_out_loss&mode=auto&min_delta=0.0001&patience=10&restore_best=yes&start_from=0&target=none&max_epochs=none" +
  "&masters=3&seed=0";
const WITH_MASTERS = "lr=1e-3&master=a,b,c,d,a&master=b,b,b,b,%F0%9F%98%80&data_seed=1&model_seed=2&order_seed=3";
const SCRAPS = [
  "&",
  "=",
  ",",
  "%",
  "%zz",
  "%00",
  "%F0",
  "#",
  "-",
  "1e999",
  "none",
  "__proto__=1&",
  "lr=2&",
  "<b>",
  "\ud800",
  "\u202e",
  "\0",
  "é",
  "9".repeat(400),
];
const SENTENCES = [
  "model.hidden_dims must be …",
  "dataset.seed must be …",
  "trainer.batch_size must be …",
  "dataset: x",
  "__proto__.x must",
  "",
];

/** @param {any} config @param {any} defaults */
const merged = (config, defaults) =>
  Object.fromEntries(
    Object.entries(defaults).map(([section, options]) => [section, { ...options, ...config[section] }]),
  );

test(`${FRAGMENTS} links`, () => {
  const random = randomness(2);
  const defaults = parseFragment(FRAGMENT).config;
  for (let k = 0; k < FRAGMENTS; k++) {
    let fragment = random.choice([FRAGMENT, WITH_MASTERS]);
    for (let count = random.choice([0, 1, 1, 2, 5]); count > 0; count--)
      fragment = textChanged(fragment, random, SCRAPS);
    const { config, notices } = parseFragment(fragment);
    assert.ok(notices.every(isSentence), `link ${k}: ${notices}`);
    const whole = merged(config, defaults);
    const again = parseFragment(formatFragment(/** @type {any} */ (whole)));
    deepEqual(again, { config: whole, notices: [] }, `link ${k}`);
    assert.equal(typeof leaveOut(config, random.choice(SENTENCES)).notice, "string");
  }
});
