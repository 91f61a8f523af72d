/** The newest sweep comes back after a reload; nonsense in its place does no harm. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { keep, kept } from "../../../web/sweep/kept.js";

const KEY = "backprop:/some/where/:sweep";
/** @type {Map<string, string>} */
const stored = new Map();

beforeEach(() => {
  stored.clear();
  globalThis.location = new URL("https://some.one/some/where/index.html");
  globalThis.localStorage = {
    getItem: (key) => stored.get(key) ?? null,
    setItem: (key, text) => stored.set(key, text),
  };
});

test("runs that are trained are kept, with the settings that differ", () => {
  const task = { name: "lr 0.1", config: {}, parameters: 4, steps: 9, step: 9, state: "done", id: "a", why: "" };
  const tasks = [task, { ...task, id: null, state: "training" }];
  keep({ fields: ["trainer.learning_rate"], epochs: 20, tasks, workers: 3, isRunning: true, left: 4 });
  assert.deepEqual([...stored.keys()], [KEY]);
  const { fields, epochs, isRunning, tasks: restored } = kept();
  assert.deepEqual([fields, epochs, isRunning], [["trainer.learning_rate"], 20, false]);
  assert.deepEqual(
    restored.map(({ id, name, state }) => [id, name, state]),
    [["a", "lr 0.1", "done"]],
  );
  keep(null);
  assert.equal(kept(), null);
});

test("nonsense is left out", () => {
  for (const text of [
    "",
    "[",
    "7",
    "null",
    "{}",
    '{"fields": 1, "runs": [], "epochs": 2}',
    '{"fields": [], "runs": []}',
  ]) {
    stored.set(KEY, text);
    assert.equal(kept(), null, text);
  }
  stored.set(
    KEY,
    '{"fields": ["a", "model.seed", 3], "epochs": 2, "runs": [null, {"id": 1}, {"id": "x", "name": "n"}]}',
  );
  const { fields, tasks } = kept();
  assert.deepEqual(fields, ["model.seed"]);
  assert.deepEqual(
    tasks.map(({ id }) => id),
    ["x"],
  );
});
