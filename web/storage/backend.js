/** The browser's own storage: database, second copy and index, kept in step. */

import { restore } from "./choose_copy.js";
import { openSessions } from "./clean_exit.js";
import { RunsDb } from "./database.js";
import { StorageError } from "./errors.js";
import { GuardedCopy } from "./guarded_copy.js";
import { openIndex } from "./hint.js";
import { append, endOf } from "./history_chunks.js";
import { RETRY_DEADLINES } from "./load_copy.js";

/** @import { SavedRun } from "./choose_copy.js" */
/** @import { connect } from "./connection.js" */
/** @import { Content, Found, Known } from "./database.js" */
/** @import { Chunk } from "./history_chunks.js" */
/** @import { StoredCopy } from "./opfs_copy.js" */

/**
 * A backend that stores runs.
 * @typedef {object} Backend
 * @property {(id: string) => Promise<number>} claim
 * @property {(id: string, fence: number, content: Content) => Promise<{sequence: number, copied: Promise<void>}>} write
 * @property {() => Promise<string[]>} ids  of the runs that `load` would give
 * @property {() => Promise<SavedRun[]>} load
 * @property {(id: string) => Promise<SavedRun | null>} read
 * @property {(id: string, fence: number) => Promise<void>} remove
 * @property {() => Promise<void>} settled   resolves when no background work is left
 * @property {() => void} close
 */

/** Of one run, known from its last read or write. @typedef {Known & {generation: number, rows: number, rewrite: Chunk | null}} Standing */

/**
 * @typedef {object} BackendOptions
 * @property {string} name
 * @property {number} deadline
 * @property {boolean} heal
 * @property {() => void} onupgrade
 * @property {(problem: string | null) => void} oncopy  the second copy has failed, or works again (null)
 * @property {typeof connect} [connectTo]
 */

const NOTHING_FOUND = { lease: undefined, summary: null, slots: [], chunks: [] };
/** @type {Standing} */
const NEW = { sequence: 0, slot: null, tail: [], generation: 0, rows: 0, rewrite: null };

/** @param {BackendOptions} options @returns {Promise<Backend>} rejects where nothing can be kept */
export async function openBrowserStorage(options) {
  const factory = globalThis.indexedDB;
  if (!factory) throw new DOMException("no indexedDB", "NotSupportedError");
  const database = new RunsDb({ ...options, factory });
  await database.ids();
  return new BrowserStorage(database, options);
}

/** @implements {Backend} */
class BrowserStorage {
  #database;
  #index;
  #copy;
  #sessions;
  #entered;
  #deadline;
  /** @type {Map<string, Standing>} */
  #standings = new Map();

  /** @param {RunsDb} database @param {BackendOptions} options */
  constructor(database, { name, deadline, heal, oncopy }) {
    this.#database = database;
    this.#deadline = deadline;
    this.#index = openIndex(name);
    this.#copy = new GuardedCopy({ name, deadline, oncopy });
    this.#sessions = openSessions(name, database);
    this.#entered = this.#sessions.enter(heal).catch(() => {}); // then the next start clears up
    globalThis.addEventListener?.("pagehide", this.#sessions.leave);
    globalThis.addEventListener?.("pageshow", this.#sessions.comeBack);
  }

  /** @param {string} id */
  claim(id) {
    return this.#database.claim(id);
  }

  /** @param {string} id @param {number} fence @param {Content} content */
  async write(id, fence, content) {
    const before = this.#standings.get(id) ?? NEW;
    const chunks = before.rewrite ? content.chunks.reduce(append, [before.rewrite]) : content.chunks;
    const { bytes, ...written } = await this.#database.write(id, fence, { ...content, chunks }, before);
    const { sequence } = written;
    const last = chunks.at(-1);
    const { generation, rows } = last ? { generation: last.generation, rows: endOf(last) } : before;
    this.#standings.set(id, { ...written, generation, rows, rewrite: null });
    this.#index.set(id, { name: String(content.summary?.name ?? id), sequence });
    const readChunks = async () => (await this.#database.read(id)).chunks;
    const save = { id, fence, sequence, checkpoint: bytes, chunks, generation, rows };
    return { sequence, copied: this.#copy.write(save, readChunks) };
  }

  async ids() {
    return this.#idsIn(await this.#copy.list());
  }

  async load() {
    const runs = await this.#readAll(await this.#copy.list());
    // A copy that did not answer in time is needed if the database alone is not enough.
    const isMissed = this.#copy.isSilent && runs.some(({ status }) => status !== "ok");
    return isMissed ? this.#readAll(await this.#copy.list(RETRY_DEADLINES * this.#deadline)) : runs;
  }

  /** @param {string} id */
  async read(id) {
    return this.#readOne(id, await this.#copy.list());
  }

  /** @param {string} id @param {number} fence */
  async remove(id, fence) {
    await this.#database.remove(id, fence);
    this.#standings.delete(id);
    this.#index.remove(id);
    await this.#copy.remove(id);
  }

  settled() {
    return this.#entered;
  }

  close() {
    this.#sessions.leave();
    this.#copy.close();
    this.#database.close();
  }

  /** @param {StoredCopy[]} stored */
  async #idsIn(stored) {
    const ids = await this.#database.ids().catch((error) => {
      if (stored.length) return /** @type {string[]} */ ([]); // they come from the second copy
      throw new StorageError(error);
    });
    return [...new Set([...ids, ...stored.flatMap(({ id }) => id ?? []), ...this.#index.ids()])];
  }

  /** @param {string} id @param {StoredCopy[]} stored @returns {Promise<SavedRun | null>} null: there is no such run */
  async #readOne(id, stored) {
    const found = await this.#database.read(id).catch(() => null); // then the second copy may have it
    if (found?.lease?.removed) return null;
    const own = stored.filter((it) => it.id === id);
    const unnamed = own.length ? [] : stored.filter((it) => it.id === null);
    const copy = { slots: own.flatMap((it) => it.slots), log: own.flatMap((it) => it.log) };
    const remembered = this.#index.get(id);
    if (found && isEmpty(found) && !own.length && !remembered) return null;
    const { run, known, rewrite } = await restore(id, { found, copy, remembered, unnamed });
    const { generation, values } = run.history;
    const chunk = { generation, start: 0, values };
    this.#standings.set(id, { ...known, generation, rows: endOf(chunk), rewrite: rewrite ? chunk : null });
    return run;
  }

  /** @param {StoredCopy[]} stored */
  async #readAll(stored) {
    const ids = await this.#idsIn(stored);
    const runs = (await Promise.all(ids.map((id) => this.#readOne(id, stored)))).filter((run) => run !== null);
    const unnamed = stored.filter(({ id }) => id === null);
    const withoutCopy = runs.filter(({ id }) => !stored.some((it) => it.id === id));
    if (unnamed.length <= withoutCopy.length) return runs; // they are those runs'
    const damaged = unnamed.map((copy, i) => restore(`second-copy-${i + 1}`, { found: NOTHING_FOUND, copy }));
    return [...runs, ...(await Promise.all(damaged)).map(({ run }) => run)];
  }
}

/** @param {Found} found */
const isEmpty = ({ slots, chunks, summary }) => !slots.length && !chunks.length && !summary;
