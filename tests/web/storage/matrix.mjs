/**
 * Every operation of the storage × everything it asks of IndexedDB × six kinds of failure × once or from then on, and then
 * either a retry or the death of the browser. Whatever happens:
 *
 *   every promise settles; a rejection is a StorageError with a sentence;
 *   what was acknowledged is there; what was not is there as a whole or not at all;
 *   once the fault is gone, trying again succeeds.
 */

import assert from "node:assert/strict";
import { crc32 } from "../../../web/files/crc32.js";
import { StorageError } from "../../../web/storage/errors.js";
import { COLUMNS } from "../../../web/storage/history_chunks.js";
import { openStorage } from "../../../web/storage/index.js";
import { arm, countAsked, disarm, forgetTheCrash, freshDisk, KINDS, kill } from "./faulty.mjs";

const PATH = "/a/site/";
const ROWS_PER_STEP = 3;

// ---- Time: nobody waits. When nothing is under way, the clock moves on. ----

let underWay = 0;
const realSetImmediate = globalThis.setImmediate;
globalThis.setImmediate = (task, ...parameters) => {
  underWay++;
  return realSetImmediate(() => {
    underWay--;
    task(...parameters);
  });
};

/** Timers that have not run out, in the order of their making. @type {Set<() => void>} */
let timers = new Set();
globalThis.setTimeout = (task) => {
  timers.add(task);
  return task;
};
globalThis.clearTimeout = (task) => timers.delete(task);

/** Everything that waits for a time has waited long enough. */
function moveOn() {
  const due = timers;
  timers = new Set();
  for (const task of due) task();
}

/** @template T @param {Promise<T>} promise @returns {Promise<{value?: T, error?: any}>} how it settles */
export async function settle(promise) {
  let outcome;
  promise.then(
    (value) => {
      outcome = { value };
    },
    (error) => {
      outcome = { error };
    },
  );
  for (let waits = 0; !outcome; ) {
    await new Promise((resolve) => realSetImmediate(resolve));
    if (outcome || underWay) continue;
    if (waits++ > 20) throw new Error("a promise never settles");
    moveOn();
  }
  return outcome;
}

/** @template T @param {Promise<T>} promise @returns {Promise<T>} */
export async function value(promise) {
  const outcome = await settle(promise);
  if (outcome.error) throw outcome.error;
  return outcome.value;
}

// ---- What is saved: everything follows from the step ----

/** @param {number} step @param {number} generation @param {number} from  the first step whose rows are new */
export function saveOf(step, generation = 0, from = step) {
  const checkpoint = new Uint8Array(100 + step).fill(step);
  const values = new Float64Array((step - from + 1) * ROWS_PER_STEP * COLUMNS).map((_, i) =>
    rowValue(from, generation, i),
  );
  const history = { generation, start: (from - 1) * ROWS_PER_STEP, values };
  return { summary: { name: "A run", step }, checkpoint, crc: crc32(checkpoint), history };
}

const rowValue = (from, generation, i) => {
  const row = Math.floor(i / COLUMNS);
  return i % COLUMNS === 0 ? from + Math.floor(row / ROWS_PER_STEP) : 1000 * generation + (i % COLUMNS);
};

/** Fails unless `run` is what was saved at one of these steps. */
function checkWhole(run, expected) {
  assert.equal(run.status, "ok", run.why);
  const found = expected.find(({ step }) => step === run.summary.step);
  assert.ok(found, `step ${run.summary.step} is none of ${expected.map(({ step }) => step)}`);
  const { checkpoint, history } = saveOf(found.step, found.generation, 1);
  assert.deepEqual(run.checkpoint, checkpoint);
  assert.deepEqual(run.history, { generation: found.generation, values: history.values });
}

// ---- The operations: what is there before, what is done, what may be there after ----

const BEFORE = { step: 3, generation: 0 };

/** Saves a run up to step 3, by the owner with epoch 1. */
async function prepare(storage) {
  await value(storage.claim("run"));
  for (const step of [1, 2, 3]) await value(storage.save("run", saveOf(step), 1));
}

const after = (step, generation = 0) => [{ step, generation }];

/** `results`: what may be in the database once it is done; null where there is to be no run. */
export const OPERATIONS = {
  open: { results: [BEFORE], act: async () => {}, fresh: true },
  claim: { results: [BEFORE], act: (storage) => storage.claim("run") },
  "first save": {
    results: after(1),
    from: null,
    act: (storage) => storage.save("run", saveOf(1), 1),
    prepare: (storage) => value(storage.claim("run")),
  },
  save: { results: after(4), act: (storage) => storage.save("run", saveOf(4), 1) },
  "two saves at once": {
    results: after(5),
    between: after(4),
    act: (storage) => Promise.all([storage.save("run", saveOf(4), 1), storage.save("run", saveOf(5), 1)]),
    wanted: () => saveOf(5, 0, 4),
  },
  "save of a coarser history": { results: after(4, 1), act: (storage) => storage.save("run", saveOf(4, 1, 1), 1) },
  "save after a reset": { results: after(1), act: (storage) => storage.save("run", saveOf(1), 1) },
  ids: { results: [BEFORE], act: (storage) => storage.ids() },
  load: { results: [BEFORE], act: (storage) => storage.load(), reads: (runs) => runs },
  read: { results: [BEFORE], act: (storage) => storage.read("run"), reads: (run) => [run] },
  remove: { results: [null], act: (storage) => storage.remove("run", 1) },
  heal: { results: [BEFORE], act: (storage) => storage.settled(), fresh: true, crashed: true },
};

