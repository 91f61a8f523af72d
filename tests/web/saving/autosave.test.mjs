/** Automatic saves, with a Python that counts: a run's checkpoints reach the storage in the order in which they were made. */

import assert from "node:assert/strict";
import test from "node:test";
import { createStore } from "../../../web/page/store.js";
import { Autosave } from "../../../web/saving/autosave.js";

/** An autosave whose Python trains a step before each checkpoint, and the steps that were given to the storage. */
function counting() {
  let made = 0;
  const call = async (/** @type {string} */ method) => {
    assert.equal(method, "checkpoint");
    const history = { generation: 1, start: 0, values: new Float64Array() };
    return { bytes: Uint8Array.of(++made), step: made, crc32: 0, history };
  };
  /** @type {number[]} */
  const saved = [];
  const storage = {
    async save(_, { summary }) {
      await new Promise(setImmediate); // the disk is later than Python
      saved.push(summary.step);
    },
  };
  const ownership = { owns: () => true, adopt: async () => {}, fence: async () => 1 };
  const store = createStore({ training: { playing: true }, saving: { writing: 0, unsaved: {}, elsewhere: [] } });
  return { autosave: new Autosave(call, store, Promise.resolve({ storage, ownership })), saved };
}

const list = (/** @type {number} */ step) => [{ id: "a", active: true, step }];

test("a checkpoint that was taken is saved without asking for another", async () => {
  const { autosave, saved } = counting();
  await autosave.saveChanged(list(1));
  autosave.touch("a");
  const taken = autosave.take("a");
  await autosave.saveChanged(list(2), taken);
  await autosave.saved("a");
  assert.deepEqual(saved, [1, 2]);
});

test("one that is older than a save in between is not written over it", async () => {
  const { autosave, saved } = counting();
  await autosave.saveChanged(list(1));
  autosave.touch("a");
  const taken = autosave.take("a");
  await autosave.saveOwned(list(3)); // Play saves while the taken one waits for its turn
  await autosave.saveChanged(list(2), taken);
  await autosave.saved("a");
  assert.deepEqual(saved, [1, 3, 4]);
});

test("all is written when the storage has every run: a reload before that would lose steps", async () => {
  const { autosave, saved } = counting();
  await autosave.saveChanged([...list(1), { id: "b", active: false, step: 7 }]);
  assert.deepEqual(saved, []);
  await autosave.written();
  assert.deepEqual(saved, [1, 2]);
});
