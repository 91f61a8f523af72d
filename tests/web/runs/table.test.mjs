/** The table of runs without a screen: order, filter, columns that differ, differences from the baseline, best values. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { COLUMNS } from "../../../web/runs/columns.js";
import { bestOf, columnsOf, deltaOf, rowsOf, statusOf, USUAL } from "../../../web/runs/table.js";

/** @import { RunsTable } from "../../../web/runs/table.js" */

/** @param {string} name @param {object} [changes] @param {object} [trainer] @returns {any} */
const run = (name, changes, trainer) => ({
  id: name.toLowerCase(),
  name,
  active: false,
  archived: false,
  twins: [],
  stopped: null,
  step: 8,
  epoch: 1,
  loss: 1.25,
  marks: [],
  metrics: null,
  best_value: null,
  best_step: null,
  shape: [16, 32, 32, 4],
  parameters: 1732,
  created: "2026-01-01T00:00:00Z",
  seconds: 1,
  config: {
    dataset: {
      task: "next_token",
      encoding: "one_hot",
      embedding_dim: 8,
      master_sequences: null,
      num_master_sequences: 3,
      num_samples: 100,
      seed: 0,
    },
    model: { activation: "gelu", dtype: "float32", initialization: "xavier", hidden_dims: [32, 32], seed: 0 },
    trainer: {
      learning_rate: 0.1,
      batch_size: 10,
      loss_type: "cross_entropy",
      optimizer: "sgd",
      weight_decay: 0,
      clip_norm: null,
      seed: 0,
      ...trainer,
    },
    stopping: { monitor: "held_out_loss" },
  },
  ...changes,
});

const A = run("A", { best_value: 0.5, best_step: 8 });
const B = run("B", { step: 16, best_value: 0.25, best_step: 16 }, { learning_rate: 0.3 });
const C = run("C", { step: 0, active: true }, { learning_rate: 0.03 });

/** @param {any[]} list @param {Partial<RunsTable>} [table] @param {boolean} [playing] @returns {any} */
const state = (list, table, playing = false) => ({
  runs: { list, table: { ...USUAL, ...table } },
  training: { playing },
  saving: { elsewhere: ["elsewhere"] },
});

/** @param {Partial<RunsTable>} table @param {any[]} [list] */
const names = (table, list = [A, B, C]) => rowsOf(state(list, table)).map(({ name }) => name);

/** @param {string} id */
const column = (id) => /** @type {any} */ (COLUMNS.find((each) => each.id === id));

/** @param {any[]} list */
const rows = (list) => rowsOf(state(list));

test("rows are oldest first, or sorted by a column in either direction", () => {
  assert.deepEqual(names({}), ["A", "B", "C"]);
  assert.deepEqual(names({ sort: { column: "learning_rate", descending: false } }), ["C", "A", "B"]);
  assert.deepEqual(names({ sort: { column: "learning_rate", descending: true } }), ["B", "A", "C"]);
  assert.deepEqual(names({ sort: { column: "name", descending: true } }), ["C", "B", "A"]);
});

test("texts are sorted by the numbers in them", () => {
  const many = ["Run 10", "Run 9", "run 1"].map((name) => run(name));
  assert.deepEqual(names({ sort: { column: "name", descending: false } }, many), ["run 1", "Run 9", "Run 10"]);
});

test("what has no value stays below, either way", () => {
  assert.deepEqual(names({ sort: { column: "best", descending: false } }), ["B", "A", "C"]);
  assert.deepEqual(names({ sort: { column: "best", descending: true } }), ["A", "B", "C"]);
});

test("values of two units are not mixed", () => {
  const mse = run("D", { best_value: 0.01, best_step: 3 }, { loss_type: "mse" });
  const sorted = names({ sort: { column: "best", descending: false } }, [A, mse, B]);
  assert.deepEqual(sorted, ["B", "A", "D"]);
  assert.deepEqual(names({ sort: { column: "best", descending: true } }, [A, mse, B]), ["A", "B", "D"]);
});

