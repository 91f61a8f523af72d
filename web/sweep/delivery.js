/** Trained runs handed to the page's own Python, several at a time, whenever it is ready. */

import { readLabel } from "../files/run_file.js";

/** @import { RunSummary } from "../api.d.ts" */
/** @import { Client } from "../engine/client.js" */
/** @import { Store } from "../page/store.js" */
/** The id of the run, or the reason why Python has refused it. @typedef {{id: string} | {why: string}} Delivered */
/** @typedef {{bytes: Uint8Array, resolve: (delivered: Delivered) => void, reject: (error: unknown) => void}} Waiting */

/** The page follows at this interval: it shows and saves the runs that have arrived. Milliseconds. */
const INTERVAL = 500;

/**
 * @param {Store} store
 * @param {{call: Client["call"], settle: () => Promise<void>}} outside  settle: show and save the runs
 */
export function createDelivery(store, { call, settle }) {
  const whenReady = createWait(store);
  /** @type {Waiting[]} */
  let waiting = [];
  let isBusy = false;

  /** @param {Uint8Array} bytes @returns {Promise<Delivered>} */
  async function importRun(bytes) {
    const id = readLabel(bytes)?.id;
    // Python may have stopped after it had taken and saved the run.
    if (id && store.get().runs.list.some((run) => run.id === id)) return { id };
    try {
      const made = /** @type {RunSummary} */ ((await call("import_run", { bytes })).at(-1));
      return { id: made.id };
    } catch (error) {
      const { name, message } = /** @type {Error} */ (error);
      if (name === "Stopped") throw error;
      return { why: message };
    }
  }

  /** @param {Waiting[]} batch @returns {Promise<Delivered[]>} */
  async function importAll(batch) {
    for (;;) {
      await whenReady();
      try {
        const all = [];
        for (const { bytes } of batch) all.push(await importRun(bytes));
        await settle();
        return all;
      } catch (error) {
        if (/** @type {Error} */ (error).name !== "Stopped") throw error;
      }
    }
  }

  async function work() {
    if (isBusy) return;
    isBusy = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await importAll(batch).then(
        (all) => batch.forEach(({ resolve }, i) => void resolve(all[i])),
        (error) => batch.forEach(({ reject }) => void reject(error)),
      );
      await new Promise((resolve) => setTimeout(resolve, INTERVAL));
    }
    isBusy = false;
  }

  /** @param {Uint8Array} bytes  a run file @returns {Promise<Delivered>} */
  return (bytes) =>
    new Promise((resolve, reject) => {
      waiting.push({ bytes, resolve, reject });
      work();
    });
}

/** Return a function that waits until the page's Python is ready. @param {Store} store @returns {() => Promise<void>} */
function createWait(store) {
  /** @type {(() => void)[]} */
  let waiting = [];
  const isReady = () => store.get().page.boot === "ready";
  store.subscribe(() => {
    if (waiting.length === 0 || !isReady()) return;
    const all = waiting;
    waiting = [];
    for (const go of all) go();
  });
  return () => (isReady() ? Promise.resolve() : new Promise((resolve) => void waiting.push(resolve)));
}
