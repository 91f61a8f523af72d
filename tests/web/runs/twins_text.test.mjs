/** What sets twins apart, in words: settings that were changed on the way, and weights that were put back, count too. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { difference, ownWords } from "../../../web/runs/twins_text.js";
import { CONFIG } from "../schema.mjs";

const TRAINER = {
  ...CONFIG.trainer,
  learning_rate: 0.1,
  batch_size: 10,
  loss_type: "mse",
  optimizer: "adam",
  clip_norm: null,
};

const run = (id, more = {}) => ({
  id,
  config: { trainer: { ...TRAINER, ...more.trainer }, model: { activation: "gelu" } },
  code: { trained_by: more.trained_by ?? "ours" },
  marks: more.marks ?? [],
  stops: more.stops ?? [],
  twins: ["a", "b"].filter((other) => other !== id),
});

const said = (one, other) => difference(one, [one, other]);

test("twins that only the code tells apart are told apart by it", () => {
  const mine = run("a", { trained_by: "mine" });
  assert.equal(said(mine, run("b")), "trained by my code vs our code");
  assert.equal(ownWords(run("b"), mine), "our code");
});

test("what was changed on the way is a difference", () => {
  const changed = run("a", { marks: [{ step: 40, field: "optimizer", from: "sgd", to: "adam" }] });
  assert.equal(said(changed, run("b")), "optimizer sgd to step 40, then adam vs adam");
  assert.equal(said(changed, run("b", { marks: changed.marks })), "twin, no setting differs");
});

test("weights that were put back are a difference", () => {
  const asked = run("a", { marks: [{ step: 1200, field: "weights", from: "trained", to: "best" }] });
  assert.equal(said(asked, run("b")), "weights restored at step 1,200 vs as trained");
  const stopped = run("a", { stops: [{ step: 30, restored: true }] });
  assert.equal(said(stopped, run("b")), "weights restored at step 30 vs as trained");
  assert.equal(said(run("a", { stops: [{ step: 30, restored: false }] }), run("b")), "twin, no setting differs");
});

test("what is no longer known is said", () => {
  const marks = Array.from({ length: 200 }, (_, step) => ({ step, field: "momentum", from: 0.9, to: 0.8 }));
  assert.equal(said(run("a", { marks }), run("b", { marks })), "too many changes to list the differences");
});

test("twins that differ in one setting are told apart by it", () => {
  assert.equal(said(run("a"), run("b", { trainer: { learning_rate: 0.03 } })), "lr 0.1 vs 0.03");
});
