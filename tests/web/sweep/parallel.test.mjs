/** The results of a sweep: their order, and the places of lines and ticks. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { axisOf } from "../../../web/sweep/axis.js";
import { parallel } from "../../../web/sweep/parallel.js";
import { bestFirst, rankingOf, resultsOf } from "../../../web/sweep/state.js";
import { CONFIG } from "../schema.mjs";

const FIELDS = ["trainer.learning_rate", "model.hidden_dims"];

/** A config with another learning rate, other hidden layers or another loss. */
const configOf = (learning_rate, hidden_dims, loss_type = "cross_entropy") => ({
  ...CONFIG,
  model: { ...CONFIG.model, hidden_dims },
  trainer: { ...CONFIG.trainer, learning_rate, loss_type },
});
const metricsOf = (held_out_loss) => ({ loss: 0.5, accuracy: 0.5, held_out_loss, held_out_accuracy: 0.25, step: 9 });
const taskOf = (config, changes = {}) => ({ name: "x", config, state: "done", id: null, why: "", ...changes });

function stateOf(...losses) {
  const configs = [configOf(0.001, [16]), configOf(0.1, [32, 32]), configOf(0.01, [16])];
  const list = losses.map((loss, i) => ({ id: `r${i}`, config: configs[i % 3], metrics: metricsOf(loss) }));
  const tasks = list.map(({ id, config }) => taskOf(config, { id }));
  return { runs: { list }, sweep: { sweep: { fields: FIELDS, epochs: 2, tasks } } };
}

test("results are the tasks whose run exists, and those that are still to come", () => {
  const state = stateOf(0.3, 0.2);
  const { tasks } = state.sweep.sweep;
  tasks.push(taskOf(CONFIG, { state: "waiting" }), taskOf(CONFIG, { state: "stopped" }), taskOf(null, { id: "gone" }));
  assert.deepEqual(
    resultsOf(state).map(({ key, run }) => [key, run?.id ?? null]),
    [
      [0, "r0"],
      [1, "r1"],
      [2, null],
    ],
  );
  state.runs.list.splice(0, 1); // deleted
  assert.deepEqual(
    resultsOf(state).map(({ key }) => key),
    [1, 2],
  );
  assert.deepEqual(resultsOf({ runs: { list: [] }, sweep: { sweep: null } }), []);
});

test("the best run is the first, a diverged one the last that is trained", () => {
  const results = resultsOf(stateOf(0.4, Number.NaN, 0.1, 0.4));
  const order = bestFirst(results, rankingOf(results)).map(({ run }) => run.id);
  assert.deepEqual(order, ["r2", "r0", "r3", "r1"]);
});

test("the metric is one that all runs have", () => {
  const results = (...configs) => configs.map((config, key) => ({ key, task: taskOf(config), run: null, config }));
  const held = rankingOf(results(configOf(0.1, [4])));
  assert.deepEqual([held.label, held.unit, held.of({ metrics: metricsOf(0.2) })], ["Held-out loss", "nats", 0.2]);
  const none = { ...CONFIG, dataset: { ...CONFIG.dataset, held_out: 0 } };
  const training = rankingOf(results(CONFIG, none));
  assert.deepEqual([training.label, training.of({ metrics: metricsOf(0.2) })], ["Training loss", 0.5]);
  const mixed = rankingOf(results(CONFIG, configOf(0.1, [4], "mse")));
  assert.deepEqual(
    [mixed.label, mixed.isShare, mixed.of({ metrics: metricsOf(0.2) })],
    ["Held-out accuracy", true, 0.25],
  );
  assert.equal(mixed.of({ metrics: null }), null);
});

test("numbers far apart stand on a logarithmic axis, near ones on a linear one", () => {
  const log = axisOf([0.001, 0.01, 0.1], String);
  assert.ok(log.isLog);
  assert.ok(Math.abs(log.place(0.01) - 0.5) < 1e-12);
  const linear = axisOf([0, 1, 4], String);
  assert.ok(!linear.isLog);
  assert.deepEqual([linear.place(0), linear.place(1), linear.place(4)], [0, 0.25, 1]);
  assert.deepEqual(
    linear.ticks.map(({ label }) => label),
    ["0", "1", "4"],
  );
  assert.equal(axisOf([3], String).place(3), 0.5);
});

test("many numbers have round ticks, and a metric always has", () => {
  const many = Array.from({ length: 20 }, (_, i) => i);
  assert.deepEqual(
    axisOf(many, String).ticks.map(({ label }) => label),
    ["0", "5", "10", "15"],
  );
  const metric = axisOf([0.12, 0.31], String, false);
  assert.ok(metric.ticks.every(({ at }) => at >= 0 && at <= 1));
  assert.ok(metric.ticks.some(({ label }) => label === "0.2"));
  assert.deepEqual(axisOf([], String, false).ticks, []);
});

test("values that are no numbers stand at equal distances, in their order", () => {
  const axis = axisOf([[16], [32, 32], []], (value) => value.join("-"));
  assert.deepEqual([axis.place([16]), axis.place([32, 32]), axis.place([])], [0, 0.5, 1]);
  assert.equal(axis.place([64]), null);
  assert.equal(axisOf([null, 1], String).place(null), 0);
});

test("a line leads through the values of its run to its metric", () => {
  const { axes, lines, top, bottom, width } = parallel(resultsOf(stateOf(0.4, 0.2, Number.NaN)), FIELDS, String);
  assert.deepEqual(
    axes.map(({ title, note }) => [title.join(" "), note]),
    [
      ["Learning rate", "log scale"],
      ["Hidden layers", ""],
      ["Held-out loss", "nats"],
    ],
  );
  const [x, y, z] = axes.map((axis) => axis.x);
  assert.ok(x < y && y < z && z < width);
  assert.equal(lines[0].path, `M${x},${bottom}L${y},${bottom}L${z},${top}`);
  assert.equal(lines[1].path, `M${x},${top}L${y},${top}L${z},${bottom}`);
  assert.deepEqual([lines[0].shade, lines[1].shade, lines[2].shade], [0, 1, null]);
  assert.equal(lines[2].path.split("L").length, 2); // it ends before the metric
});

test("values stand in the order of the sweep, whichever run is the best", () => {
  const results = resultsOf(stateOf(0.4, 0.2, 0.3));
  const labels = (list) => parallel(list, FIELDS, String).axes[1].ticks.map(({ label }) => label);
  assert.deepEqual(labels(results), ["16", "32-32"]);
  assert.deepEqual(labels(bestFirst(results, rankingOf(results))), ["16", "32-32"]);
});
