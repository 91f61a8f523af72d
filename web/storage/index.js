/**
 * The interface of the storage of saved runs.
 *
 * The promises made here, and kept by tests/web/storage/faults.test.mjs and tests/browser/test_storage_engine.py:
 * - A save is one strict transaction. When `save` resolves, it is in the database; after a crash either all or nothing of it is.
 * - Every promise settles, even if the browser throws, fails, aborts, hangs, closes or is full.
 * - Failed saves stay in memory and are retried; `state` has their time and reason.
 * - A tab that lost a run to another one can no longer write it.
 * - For each run the newest valid copy is loaded; damaged copies are reported and never deleted.
 * Not promised: a run less than about a minute old on a first visit may not survive a power cut.
 *
 * Order of use: become a run's owner (saving/tabs.js), `read` it, `save` it with the owner's epoch as fence.
 */

import { ofRun, withoutRun } from "../ui/of_run.js";
import { loadSecondCopy, openBrowserStorage } from "./backend.js";
import { describeError, StorageError } from "./errors.js";
import { append } from "./history_chunks.js";
import { openMemory } from "./memory.js";

/** @typedef {import("./history_chunks.js").Chunk} Chunk */
/** @import { SavedRun } from "./choose_copy.js" */

/**
 * @typedef {object} Save
 * @property {any} summary            plain data: at least {name, step}
 * @property {Uint8Array} checkpoint  opaque; not changed by the caller any more
 * @property {number} [crc]           CRC-32 of the checkpoint, if it is known
 * @property {Chunk | null} [history] the rows since the last save; `start: 0` replaces the history
 */

/** @typedef {{saved: number | null, step: number | null, unsaved: {since: number, why: string} | null}} RunState  `step`: of what is saved; times in ms since 1970 */

/**
 * @typedef {object} StorageState
 * @property {"browser" | "memory"} where
 * @property {string | null} reason           reason for memory only, or for failing saves
 * @property {boolean | null} persisted       whether the browser promised persistence; null if unknown
 * @property {string | null} copy_problem     reason for a missing second copy
 * @property {Record<string, RunState>} runs  of the runs saved, or tried to, by this page
 */

/** @typedef {Save & {chunks: Chunk[], fence: number, since: number, settle: {resolve: (sequence: number) => void, reject: (error: Error) => void}[]}} Pending */

const FIRST_RETRY = 2_000; // ms, then doubled each time
const LAST_RETRY = 30_000;

/**
 * Never rejects: where nothing can be stored the answer is a Storage in memory whose state says why.
 * @param {object} [options]
 * @param {string} [options.path]     of the site: all pages of a GitHub user share an origin, so the database is named after it
 * @param {(id: string) => void} [options.onlost]  another tab has taken this run over
 * @param {(id: string) => void} [options.onfound]  a saved run that was not there at first can be read now
 * @param {(state: StorageState) => void} [options.onstate]  at each change
 * @param {number} [options.deadline] of each transaction, ms
 * @param {boolean} [options.heal]    make the database safe after an unclean exit (off: to measure what that does)
 * @param {typeof import("./connection.js").connect} [options.connectTo]
 */
