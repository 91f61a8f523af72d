/** Configurations in links: there and back, and nothing breaks. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { formatFragment, leaveOut, parseFragment } from "../../web/fragment.js";
import { HOSTILE, isSentence } from "./files.mjs";

/** @type {any} */
const CONFIG = {
  dataset: {
    vocabulary: ["a", "b", "c", "d"],
    sequence_length: 5,
    num_samples: 100,
    task: "next_token",
    encoding: "one_hot",
    embedding_dim: 8,
    master_sequences: null,
    num_master_sequences: 3,
    master_sequence_length: [8, 12],
    seed: 0,
    held_out: 0.2,
    held_out_by: "sample",
  },
  model: { hidden_dims: [32, 32], activation: "gelu", seed: 0, dtype: "float32", initialization: "xavier_uniform" },
  trainer: {
    learning_rate: 0.1,
    batch_size: 10,
    loss_type: "cross_entropy",
    seed: 0,
    optimizer: "sgd",
    momentum: 0.9,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weight_decay: 0,
    clip_norm: null,
  },
  stopping: {
    early_stopping: false,
    monitor: "held_out_loss",
    mode: "auto",
    min_delta: 0.0001,
    patience: 10,
    restore_best_weights: true,
    start_from_epoch: 0,
    target: null,
    max_epochs: null,
  },
};
const DEFAULT =
  "hidden=32,32&activation=gelu&dtype=float32&init=xavier_uniform&lr=0.1&batch=10&loss=cross_entropy&optimizer=sgd" +
  "&momentum=0.9&beta1=0.9&beta2=0.999&epsilon=1e-8&decay=0&clip=none&task=next_token&encoding=one_hot" +
  "&embedding=8&vocabulary=a,b,c,d&length=5&samples=100&master_length=8-12&held_out=0.2&held_out_by=sample" +
  "&early_stopping=no&monitor=held_out_loss&mode=auto&min_delta=0.0001&patience=10&restore_best=yes&start_from=0&target=none&max_epochs=none" +
  "&masters=3&seed=0";

test("the default configuration is readable", () => {
  assert.equal(formatFragment(CONFIG), DEFAULT);
  assert.deepEqual(parseFragment(`#${DEFAULT}`), { config: CONFIG, notices: [] });
});

test("the cell that a link explains is no part of the configuration", () => {
  assert.deepEqual(parseFragment(`#why=layers/1/weights,3,7&${DEFAULT}`), { config: CONFIG, notices: [] });
});

/** @type {[string, any][]} */
const OTHERS = [
  ["no hidden layer", { model: { hidden_dims: [] } }],
  ["one length", { dataset: { master_sequence_length: 10 } }],
  ["fully random", { dataset: { num_master_sequences: null } }],
  ["explicit", { dataset: { num_master_sequences: null, master_sequences: [["a", "b"], ["c"]] } }],
  ["odd tokens", { dataset: { vocabulary: [",", "&", "=", "#", "%", "+", "ö", "😀", "none", "\u202e"] } }],
  ["seeds apart", { model: { seed: 2 ** 32 - 1 } }],
  [
    "Adam, with decay and clipping",
    { trainer: { optimizer: "adam", epsilon: 1e-16, weight_decay: 0.01, clip_norm: 0.5 } },
  ],
  ["extreme numbers", { trainer: { learning_rate: 1e-9 }, dataset: { num_samples: 1e21 } }],
];
for (const [name, change] of OTHERS) {
  test(`there and back: ${name}`, () => {
    const config = Object.fromEntries(
      Object.entries(CONFIG).map(([it, options]) => [it, { ...options, ...change[it] }]),
    );
    const fragment = formatFragment(/** @type {any} */ (config));
    assert.match(fragment, /^[\w=&,.%+-]*$/);
    assert.deepEqual(parseFragment(fragment), { config, notices: [] });
  });
}

test("nothing is no configuration", () => {
  for (const fragment of ["", "#", "#&&"]) assert.deepEqual(parseFragment(fragment), { config: {}, notices: [] });
});

