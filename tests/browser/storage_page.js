/** The storage engine by itself, for test_storage_engine.py. Everything that is saved follows from its step. */

import { joinTabs } from "./saving/tabs.js";
import { COLUMNS } from "./storage/history_chunks.js";
import { openStorage } from "./storage/index.js";

const ID = "run-1";
const ROWS_PER_STEP = 7;

let storage;
let tabs;
let epoch = 0;
let size = 1000;
let state = { step: 0 };
let generation = 0;
let training = false;
let trainingEnded = Promise.resolve();
const acknowledged = []; // {step, epoch, sequence}
const refused = [];
const lost = [];

const numbers = (length, seed) => new Float32Array(length).map((_, i) => Math.fround(Math.sin(seed + i)));
const rows = (from, to) =>
  new Float64Array((to - from + 1) * ROWS_PER_STEP * COLUMNS).map((_, i) => {
    const step = from + Math.floor(i / COLUMNS / ROWS_PER_STEP);
    return i % COLUMNS === 0 ? step : step / (1 + (i % COLUMNS));
  });

function saveOf(step, from = step) {
  const weights = numbers(size, step);
  const history = { generation, start: (from - 1) * ROWS_PER_STEP, values: rows(from, step) };
  return { summary: { name: "A run", step, epoch, size }, checkpoint: new Uint8Array(weights.buffer), history };
}

/** Whether a loaded run is exactly what was saved at its step. */
function check({ summary, checkpoint, history }) {
  const weights = new Float32Array(checkpoint.slice().buffer);
  const expected = numbers(summary.size, summary.step);
  const wanted = rows(1, summary.step);
  return (
    weights.length === expected.length &&
    weights.every((it, i) => it === expected[i]) &&
    history.values.length === wanted.length &&
    history.values.every((it, i) => it === wanted[i])
  );
}

const told = (run) =>
  run && {
    id: run.id,
    status: run.status,
    why: run.why,
    step: run.summary?.step ?? null,
    whole: run.checkpoint !== null && check(run),
    remains: run.remains.map(({ name, bytes }) => [name, bytes.length]),
  };

/** @param {number} [from]  the first step of the history that is saved with it */
async function saveNext(from) {
  const step = state.step + 1;
  const at = performance.now();
  try {
    const sequence = await storage.save(ID, saveOf(step, from), epoch);
    state = { step };
    acknowledged.push({ step, epoch, sequence });
    return null;
  } catch (error) {
    refused.push({ step, epoch, at, name: error.name });
    return error.name;
  }
}

async function trainOn() {
  while (training && (await saveNext()) === null);
  training = false;
}

async function takeUp(ownership) {
  if (!ownership.owner) return false;
  epoch = ownership.epoch;
  const run = await storage.read(ID);
  state = { step: run?.summary?.step ?? 0 };
  return told(run) ?? true;
}

globalThis.engine = {
  async open({ path = "/", numbers: count = 1000, ...options } = {}) {
    size = count;
    const onlost = (id) => {
      training = false;
      if (!lost.includes(epoch)) lost.push(epoch);
      return id;
    };
    storage = await openStorage({
      path,
      onlost,
      ...options,
    });
    tabs = joinTabs({ path, claim: (id) => storage.claim(id), onlost });
    return storage.state();
  },
  load: async () => (await storage.load()).map(told),
  read: async () => told(await storage.read(ID)),
  own: async () => takeUp(await tabs.own(ID)),
  takeOver: async () => takeUp(await tabs.takeOver(ID)),
  whenFree: () => tabs.whenFree(ID, new AbortController().signal),
  saveNext: () => saveNext(),
  /** The history begins anew, in another resolution. */
  saveAnew() {
    generation++;
    return saveNext(1);
  },
  /** Saves on and on; answers once `count` saves are acknowledged, and goes on. */
  async train(count) {
    const enough = acknowledged.length + count;
    training = true;
    trainingEnded = trainOn();
    while (training && acknowledged.length < enough) await new Promise((resolve) => setTimeout(resolve));
    return state.step;
  },
  async stop() {
    training = false;
    await trainingEnded;
    await storage.settled();
  },
  saveOther: async (id) => storage.save(id, saveOf(1), await storage.claim(id)),
  remove: () => storage.remove(ID, epoch),
  retry: () => storage.retry(),
  settled: () => storage.settled(),
  state: () => storage.state(),
  log: () => ({ acknowledged, refused, lost }),
};
document.documentElement.dataset.ready = "yes";
