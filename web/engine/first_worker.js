/**
 * Python's worker, made by the first module that runs.
 *
 * It downloads Python while the page is still on its way. What it says before the page listens is kept.
 */

import { startWorker } from "./start_worker.js";

/** @typedef {{worker: Worker, name: string, early: Event[]}} Named  a worker, and the name of its lock */

const SIGNS = ["message", "messageerror", "error"];

/** Throws an error in a browser that makes none. @returns {Named} */
export function makeWorker() {
  const name = `backprop-${performance.timeOrigin}-${Math.random()}`;
  const worker = startWorker(new URL("./worker.js", import.meta.url), name);
  /** @type {Event[]} */
  const early = [];
  return { worker, name, early };
}

/** @type {{made: Named, keep: (event: Event) => void} | null} */
let first = null;
try {
  const made = makeWorker();
  const keep = (/** @type {Event} */ event) => void made.early.push(event);
  for (const sign of SIGNS) made.worker.addEventListener(sign, keep);
  first = { made, keep };
} catch {
  // The page tries again, and says why.
}

/** Return the worker that was made first, once; then new ones. @returns {Named} */
export function takeWorker() {
  if (!first) return makeWorker();
  const { made, keep } = first;
  first = null;
  for (const sign of SIGNS) made.worker.removeEventListener(sign, keep);
  return made;
}
