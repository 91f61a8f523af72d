/** Trained runs handed to the page's own Python, one at a time; if that has stopped, when it is back. */

import { readLabel } from "../files/run_file.js";

/** @import { RunSummary } from "../api.d.ts" */
/** @import { Perform } from "../page/calls.js" */
/** @import { Store } from "../page/store.js" */
/** The id of the run, or the reason why Python has refused it. @typedef {{id: string} | {why: string}} Delivered */

/** @param {Store} store @param {Perform} perform */
export function createDelivery(store, perform) {
  const whenReady = createWait(store);
  /** @type {Promise<unknown>} */
  let queue = Promise.resolve();

  /** @param {Uint8Array} bytes @returns {Promise<Delivered>} */
  async function importRun(bytes) {
    for (;;) {
      await whenReady();
      const id = readLabel(bytes)?.id;
      // Python may have stopped after it had taken the run.
      if (id && store.get().runs.list.some((run) => run.id === id)) return { id };
      try {
        const made = /** @type {RunSummary} */ ((await perform("import_run", { bytes })).at(-1));
        return { id: made.id };
      } catch (error) {
        const { name, message } = /** @type {Error} */ (error);
        if (name !== "Stopped") return { why: message };
      }
    }
  }

  /** @param {Uint8Array} bytes  a run file @returns {Promise<Delivered>} */
  return (bytes) => {
    const done = queue.then(() => importRun(bytes));
    queue = done;
    return done;
  };
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
