/** The lines of runs are remembered by run, under the path of the site; nonsense in their place does no harm. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { createStore } from "../../../web/page/store.js";
import { rememberLines, storedLines } from "../../../web/runs/lines.js";
import { colorsOf } from "../../../web/runs/state.js";
import { ofRun, withoutRun } from "../../../web/ui/of_run.js";

const KEY = "backprop:/some/where/:lines";
/** @type {Map<string, string>} */
const kept = new Map();

beforeEach(() => {
  kept.clear();
  globalThis.location = new URL("https://some.one/some/where/index.html?x#y");
  globalThis.localStorage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => kept.set(key, text) };
});

const runsOf = (...ids) => ids.map((id) => ({ id }));
const storeOf = (where) => createStore({ runs: { ...storedLines(), list: [] }, saving: { storage: { where } } });

test("colours and what is hidden come back, run by run", () => {
  const store = storeOf("browser");
  rememberLines(store);
  store.set({ runs: { list: runsOf("b", "c"), colors: { b: 1, c: 2 } } });
  store.set({ runs: { hidden: { c: true, gone: true } } });
  assert.deepEqual([...kept.keys()], [KEY]);
  assert.deepEqual(storedLines(), { colors: { b: 1, c: 2 }, hidden: { c: true } });
});

test("a start at which no run is back yet forgets nothing, and nor does a page that keeps none", () => {
  kept.set(KEY, JSON.stringify({ colors: { a: 7 }, hidden: [] }));
  const store = storeOf("browser");
  rememberLines(store);
  store.set({ runs: { colors: {} } });
  const memory = storeOf("memory");
  rememberLines(memory);
  memory.set({ runs: { list: runsOf("z"), colors: { z: 0 } } });
  assert.deepEqual(storedLines().colors, { a: 7 });
});

test("what stands there and means nothing is left out", () => {
  for (const text of ["", "[", "7", "null", '"x"', '{"colors": 3, "hidden": "x"}', "[1]"]) {
    kept.set(KEY, text);
    assert.deepEqual(storedLines(), { colors: {}, hidden: {} }, text);
  }
  kept.set(
    KEY,
    '{"colors": {"a": 1, "b": -1, "c": 1e9, "d": 0.5, "e": "2", "__proto__": 3}, "hidden": [1, "h", null]}',
  );
  const { colors, hidden } = storedLines();
  assert.deepEqual(Object.entries(colors), [
    ["a", 1],
    ["__proto__", 3],
  ]);
  assert.deepEqual(hidden, { h: true });
});

test("a run may have any id, and those of an object's own properties are no exception", () => {
  const ids = ["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf", "r1"];
  const colors = colorsOf(runsOf(...ids), {});
  assert.deepEqual(
    Object.entries(colors),
    ids.map((id, i) => [id, i]),
  );
  assert.deepEqual(
    Object.entries(colorsOf(runsOf(...ids.toReversed()), colors)).toSorted(),
    Object.entries(colors).toSorted(),
  );
  for (const id of ids) {
    assert.equal(ofRun({}, id), undefined);
    const record = { ...withoutRun(colors, id), [id]: 7 };
    assert.equal(ofRun(record, id), 7);
    assert.deepEqual(
      Object.keys(withoutRun(record, id)),
      ids.filter((other) => other !== id),
    );
    const store = storeOf("browser");
    rememberLines(store);
    store.set({ runs: { list: runsOf(id), colors: colorsOf(runsOf(id), {}) } });
    assert.deepEqual(Object.keys(storedLines().hidden), []);
    assert.deepEqual(Object.entries(storedLines().colors), [[id, 0]]);
    kept.clear();
  }
});