export async function openStorage({
  path = new URL(".", globalThis.location?.href).pathname,
  onlost = () => {},
  onfound = () => {},
  onstate = () => {},
  deadline = 5_000,
  heal = true,
  connectTo,
} = {}) {
  const name = `backprop:${path}`;
  /** @type {StorageState} */
  let state = { where: "browser", reason: null, persisted: null, copy_problem: null, runs: {} };
  /** @type {Map<string, Pending>} */
  const pending = new Map();
  /** @type {Map<string, Promise<void>>} */
  const busy = new Map();
  let retryDelay = FIRST_RETRY;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let retryTimer;

  /** @param {Partial<StorageState>} changes */
  function tell(changes) {
    state = { ...state, ...changes };
    onstate(state);
  }

  /** @param {string} id @param {Partial<RunState>} changes */
  function tellOfRun(id, changes) {
    const before = ofRun(state.runs, id) ?? { saved: null, step: null, unsaved: null };
    tell({ runs: { ...state.runs, [id]: { ...before, ...changes } } });
  }

  const onupgrade = () => tell({ reason: describeError({ name: "VersionError" }) });
  const oncopy = (/** @type {string | null} */ copy_problem) => tell({ copy_problem });
  let addLate = (/** @type {SavedRun[]} */ _) => {};
  const onlate = (/** @type {SavedRun[]} */ late) => {
    addLate(late);
    for (const { id } of late) onfound(id);
  };
  const backend = await openBrowserStorage({ name, deadline, heal, onupgrade, oncopy, connectTo }).catch(
    async (error) => {
      tell({ where: "memory", reason: describeError(error) });
      const found = await loadSecondCopy({ name, deadline, oncopy, onlate });
      const memory = openMemory(found);
      addLate = memory.add;
      return memory;
    },
  );
  askPersisted();

  async function askPersisted(ask = "persisted") {
    const storage = /** @type {any} */ (globalThis.navigator)?.storage;
    const persisted = (await storage?.[ask]?.().catch(() => null)) ?? null;
    tell({ persisted });
    return persisted;
  }

  /** Save a run one save at a time; later saves are merged into the next one. @param {string} id */
  function pump(id) {
    const next = pending.get(id);
    if (!next || busy.has(id)) return;
    pending.delete(id);
    const work = write(id, next).finally(() => {
      busy.delete(id);
      if (!ofRun(state.runs, id)?.unsaved) pump(id);
    });
    busy.set(id, work);
  }

  /** @param {string} id @param {Pending} save */
  async function write(id, save) {
    try {
      const { sequence, copied } = await backend.write(id, save.fence, save);
      retryDelay = FIRST_RETRY;
      tellOfRun(id, { saved: Date.now(), step: save.summary?.step ?? null, unsaved: null });
      for (const { resolve } of save.settle) resolve(sequence);
      await copied;
    } catch (/** @type {any} */ error) {
      failed(id, save, error);
    }
  }

  /**
   * @param {string} id
   * @param {Pending} save
   * @param {any} error
   */
  function failed(id, save, error) {
    const waiting = joined(save, pending.get(id));
    for (const { reject } of waiting.settle) reject(new StorageError(error));
    if (error?.name === "StaleError") {
      drop(id);
      return onlost(id);
    }
    pending.set(id, { ...waiting, settle: [] });
    tellOfRun(id, { unsaved: { since: save.since, why: describeError(error) } });
    if (error?.name === "VersionError") return; // only a reload helps
    clearTimeout(retryTimer);
    retryTimer = setTimeout(retry, retryDelay);
    retryDelay = Math.min(2 * retryDelay, LAST_RETRY);
  }

  /** Drop pending saves. @param {string} id */
  function drop(id) {
    const error = new StorageError({ name: "StaleError" });
    for (const { reject } of pending.get(id)?.settle ?? []) reject(error);
    pending.delete(id);
    tell({ runs: withoutRun(state.runs, id) });
  }

  /** Retry failed saves now. */
  async function retry() {
    clearTimeout(retryTimer);
    const ids = [...pending.keys()];
    ids.forEach(pump);
    await Promise.all(ids.map((id) => busy.get(id)));
  }

  return {
    state: () => state,
    retry,

    /** Claim a run for saving; called by saving/tabs.js. @param {string} id @returns {Promise<number>} the epoch */
    claim: (id) => backend.claim(id).catch(refuse),

    /**
     * @param {string} id
     * @param {Save} save
     * @param {number} fence  the owner's epoch
     * @returns {Promise<number>} the number of the save, once it is in the database
     * @throws {StorageError} not saved yet; retried unless another tab has taken the run over
     */
    save(id, { history, ...content }, fence) {
      return new Promise((resolve, reject) => {
        const chunks = history ? [history] : [];
        const save = { ...content, chunks, fence, since: Date.now(), settle: [{ resolve, reject }] };
        pending.set(id, joined(pending.get(id), save));
        pump(id);
      });
    },

    /** List the ids of all runs. @returns {Promise<string[]>} */
    ids: () => backend.ids(),

    /** Load the newest valid copy of every run. @returns {Promise<SavedRun[]>} */
    load: () => backend.load(),

    /** Load one run. @param {string} id @returns {Promise<SavedRun | null>} */
    read: (id) => backend.read(id),

    /** @param {string} id @param {number} fence  the owner's epoch, which ends with this; to save it again, own it again */
    async remove(id, fence) {
      drop(id);
      await busy.get(id);
      drop(id);
      await backend.remove(id, fence).catch(refuse);
    },

    /** Ask the browser not to clear this site's storage by itself; to be called on a click. @returns {Promise<boolean | null>} */
    persist: () => askPersisted("persist"),

    /** Resolve when no save, copy or healing is in progress. */
    async settled() {
      while (busy.size) await Promise.all(busy.values());
      await backend.settled();
    },

    close() {
      clearTimeout(retryTimer);
      backend.close();
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof openStorage>>} Storage */

/** @param {any} cause @returns {never} */
function refuse(cause) {
  throw new StorageError(cause);
}

/**
 * Merge two saves of a run: the newer state, and all rows.
 * @param {Pending | undefined} first @param {Pending | undefined} second
 * @returns {Pending}
 */
function joined(first, second) {
  if (!first || !second) return /** @type {Pending} */ (first ?? second);
  const chunks = second.chunks.reduce(append, first.chunks);
  return { ...second, chunks, since: first.since, settle: [...first.settle, ...second.settle] };
}
