/** Trained runs wait for the page's Python, and each is handed over once, whatever happens to Python meanwhile. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { createStore } from "../../../web/page/store.js";
import { createDelivery } from "../../../web/sweep/delivery.js";
import { raw } from "../files/files.mjs";

const fileOf = (/** @type {string} */ id) => raw(JSON.stringify({ __metadata__: { kind: "run", id, name: id } }));
const idOf = (/** @type {Uint8Array} */ bytes) =>
  JSON.parse(new TextDecoder().decode(bytes.subarray(8))).__metadata__.id;
const named = (/** @type {string} */ name, message = "") => Object.assign(new Error(message), { name });
/** Let all promises that are due be settled. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/**
 * A page whose Python takes runs until `answer` throws; `settle` shows them.
 * @param {string} boot @param {(id: string) => void} [answer]
 */
function pageOf(boot, answer = () => {}) {
  const store = createStore({ page: { boot }, runs: { list: [] } });
  const [python, asked] = [[], []];
  const deliver = createDelivery(store, {
    async call(method, { bytes }) {
      assert.equal(method, "import_run");
      const id = idOf(bytes);
      asked.push(id);
      answer(id);
      python.push({ id });
      return [...python];
    },
    settle: async () => store.set({ runs: { list: [...python] } }),
  });
  const set = (/** @type {string} */ now) => store.set({ page: { boot: now }, runs: { list: [...python] } });
  return { store, asked, deliver, set };
}

test("runs that are trained while Python is gone wait, and are added when it is back", async () => {
  const { store, asked, deliver, set } = pageOf("failed");
  const all = Promise.all(["a", "b"].map((id) => deliver(fileOf(id))));
  await settled();
  set("loading");
  await settled();
  assert.deepEqual(asked, []);
  set("ready");
  assert.deepEqual(await all, [{ id: "a" }, { id: "b" }]);
  assert.deepEqual(asked, ["a", "b"]);
  assert.deepEqual(store.get().runs.list, [{ id: "a" }, { id: "b" }]);
});

test("where Python stops half way, what it has taken is not added twice", async () => {
  let stop = () => {};
  const stopped = new Promise((resolve) => {
    stop = () => resolve(null);
  });
  let stops = 1;
  const { store, asked, deliver, set } = pageOf("ready", (id) => {
    if (id !== "c" || stops-- < 1) return;
    set("failed");
    stop();
    throw named("Stopped");
  });
  const all = Promise.all(["a", "b", "c"].map((id) => deliver(fileOf(id)))); // b and c go together
  await stopped;
  await settled();
  assert.deepEqual(asked, ["a", "b", "c"]);
  set("ready");
  assert.deepEqual(await all, [{ id: "a" }, { id: "b" }, { id: "c" }]);
  assert.deepEqual(asked, ["a", "b", "c", "c"]);
  assert.equal(store.get().runs.list.length, 3);
});

test("a run that Python refuses says why, and the others are added", async () => {
  const { deliver } = pageOf("ready", (id) => {
    if (id === "a") throw named("ValueError", "there is no room");
  });
  assert.deepEqual(await Promise.all(["a", "b"].map((id) => deliver(fileOf(id)))), [
    { why: "there is no room" },
    { id: "b" },
  ]);
});
