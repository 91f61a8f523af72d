/** 100,000 damaged run files and links, the same in every run: each is taken or refused in a sentence. */

import { deepEqual } from "node:assert"; // to which -0 is 0
import assert from "node:assert/strict";
import { test } from "node:test";
import { formatFragment, leaveOut, parseFragment } from "../../web/fragment.js";
import { readHeader } from "../../web/runfile.js";
import { isSentence, putTogether, RELEASED, randomness, raw, takeApart, textChanged } from "./files.mjs";

const FILES = 60_000;
const FRAGMENTS = 40_000;

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

const LENGTH = new DataView(RELEASED.buffer, RELEASED.byteOffset).getUint32(0, true);
const HEADER = new TextDecoder().decode(RELEASED.subarray(8, 8 + LENGTH));
const BODY = RELEASED.subarray(8 + LENGTH);

/** @type {((random: Random) => Uint8Array)[]} */
const MUTATORS = [
  bytesChanged,
  (random) => raw(textChanged(HEADER, random, PIECES), BODY),
  (random) => raw(JSON.stringify(valueChanged(JSON.parse(HEADER), random)), BODY),
  (random) =>
    inside(random, ({ metadata }) => {
      const key = random.choice(Object.keys(metadata));
      metadata[key] = textChanged(metadata[key], random, PIECES);
    }),
  (random) =>
    inside(random, ({ metadata }) => {
      const key = random.choice(["config", "trainer", "dataset", "metrics", "best", "history", "flow"]);
      metadata[key] = JSON.stringify(valueChanged(JSON.parse(metadata[key]), random));
    }),
  (random) =>
    inside(random, ({ arrays }) => {
      const array = random.choice(arrays);
      const field = random.choice(["name", "dtype", "shape"]);
      array[field] = field === "name" ? random.choice(NAMES) : valueChanged(array[field], random);
    }),
  (random) => inside(random, ({ arrays }) => arrays.splice(random.below(arrays.length), 1)),
];

/** @param {Random} random @param {(parts: ReturnType<typeof takeApart>) => unknown} change */
function inside(random, change) {
  const parts = takeApart(RELEASED);
  change(parts);
  return random.next() < 0.05 ? putTogether(parts).subarray(0, random.below(RELEASED.length)) : putTogether(parts);
}

/** @param {Random} random */
function bytesChanged(random) {
  let bytes = RELEASED.slice();
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
  let taken = 0;
  for (let k = 0; k < FILES; k++) {
    const answer = readHeader(random.choice(MUTATORS)(random));
    if (answer.ok) {
      taken++;
      assert.ok(Number.isSafeInteger(answer.summary.step) && answer.summary.name.length <= 200, `file ${k}`);
    } else assert.ok(isSentence(answer.message), `file ${k}: ${answer.message}`);
  }
  assert.ok(taken > FILES / 100 && taken < FILES / 2, `${taken} taken`);
});

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