/** @type {[string, RegExp][]} */
const BAD = [
  ["lr=abc", /"lr" must be a number, got "abc": it is left out/],
  ["lr=", /"lr" must be a number, got ""/],
  ["lr=1e999", /"lr" must be a number/],
  ["lr=0x10", /"lr" must be a number/],
  ["lr=NaN", /"lr" must be a number/],
  ["hidden=32,x", /"hidden" must be a number/],
  ["hidden=", /"hidden" must be a number/],
  ["loss=<b>", /"loss" must be one word/],
  ["vocabulary=a,,b", /"vocabulary" must be tokens/],
  ["vocabulary=%zz", /"vocabulary" must be tokens/],
  ["vocabulary=\ud800", /"vocabulary" must be tokens/],
  ["master_length=1-2-3", /"master_length" must be one length/],
  ["clip=off", /"clip" must be a number, got "off"/],
  ["optimizer=Adam!", /"optimizer" must be one word/],
  ["surprise=1", /"surprise" is not known/],
  ["__proto__=1", /"__proto__" is not known/],
  ["constructor", /"constructor" is not known/],
  ["=1", /"" is not known/],
  ["master=a&masters=3", /"masters" does not go with explicit masters/],
  ["seed=x", /"seed" must be a number/],
];
for (const [fragment, pattern] of BAD) {
  test(`a bad field is said in words and left out: ${JSON.stringify(fragment)}`, () => {
    const { config, notices } = parseFragment(`#batch=7&${fragment}&samples=50`);
    assert.equal(notices.length, 1);
    assert.match(notices[0], pattern);
    assert.equal(config.trainer?.batch_size, 7);
    assert.equal(config.dataset?.num_samples, 50);
  });
}

test("the first of two counts", () => {
  const { config, notices } = parseFragment("lr=1&lr=2");
  assert.deepEqual(config, { trainer: { learning_rate: 1 } });
  assert.match(notices[0], /"lr" was given before/);
});

test("one seed for all, and others beside it, in any order", () => {
  for (const fragment of ["seed=1&model_seed=2", "model_seed=2&seed=1"]) {
    const { config } = parseFragment(fragment);
    assert.deepEqual(config, { dataset: { seed: 1 }, model: { seed: 2 }, trainer: { seed: 1 } });
  }
});

test("many notices are summed up, and too much is not read at all", () => {
  const { notices } = parseFragment(Array.from({ length: 50 }, (_, k) => `x${k}=1`).join("&"));
  assert.equal(notices.length, 11);
  assert.equal(notices[10], "In the link, 40 more fields are left out.");
  assert.match(parseFragment("a=1&".repeat(201)).notices[0], /too long/);
  assert.match(parseFragment("a".repeat(600_000)).notices[0], /too long/);
});

test("what Python refuses is left out, one field after the other", () => {
  const { config } = parseFragment("hidden=0&lr=0&batch=7");
  const first = leaveOut(config, "model.hidden_dims must be between 1 and 2,048 (units in each layer), got 0");
  assert.equal(
    first.notice,
    "In the link, model.hidden_dims must be between 1 and 2,048 (units in each layer), got 0: it is left out.",
  );
  const second = leaveOut(first.config, "trainer.learning_rate must be a number");
  assert.deepEqual(second.config, { model: {}, trainer: { batch_size: 7 } });
  const third = leaveOut(second.config, "dataset.num_samples must be …");
  assert.deepEqual(third.config, {});
  assert.match(third.notice, /The defaults are used/);
});

for (const hostile of HOSTILE) {
  test(`hostile text is quoted, never taken: ${JSON.stringify(hostile).slice(0, 40)}`, () => {
    for (const fragment of [
      hostile,
      `${hostile}=1`,
      `lr=${hostile}`,
      `vocabulary=${hostile}`,
      `master=${encodeURIComponent(hostile)}`,
    ]) {
      const { config, notices } = parseFragment(fragment);
      assert.ok(notices.every(isSentence));
      assert.ok(JSON.stringify(config));
    }
    assert.equal(/** @type {any} */ ({})[1], undefined);
  });
}
