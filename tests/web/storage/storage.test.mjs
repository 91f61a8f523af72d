/** What the storage does when nothing fails, and when two tabs want the same run. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { COLUMNS } from "../../../web/storage/history_chunks.js";
import { openStorage } from "../../../web/storage/index.js";
import { arm, disarm, forgetTheCrash, freshDisk, KINDS, kill } from "./faulty.mjs";
import { saveOf, settle, value } from "./matrix.mjs";

const open = (options = {}) => value(openStorage({ path: "/a/site/", ...options }));

beforeEach(() => {
  disarm();
  freshDisk();
});

test("a stale tab's saves are refused, all of them, and it is told", async () => {
  const lost = [];
  const [one, two] = [await open({ onlost: (id) => lost.push(id) }), await open()];
  const first = await value(one.claim("run"));
  await value(one.save("run", saveOf(1), first));
  const second = await value(two.claim("run"));
  for (const step of [2, 3])
    assert.equal((await settle(one.save("run", saveOf(step), first))).error.name, "StaleError");
  assert.deepEqual(lost, ["run", "run"]);
  await value(two.save("run", saveOf(2), second));
  assert.equal((await value(two.read("run"))).summary.step, 2);
  assert.equal((await settle(one.remove("run", first))).error.name, "StaleError");
});

test("a removed run stays removed, also for saves under way, until it is owned again", async () => {
  const storage = await open();
  const epoch = await value(storage.claim("run"));
  await value(storage.save("run", saveOf(1), epoch));
  const late = settle(storage.save("run", saveOf(2), epoch));
  await value(storage.remove("run", epoch));
  await late;
  assert.equal((await settle(storage.save("run", saveOf(3), epoch))).error.name, "StaleError");
  assert.deepEqual(await value(storage.load()), []);
  const again = await value(storage.claim("run"));
  await value(storage.save("run", saveOf(3, 0, 1), again));
  assert.equal((await value(storage.load()))[0].summary.step, 3);
});

test("what could not be saved is kept, told, and saved later, no row missing", async () => {
  const states = [];
  const storage = await open({ onstate: (state) => states.push(state) });
  const epoch = await value(storage.claim("run"));
  await value(storage.save("run", saveOf(1), epoch));
  arm("full", 0, true);
  for (const step of [2, 3]) {
    const { error } = await settle(storage.save("run", saveOf(step), epoch));
    assert.deepEqual([error.name, error.message], ["QuotaExceededError", "The browser's storage is full."]);
  }
  const { unsaved, saved } = storage.state().runs.run;
  assert.equal(unsaved.why, "The browser's storage is full.");
  assert.ok(saved <= unsaved.since);
  disarm();
  await value(storage.retry());
  assert.equal(storage.state().runs.run.unsaved, null);
  const run = await value(storage.read("run"));
  assert.deepEqual(run.history.values, saveOf(3, 0, 1).history.values);
});

test("saves that come while one is under way become one", async () => {
  const storage = await open();
  const epoch = await value(storage.claim("run"));
  const numbers = await value(Promise.all([1, 2, 3, 4].map((step) => storage.save("run", saveOf(step), epoch))));
  assert.deepEqual(numbers, [1, 2, 2, 2]);
  assert.deepEqual((await value(storage.read("run"))).history.values, saveOf(4, 0, 1).history.values);
});

test("a damaged checkpoint gives way to the one before, and is the next to be written over", async () => {
  const storage = await open();
  const epoch = await value(storage.claim("run"));
  for (const step of [1, 2, 3]) await value(storage.save("run", saveOf(step), epoch));
  const slots = globalThis.indexedDB._databases.get("backprop:/a/site/").rawObjectStores.get("checkpoints").records;
  for (const record of slots.values()) if (record.key[1] === 1) record.value.bytes[60] ^= 1;
  const run = await value(storage.read("run"));
  assert.equal(run.status, "previous slot");
  assert.match(run.why, /checksum/);
  assert.equal(run.summary.step, 2);
  assert.deepEqual(run.history.values, saveOf(2, 0, 1).history.values);
  assert.equal(await value(storage.save("run", saveOf(3), epoch)), 5); // 4 would have gone over the only good one
  assert.equal((await value(storage.read("run"))).status, "ok");
});

test("a lost run is missed, not forgotten", async () => {
  const storage = await open();
  await value(storage.save("run", saveOf(1), await value(storage.claim("run"))));
  kill();
  forgetTheCrash();
  const index = globalThis.localStorage;
  freshDisk();
  globalThis.localStorage = index;
  const [run] = await value((await open()).load());
  assert.deepEqual([run.status, run.summary], ["lost", { name: "A run" }]);
});

test("where nothing can be stored, everything works in memory, and the state says why", async () => {
  for (const factory of [
    undefined,
    {
      open: () => {
        throw new DOMException("no", "SecurityError");
      },
    },
    { open: () => ({}) },
  ]) {
    globalThis.indexedDB = factory;
    const storage = await open();
    const { where, reason } = storage.state();
    assert.equal(where, "memory");
    assert.match(reason, /^(This browser lacks|The browser does not let|The browser's storage does not answer)/);
    const epoch = await value(storage.claim("run"));
    for (const step of [1, 2]) await value(storage.save("run", saveOf(step), epoch));
    const [run] = await value(storage.load());
    assert.equal(run.history.values.length, saveOf(2, 0, 1).history.values.length);
    assert.equal((await value(storage.claim("run"))) > epoch, true);
    assert.equal((await settle(storage.save("run", saveOf(3), epoch))).error.name, "StaleError");
    await value(storage.remove("run", epoch + 1));
    assert.deepEqual(await value(storage.load()), []);
  }
});

test("a newer version of the page takes the database over; this one says so and keeps its bytes", async () => {
  const storage = await open();
  const epoch = await value(storage.claim("run"));
  await value(storage.save("run", saveOf(1), epoch));
  const newer = new Promise((resolve, reject) => {
    const request = globalThis.indexedDB.open("backprop:/a/site/", 2);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  await value(newer);
  assert.match(storage.state().reason, /newer version/);
  assert.equal((await settle(storage.save("run", saveOf(2), epoch))).error.name, "VersionError");
  assert.match(storage.state().runs.run.unsaved.why, /newer version/);
  assert.equal((await open()).state().where, "memory");
});

test("a long history stays in few records", async () => {
  const storage = await open();
  const epoch = await value(storage.claim("run"));
  for (let step = 1; step <= 400; step++) await value(storage.save("run", saveOf(step), epoch));
  const { records } = globalThis.indexedDB._databases.get("backprop:/a/site/").rawObjectStores.get("history");
  assert.equal([...records.values()].length, 2);
  const run = await value(storage.read("run"));
  assert.equal(run.history.values.length, 400 * 3 * COLUMNS);
});

/** Fields of what stands in each store, with the names of the keys' parts. */
const RECORDS = {
  leases: "format 1, epoch, sequence, removed",
  summaries: "format 1, sequence, summary",
  checkpoints: "format 2, bytes",
  history: "format 2, bytes",
  sessions: "format 1",
  scratch: "",
};