test("every word of the filter must occur in the name or in a column, shown or not", () => {
  assert.deepEqual(names({ filter: "0.3" }), ["B"]);
  assert.deepEqual(names({ filter: "paused one-hot" }), ["A", "B"]);
  assert.deepEqual(names({ filter: "  PAUSED   b " }), ["B"]);
  assert.deepEqual(names({ filter: "<b>nothing" }), []);
});

test("archived runs are left out or stand at the end, but the active one stays in its place", () => {
  const archived = [run("Old", { archived: true }), A, run("Now", { archived: true, active: true })];
  assert.deepEqual(names({}, archived), ["A", "Now"]);
  assert.deepEqual(names({ archived: true }, archived), ["A", "Now", "Old"]);
});

test("of the chosen columns those can be shown in which rows differ", () => {
  const ids = (/** @type {any} */ table, /** @type {any[]} */ list) =>
    columnsOf({ ...USUAL, ...table }, rows(list)).map(({ id }) => id);
  assert.deepEqual(ids({}, [A, B]), USUAL.columns);
  assert.deepEqual(ids({ differing: true }, [A, B]), ["step", "best", "learning_rate"]);
  assert.deepEqual(ids({ differing: true }, [A]), USUAL.columns);
});

test("differences from the baseline have a sign; there is none to itself, to nothing, or between units", () => {
  const [a, b, c] = rows([A, B, C]);
  assert.equal(deltaOf(column("step"), b, A), "+8");
  assert.equal(deltaOf(column("step"), c, A), "−8");
  assert.equal(deltaOf(column("learning_rate"), b, A), "+0.2");
  assert.equal(deltaOf(column("batch_size"), b, A), "=");
  assert.equal(deltaOf(column("step"), a, A), "");
  assert.equal(deltaOf(column("step"), a, undefined), "");
  assert.equal(deltaOf(column("best"), c, A), "");
  assert.equal(deltaOf(column("shape"), b, A), "");
  const [mse] = rows([run("D", { best_value: 0.01, best_step: 3 }, { loss_type: "mse" })]);
  assert.equal(deltaOf(column("best"), mse, A), "");
});

test("the best value of a sorted column: lowest loss, highest accuracy, of two at least and of one unit", () => {
  const sort = (/** @type {string} */ id) => ({ ...USUAL, sort: { column: id, descending: false } });
  assert.equal(bestOf(sort("best"), rows([A, B, C])), 0.25);
  assert.equal(bestOf(sort("best"), rows([A, C])), null);
  assert.equal(bestOf(sort("step"), rows([A, B])), null);
  assert.equal(bestOf(USUAL, rows([A, B])), null);
  const accurate = [0.5, 0.75].map((accuracy) => run(`At ${accuracy}`, { metrics: { accuracy } }));
  assert.equal(bestOf(sort("accuracy"), rows(accurate)), 0.75);
  const mse = run("D", { best_value: 0.01, best_step: 3 }, { loss_type: "mse" });
  assert.equal(bestOf(sort("best"), rows([A, mse])), null);
});

test("a run has one status, the most telling one", () => {
  const all = [A, B, C];
  assert.equal(statusOf(C, state(all)), "new");
  assert.equal(statusOf(A, state(all)), "paused");
  assert.equal(statusOf(C, state(all, {}, true)), "training");
  assert.equal(statusOf(A, state([A, run("T", { active: true, twins: ["a"] })], {}, true)), "training");
  assert.equal(statusOf(run("X", { stopped: { reason: "diverged" } }), state(all)), "diverged");
  assert.equal(statusOf(run("X", { stopped: { reason: "early_stopping" }, archived: true }), state(all)), "archived");
  assert.equal(statusOf(run("Elsewhere"), state(all)), "in another tab");
});

test("texts of columns", () => {
  const [a, , c] = rows([A, B, C]);
  const text = (/** @type {string} */ id, /** @type {any} */ row) => column(id).text(row);
  assert.equal(text("best", a), "0.5000 @ 8");
  assert.equal(text("best", c), "–");
  assert.equal(text("shape", a), "16 → 32 → 32 → 4");
  assert.equal(text("parameters", a), "1,732");
  assert.equal(text("seeds", a), "0");
  assert.equal(text("dataset", a), "next token · one-hot · 3 sources · 100 samples");
});
