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
import { openBrowserStorage } from "./backend.js";
import { describeError, StorageError } from "./errors.js";
import { loadSecondCopy } from "./load_copy.js";
import { openMemory } from "./memory.js";
import { SaveQueue } from "./save_queue.js";

/** @typedef {import("./history_chunks.js").Chunk} Chunk */
/** @import { Backend } from "./backend.js" */
/** @import { SavedRun } from "./choose_copy.js" */
/** @import { connect } from "./connection.js" */

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

/**
 * @typedef {object} StorageOptions
 * @property {string} [path]     of the site: all pages of a GitHub user share an origin, so the database is named after it
 * @property {(id: string) => void} [onlost]  another tab has taken this run over
 * @property {(id: string) => void} [onfound]  a saved run that was not there at first can be read now
 * @property {(state: StorageState) => void} [onstate]  at each change
 * @property {number} [deadline] of each transaction, ms
 * @property {boolean} [heal]    make the database safe after an unclean exit (off: to measure what that does)
 * @property {typeof connect} [connectTo]
 */

/**
 * Never rejects: where nothing can be stored the answer is a Storage in memory whose state says why.
 * @param {StorageOptions} [options]
 * @returns {Promise<Storage>}
 */
export async function openStorage(options) {
  const storage = new Storage(options);
  await storage.open();
  return storage;
}

export class Storage {
  #options;
  #on;
  /** @type {StorageState} */
  #state = { where: "browser", reason: null, persisted: null, copy_problem: null, runs: {} };
  /** Set by `open`, before anything else is called. @type {Backend} */
  #backend = /** @type {any} */ (null);
  #queue;

  /** @param {StorageOptions} [options] */
  constructor({ path, onlost = () => {}, onfound = () => {}, onstate = () => {}, ...options } = {}) {
    const name = `backprop:${path ?? new URL(".", globalThis.location?.href).pathname}`;
    this.#options = { deadline: 5_000, heal: true, ...options, name };
    this.#on = { found: onfound, state: onstate };
    this.#queue = new SaveQueue({
      write: (id, save) => this.#backend.write(id, save.fence, save),
      saved: (id, step) => this.#tellOfRun(id, { saved: Date.now(), step, unsaved: null }),
      failed: (id, { since }, error) => this.#tellOfRun(id, { unsaved: { since, why: describeError(error) } }),
      dropped: (id) => this.#tell({ runs: withoutRun(this.#state.runs, id) }),
      lost: onlost,
    });
  }

  /** Open the browser's storage, or one in memory. */
  async open() {
    const oncopy = (/** @type {string | null} */ copy_problem) => this.#tell({ copy_problem });
    const onupgrade = () => this.#tell({ reason: describeError({ name: "VersionError" }) });
    const opening = openBrowserStorage({ ...this.#options, oncopy, onupgrade });
    this.#backend = await opening.catch((error) => this.#openMemory(error, oncopy));
    this.#askPersisted("persisted");
  }

  state() {
    return this.#state;
  }

  /** Claim a run for saving; called by saving/tabs.js. @param {string} id @returns {Promise<number>} the epoch */
  claim(id) {
    return this.#backend.claim(id).catch(refuse);
  }

  /**
   * @param {string} id
   * @param {Save} save
   * @param {number} fence  the owner's epoch
   * @returns {Promise<number>} the number of the save, once it is in the database
   * @throws {StorageError} not saved yet; retried unless another tab has taken the run over
   */
  save(id, save, fence) {
    return this.#queue.add(id, save, fence);
  }

  /** Retry failed saves now. */
  retry() {
    return this.#queue.retry();
  }

  /** List the ids of all runs. @returns {Promise<string[]>} */
  ids() {
    return this.#backend.ids();
  }

  /** Load the newest valid copy of every run. @returns {Promise<SavedRun[]>} */
  load() {
    return this.#backend.load();
  }

  /** Load one run. @param {string} id @returns {Promise<SavedRun | null>} */
  read(id) {
    return this.#backend.read(id);
  }

  /** @param {string} id @param {number} fence  the owner's epoch, which ends with this; to save it again, own it again */
  async remove(id, fence) {
    await this.#queue.drop(id);
    await this.#backend.remove(id, fence).catch(refuse);
  }

  /** Ask the browser not to clear this site's storage by itself; to be called on a click. @returns {Promise<boolean | null>} */
  persist() {
    return this.#askPersisted("persist");
  }

  /** Resolve when no save, copy or healing is in progress. */
  async settled() {
    await this.#queue.settled();
    await this.#backend.settled();
  }

  close() {
    this.#queue.close();
    this.#backend.close();
  }

  /**
   * @param {unknown} error  why the browser stores nothing
   * @param {(problem: string | null) => void} oncopy
   */
  async #openMemory(error, oncopy) {
    this.#tell({ where: "memory", reason: describeError(error) });
    let addLate = (/** @type {SavedRun[]} */ _) => {};
    const onlate = (/** @type {SavedRun[]} */ late) => {
      addLate(late);
      for (const { id } of late) this.#on.found(id);
    };
    const memory = openMemory(await loadSecondCopy({ ...this.#options, oncopy, onlate }));
    addLate = memory.add;
    return memory;
  }

  /** @param {"persist" | "persisted"} ask @returns {Promise<boolean | null>} */
  async #askPersisted(ask) {
    const persisted = (await globalThis.navigator?.storage?.[ask]?.().catch(() => null)) ?? null;
    this.#tell({ persisted });
    return persisted;
  }

  /** @param {Partial<StorageState>} changes */
  #tell(changes) {
    this.#state = { ...this.#state, ...changes };
    this.#on.state(this.#state);
  }

  /** @param {string} id @param {Partial<RunState>} changes */
  #tellOfRun(id, changes) {
    const before = ofRun(this.#state.runs, id) ?? { saved: null, step: null, unsaved: null };
    this.#tell({ runs: { ...this.#state.runs, [id]: { ...before, ...changes } } });
  }
}

/** @param {any} cause @returns {never} */
function refuse(cause) {
  throw new StorageError(cause);
}
