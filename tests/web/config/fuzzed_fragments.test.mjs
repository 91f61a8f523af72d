/** Damaged links: whatever is in one, a configuration is read from it, and each notice is a sentence. */

import { deepEqual } from "node:assert"; // to which -0 is 0
import assert from "node:assert/strict";
import { test } from "node:test";
import { formatFragment, leaveOut, parseFragment } from "../../../web/config/fragment.js";
import { isSentence, randomness, textChanged } from "../files/files.mjs";
import { CONFIG } from "../schema.mjs";

const FRAGMENTS = Number(process.env.FUZZ_COUNT ?? 1_000);

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
  const defaults = merged(parseFragment(FRAGMENT).config, CONFIG);
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
