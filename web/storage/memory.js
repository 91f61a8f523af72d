/** The same interface in memory, where nothing can be stored: all is lost with the page. */

import { StaleError } from "./database.js";
import { append, assemble, upTo } from "./history_chunks.js";

/** @import { Backend } from "./backend.js" */
/** @import { SavedRun } from "./choose_copy.js" */
/** @import { Content } from "./database.js" */

/**
 * @param {SavedRun[]} [found]  saved runs that could still be read
 * @returns {Backend & {add: (late: SavedRun[]) => void}}
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
    /** Add runs that were found late. @param {SavedRun[]} late */
    add(late) {
      for (const run of late) if (!runs.has(run.id)) runs.set(run.id, run);
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