/** @typedef {{cases: number, failures: string[]}} Report */

/** All cases of an operation. @param {string} operation */
async function casesOf(operation) {
  const points = await countPoints(operation);
  // In the middle of healing is the same write, a hundred times.
  const all = Array.from({ length: points }, (_, point) => point);
  const chosen = operation === "heal" ? [...all.slice(0, 14), ...all.slice(-6)] : all;
  return KINDS.flatMap((kind) =>
    [false, true].flatMap((sticky) =>
      ["retry", "kill"].flatMap((then) => chosen.map((point) => ({ operation, kind, sticky, then, point }))),
    ),
  );
}

/**
 * @param {typeof import("../../../web/storage/connection.js").connect} [connectTo]  a module to be tried in place of ours
 * @param {number} [mostFailures]  stops there
 * @returns {Promise<Report>}
 */
export async function runMatrix(connectTo, mostFailures = 20) {
  const report = { cases: 0, failures: /** @type {string[]} */ ([]) };
  for (const operation of Object.keys(OPERATIONS)) {
    for (const one of await casesOf(operation)) {
      if (report.failures.length === mostFailures) return report;
      report.cases++;
      await tryCase(one, connectTo).catch((error) => {
        report.failures.push(`${JSON.stringify(one)}: ${error.message}`);
      });
    }
  }
  return report;
}

const open = async (connectTo) => value(openStorage({ path: PATH, connectTo }));

/** A browser with one saved run, and the storage opened in it. */
async function begin({ fresh = false, crashed = false, prepare: own = prepare }, connectTo) {
  timers = new Set();
  disarm();
  freshDisk();
  const first = await open();
  await own(first);
  await value(first.settled());
  kill();
  if (!crashed) forgetTheCrash();
  return fresh ? null : open(connectTo);
}

/** How many things the operation asks of IndexedDB when all goes well. @param {string} name */
async function countPoints(name) {
  const operation = OPERATIONS[name];
  const storage = await begin(operation);
  countAsked();
  await value(operation.act(storage ?? (await open())));
  if (storage) await value(storage.settled());
  return countAsked();
}

export async function tryCase({ operation: name, kind, point, sticky, then }, connectTo) {
  const operation = OPERATIONS[name];
  let storage = await begin(operation, connectTo);
  arm(kind, point, sticky);
  storage ??= await open(connectTo);
  const outcome = await settle(operation.act(storage));
  const reached = disarm();
  if (outcome.error) checkRefusal(outcome.error, storage);
  else if (operation.reads) checkRead(operation.reads(outcome.value), reached);
  if (then === "retry") await checkRetry(operation, storage, outcome, connectTo);
  else await checkKilled(operation, outcome);
}

/** A rejection says in a sentence what went wrong. */
function checkRefusal(error) {
  if (!(error instanceof StorageError)) throw error;
  assert.match(error.message, /\.$/);
}

/** What is read under a fault is the run, or says that something is the matter. */
function checkRead(runs, reached) {
  assert.equal(runs.length, 1, "a run has disappeared from the list");
  const [run] = runs;
  if (run.status === "ok" && run.why === "") return checkWhole(run, [BEFORE]);
  assert.ok(reached && run.why, "something is wrong, and nothing says so");
}

async function checkRetry(operation, storage, outcome, connectTo) {
  let working = storage;
  if (storage.state().where === "memory") working = await open(connectTo);
  if (outcome.error || working !== storage) await value((operation.again ?? operation.act)(working));
  else if (operation.wanted) await value(working.retry());
  await value(working.settled());
  await checkKilled(operation, {});
}

/** The browser dies; another one opens what is left, with our own module. */
async function checkKilled(operation, outcome) {
  kill();
  forgetTheCrash();
  timers = new Set();
  const storage = await open();
  assert.equal(storage.state().where, "browser");
  const runs = await value(storage.load());
  const before = operation.from === null ? [null] : [operation.from ?? BEFORE];
  const possible = outcome.error ? [...before, ...(operation.between ?? []), ...operation.results] : operation.results;
  if (runs.length === 0) assert.ok(possible.includes(null), "the run is lost");
  else
    checkWhole(
      runs[0],
      possible.filter((it) => it !== null),
    );
}
