/** The draft of a sweep: read as far as the page can, with each refusal at its field. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { readDraft, refusalOf } from "../../../web/sweep/draft.js";
import { fieldOf, variedSettings } from "../../../web/sweep/settings.js";
import "../schema.mjs";

const rows = [
  { field: "trainer.learning_rate", typed: "0.1, 0.03" },
  { field: "model.seed", typed: "0-2" },
];

test("values go to Python under the names of their settings", () => {
  const values = { "trainer.learning_rate": [0.1, 0.03], "model.seed": [0, 1, 2] };
  assert.deepEqual(readDraft({ rows, epochs: "20" }), { values, epochs: 20 });
  assert.deepEqual(readDraft({ rows, epochs: "many" }), { values, epochs: "many" });
});

test("a row without values is refused at that row", () => {
  const wrong = [rows[0], { field: "model.seed", typed: "" }];
  assert.equal(readDraft({ rows: wrong, epochs: "20" }).refusal.field, "model.seed");
});

test("more than 200 runs, or none, are refused as a whole", () => {
  const many = [rows[0], { field: "model.seed", typed: "0-100" }];
  assert.deepEqual(readDraft({ rows: many, epochs: "20" }).refusal, {
    field: "",
    message: "These are 202 runs; a sweep has at most 200. Remove some values.",
  });
  assert.equal(readDraft({ rows: [], epochs: "20" }).refusal.field, "");
});

test("Python's refusals find their field", () => {
  assert.equal(refusalOf("trainer.learning_rate must be a number, got 'x' (run “lr x”)", rows).field, rows[0].field);
  assert.equal(refusalOf("epochs must be between 1 and 1000000, got 0", rows).field, "epochs");
  assert.equal(refusalOf("trainer.batch_size must be smaller", rows).field, "");
});

test("settings of optimizers that no run has are not offered", () => {
  const offered = (...optimizers) => variedSettings(optimizers).map(fieldOf);
  assert.ok(!offered("sgd").includes("trainer.momentum"));
  assert.ok(offered("sgd", "momentum").includes("trainer.momentum"));
  assert.ok(!offered("sgd").includes("stopping.max_epochs"));
  assert.ok(!offered("sgd").includes("dataset.master_sequences"));
});
