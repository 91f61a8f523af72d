/** Where nothing can be stored: the same calls, and everything is forgotten with the page. */

import { append, assemble, upTo } from "./chunks.js";
import { StaleError } from "./runs_db.js";

/** @typedef {import("./runs_db.js").Content} Content */
/** @typedef {import("./browser.js").Backend} Backend */

/** @typedef {import("./restore.js").SavedRun} SavedRun */

/**
 * @param {SavedRun[]} [found]  what could be read all the same
 * @returns {Backend}
 */
export function openMemory(found = []) {
  /** @type {Map<string, number>} */
  const epochs = new Map();
  const runs = new Map(found.map((run) => [run.id, run]));
  let sequence = 0;

  /** @param {string} id @param {number} fence */
  function refuseStale(id, fence) {
    if ((epochs.get(id) ?? 0) > fence) throw new StaleError();
  }

  /** @param {string} id @param {Content} content @returns {SavedRun} */
  function saved(id, { summary, checkpoint, chunks }) {
    const before = runs.get(id)?.history;
    const all = chunks.reduce(append, before ? [{ ...before, start: 0 }] : []);
    const { generation, values } = assemble(all);
    const history = { generation, values: upTo(values, summary?.step ?? Number.POSITIVE_INFINITY) };
    return { id, summary, checkpoint, history, status: "ok", why: "", remains: [] };
  }

  return {
    async claim(id) {
      const epoch = (epochs.get(id) ?? 0) + 1;
      epochs.set(id, epoch);
      return epoch;
    },
    async write(id, fence, content) {
      refuseStale(id, fence);
      runs.set(id, saved(id, content));
      sequence++;
      return { sequence, copied: Promise.resolve() };
    },
    ids: async () => [...runs.keys()],
    load: async () => [...runs.values()],
    read: async (id) => runs.get(id) ?? null,
    async remove(id, fence) {
      refuseStale(id, fence);
      epochs.set(id, fence + 1);
      runs.delete(id);
    },
    settled: async () => {},
    close() {},
  };
}