test("the layout of a record never changes without its number", async () => {
  const storage = await open();
  await value(storage.save("run", saveOf(1), await value(storage.claim("run"))));
  await value(storage.settled());
  const db = await ask(globalThis.indexedDB.open("backprop:/a/site/"));
  assert.deepEqual([db.version, [...db.objectStoreNames].sort()], [1, Object.keys(RECORDS).sort()]);
  for (const [store, fields] of Object.entries(RECORDS)) {
    const [found] = await ask(db.transaction(store).objectStore(store).getAll());
    const told = Object.entries(found ?? {}).map(([name, it]) => (name === "format" ? `format ${it}` : name));
    assert.equal(told.join(", "), fields, store);
  }
  db.close();
  storage.close();
});

/** @param {IDBRequest} request @returns {Promise<any>} */
function ask(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

// docs/durability.md: what a failed save can lose.
for (const kind of KINDS) {
  for (const isSpaceAgain of [false, true]) {
    test(`a kill loses what was called unsaved, and nothing else: ${kind}${isSpaceAgain ? ", tried again" : ""}`, async () => {
      const storage = await open({ deadline: 50 });
      const epoch = await value(storage.claim("run"));
      await value(storage.save("run", saveOf(1), epoch));
      arm(kind, 0, true);
      for (const step of [2, 3]) await settle(storage.save("run", saveOf(step), epoch));
      const { step, unsaved } = storage.state().runs.run;
      assert.equal(step, 1);
      assert.notEqual(unsaved, null);
      disarm();
      if (isSpaceAgain) await value(storage.retry());
      const said = storage.state().runs.run;
      kill();
      const [run] = await value((await open()).load());
      assert.equal(run.summary.step, said.step);
      assert.deepEqual([run.status, run.summary.step], ["ok", isSpaceAgain ? 3 : 1]);
    });
  }
}
