/** Values of a sweep as typed: lists, spans and ranges, read as the form reads a single value. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { settingAt } from "../../../web/sweep/settings.js";
import { MAX_RUNS, typedText, typedValues, valueWords } from "../../../web/sweep/values.js";
import "../schema.mjs";

const read = (field, text) => typedValues(settingAt(field), text);
const valuesOf = (field, text) => read(field, text).values;

test("numbers are separated by commas, and by semicolons where a comma is a decimal one", () => {
  assert.deepEqual(valuesOf("trainer.learning_rate", "0.1, 0.03,1e-3"), [0.1, 0.03, 0.001]);
  assert.deepEqual(valuesOf("trainer.learning_rate", "0.1 0.03"), [0.1, 0.03]);
  assert.deepEqual(valuesOf("trainer.learning_rate", "0,1; 0,03"), [0.1, 0.03]);
  assert.deepEqual(valuesOf("trainer.learning_rate", " 0.5 ,"), [0.5]);
});

test("a span has equal factors, and its bounds exactly", () => {
  assert.deepEqual(valuesOf("trainer.learning_rate", "0.001 … 0.1 × 5"), [0.001, 0.00316, 0.01, 0.0316, 0.1]);
  for (const text of ["0.001...0.1x5", "0.001 to 0.1 * 5", "0.001..0.1 ×5"])
    assert.deepEqual(valuesOf("trainer.learning_rate", text), valuesOf("trainer.learning_rate", "0.001 … 0.1 × 5"));
  assert.deepEqual(valuesOf("trainer.learning_rate", "0.1 … 0.001 × 3, 1"), [0.1, 0.01, 0.001, 1]);
  assert.deepEqual(valuesOf("trainer.batch_size", "8 … 128 × 5"), [8, 16, 32, 64, 128]);
  assert.deepEqual(valuesOf("trainer.batch_size", "1 … 4 × 9"), [1, 2, 3, 4]);
});

test("a span from 0 has equal steps", () => {
  assert.deepEqual(valuesOf("trainer.momentum", "0 … 0.9 × 4"), [0, 0.3, 0.6, 0.9]);
});

test("seeds are every whole number of a range", () => {
  const digits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  for (const text of ["0–9", "0-9", "0 … 9", "0 to 9"]) assert.deepEqual(valuesOf("model.seed", text), digits);
  assert.deepEqual(valuesOf("model.seed", "3, 7-8"), [3, 7, 8]);
});

test("networks are separated by commas, layers by hyphens", () => {
  assert.deepEqual(valuesOf("model.hidden_dims", "16, 32-32, none, 8 – 4"), [[16], [32, 32], [], [8, 4]]);
});

test("other kinds are read as in their field", () => {
  assert.deepEqual(valuesOf("trainer.optimizer", "sgd, adam"), ["sgd", "adam"]);
  assert.deepEqual(valuesOf("stopping.early_stopping", "yes, no"), [true, false]);
  assert.deepEqual(valuesOf("trainer.clip_norm", "none, 1"), [null, 1]);
  assert.deepEqual(valuesOf("dataset.master_sequence_length", "10, 8-12"), [10, [8, 12]]);
  assert.deepEqual(valuesOf("dataset.vocabulary", "a b c, a b c d"), [
    ["a", "b", "c"],
    ["a", "b", "c", "d"],
  ]);
});

test("what is no number stays text, for Python to refuse", () => {
  assert.deepEqual(valuesOf("trainer.learning_rate", "0.1, fast"), [0.1, "fast"]);
  assert.deepEqual(valuesOf("trainer.batch_size", "ten"), ["ten"]);
  assert.deepEqual(valuesOf("model.hidden_dims", "16-wide"), [[16, "wide"]]);
});

test("a text without values has one sentence", () => {
  assert.match(read("trainer.learning_rate", " , ").refusal, /at least one value/);
  assert.match(read("trainer.learning_rate", "0.001 … 0.1").refusal, /number of values/);
  assert.match(read("trainer.learning_rate", "a … 0.1 × 5").refusal, /number at both ends/);
  assert.match(read("trainer.learning_rate", "0.001 … 0.1 × 1").refusal, /at least 2/);
  for (const text of ["0-200", "0 … 999999999", `1 … 2 × ${MAX_RUNS + 1}`])
    assert.match(read("model.seed", text).refusal, /more than 200 values/, text);
});

test("a value of a run is written as it is read", () => {
  const cases = {
    "trainer.learning_rate": 0.03,
    "model.hidden_dims": [32, 16],
    "trainer.optimizer": "adam",
    "trainer.clip_norm": null,
    "dataset.master_sequence_length": [8, 12],
    "dataset.vocabulary": ["a", "b"],
  };
  for (const [field, value] of Object.entries(cases))
    assert.deepEqual(valuesOf(field, typedText(settingAt(field), value)), [value], field);
});

test("a value is shown in a few letters", () => {
  const words = (field, value) => valueWords(settingAt(field), value);
  assert.equal(words("trainer.optimizer", "sgd"), "SGD");
  assert.equal(words("model.hidden_dims", []), "none");
  assert.equal(words("trainer.clip_norm", null), "none");
  assert.equal(words("trainer.loss_type", "mse"), settingAt("trainer.loss_type").choices.mse);
});
