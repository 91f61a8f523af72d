/** Numbers as people type them, with a point, a comma, an exponent or a percent sign. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { configOf, draftOf } from "../../../web/config/form.js";
import { asTyped, tidied } from "../../../web/ui/typed.js";
import "../schema.mjs";

/** Every way to write a share that the page takes, of numbers of up to four digits after the point. */
function* ways(/** @type {number} */ digits, /** @type {number} */ places) {
  const [whole, part] = [Math.floor(digits / 10 ** places), String(digits % 10 ** places).padStart(places, "0")];
  yield `${whole}.${part}`;
  yield `${whole},${part}`;
  yield ` ${whole},${part} `;
  yield `${digits}e-${places}`;
  yield `${digits}E−${places}`;
  yield `${digits}e${2 - places}%`;
  if (whole === 0) yield `,${part}`;
}

test("a number is the same however it is written", () => {
  for (let places = 1; places <= 4; places++)
    for (let digits = 0; digits < 2000; digits += 7)
      for (const typed of ways(digits, places)) {
        const number = Number(`${digits}e-${places}`);
        assert.equal(asTyped(typed, "trainer.learning_rate"), number, typed);
        assert.equal(tidied(typed, "trainer.learning_rate"), String(number), typed);
      }
  assert.equal(asTyped("20%", "held_out"), 0.2);
  assert.equal(asTyped("14,5 %", "held_out"), 0.145);
  assert.equal(asTyped("−3", "target"), -3);
  assert.equal(asTyped("1,386", "target"), 1.386);
});

test("whole numbers take the thousands that the page writes", () => {
  for (const name of ["batch_size", "dataset.num_samples", "model.seed", "stopping.max_epochs"]) {
    assert.equal(asTyped("1,000", name), 1000);
    assert.equal(asTyped("1.000.000", name), 1_000_000);
    assert.equal(asTyped("2,5", name), 2.5); // which Python refuses
    assert.equal(asTyped("1e3", name), 1000);
    assert.equal(asTyped("20%", name), "20%");
  }
});

test("what is no number stays as it was typed", () => {
  for (const typed of [
    "",
    "fast",
    "1,2,3",
    "0x10",
    "1 2",
    "--1",
    "1e",
    "%",
    "NaN",
    "Infinity",
    "1e999",
    ".",
    ",",
    "5%%",
  ]) {
    assert.equal(asTyped(typed, "learning_rate"), typed);
    assert.equal(tidied(typed, "learning_rate"), typed);
  }
});

test("lists stay lists", () => {
  const draft = draftOf(/** @type {any} */ (CONFIG));
  const dims = (/** @type {string} */ typed) => configOf({ ...draft, "model.hidden_dims": typed }).model?.hidden_dims;
  assert.deepEqual(dims("32, 32"), [32, 32]);
  assert.deepEqual(dims("32,16"), [32, 16]);
  assert.deepEqual(dims("1,000"), [1, 0]);
  assert.deepEqual(dims(""), []);
  const length = configOf({ ...draft, "dataset.master_sequence_length": "8-12" }).dataset?.master_sequence_length;
  assert.deepEqual(length, [8, 12]);
});

const CONFIG = {
  dataset: { vocabulary: ["a", "b"], master_sequences: null, num_master_sequences: 3, master_sequence_length: 10 },
  model: { hidden_dims: [] },
  trainer: { clip_norm: null },
  stopping: { mode: "auto", monitor: "train_loss", target: null, max_epochs: null },
};
