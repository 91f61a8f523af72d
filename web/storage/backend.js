/** The browser's own storage: database, second copy and index, kept in step. */

import { restore } from "./choose_copy.js";
import { openSessions } from "./clean_exit.js";
import { openRunsDb } from "./database.js";
import { describeError, StorageError } from "./errors.js";
import { openIndex } from "./hint.js";
import { append, assemble, endOf, sealChunk, unsealChunk } from "./history_chunks.js";
import { openCopy } from "./opfs_copy.js";

/** @import { SavedRun } from "./choose_copy.js" */
/** @import { Content, Found, Known } from "./database.js" */
/** @import { Chunk } from "./history_chunks.js" */
/** @import { SecondCopy, StoredCopy } from "./opfs_copy.js" */

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

/** @typedef {Known & {generation: number, rows: number, rewrite: Chunk | null}} Standing  of one run */

const MAX_COPY_FAILURES = 3;
const RETRY_DEADLINES = 6; // deadlines of the second request
const DID_NOT_ANSWER = describeError({ name: "TimeoutError" });
const NOTHING_FOUND = { lease: undefined, summary: null, slots: [], chunks: [] };
const ASKED_AGAIN = "The second copy of the runs has not answered yet: it is asked again.";

/**
 * @param {object} options
 * @param {string} options.name
 * @param {number} options.deadline
 * @param {boolean} options.heal
 * @param {() => void} options.onupgrade
 * @param {(problem: string | null) => void} options.oncopy  the second copy has failed, or works again (null)
 * @param {typeof import("./connection.js").connect} [options.connectTo]
 * @returns {Promise<Backend>}
 */
export async function openBrowserStorage({ name, deadline, heal, onupgrade, oncopy, connectTo }) {
  const factory = globalThis.indexedDB;
  if (!factory) throw new DOMException("no indexedDB", "NotSupportedError");
  const database = openRunsDb({ factory, name, deadline, onupgrade, connectTo });
  await database.ids(); // rejects where nothing can be kept
  const index = openIndex(name);
  const copy = openCopy({ name, deadline });
  /** @type {Map<string, Standing>} */
  const standings = new Map();
  let copyFailures = 0;
  /** @type {string | null} */
  let problem = null;
  const sessions = openSessions(name, database);
  const entered = sessions.enter(heal).catch(() => {}); // then the next start clears up
  globalThis.addEventListener?.("pagehide", sessions.leave);
  globalThis.addEventListener?.("pageshow", sessions.comeBack);

  /** @param {string | null} sentence */
  function tellOfCopy(sentence) {
    copyFailures = sentence === null ? 0 : copyFailures + 1;
    if (problem !== sentence) oncopy(sentence);
    problem = sentence;
  }

  /** @param {number} [patience] */
  async function copies(patience) {
    try {
      return await copy.list(patience);
    } catch (error) {
      tellOfCopy(describeError(error));
      return [];
    }
  }

  /** @param {StoredCopy[]} stored */
  async function idsIn(stored) {
    const ids = await database.ids().catch((error) => {
      if (stored.length) return /** @type {string[]} */ ([]); // they come from the second copy
      throw new StorageError(error);
    });
    return [...new Set([...ids, ...stored.flatMap(({ id }) => id ?? []), ...index.ids()])];
  }

  /** @param {string} id @param {StoredCopy[]} stored @returns {Promise<SavedRun | null>} null: there is no such run */
  async function readOne(id, stored) {
    const found = await database.read(id).catch(() => null); // then the second copy may have it
    if (found?.lease?.removed) return null;
    const own = stored.filter((it) => it.id === id);
    const unnamed = own.length ? [] : stored.filter((it) => it.id === null);
    const second = { slots: own.flatMap((it) => it.slots), log: own.flatMap((it) => it.log) };
    const remembered = index.get(id);
    if (found && isEmpty(found) && !own.length && !remembered) return null;
    const { run, known, rewrite } = await restore(id, found, second, remembered, unnamed);
    const { generation, values } = run.history;
    const chunk = { generation, start: 0, values };
    standings.set(id, { ...known, generation, rows: endOf(chunk), rewrite: rewrite ? chunk : null });
    return run;
  }

  /** @param {StoredCopy[]} stored */
  async function readAll(stored) {
    const ids = await idsIn(stored);
    const runs = (await Promise.all(ids.map((id) => readOne(id, stored)))).filter((run) => run !== null);
    const unnamed = stored.filter(({ id }) => id === null);
    const withoutCopy = runs.filter(({ id }) => !stored.some((it) => it.id === id));
    if (unnamed.length <= withoutCopy.length) return runs; // they are those runs'
    const damaged = unnamed.map((it, i) => restore(`second-copy-${i + 1}`, NOTHING_FOUND, it, null));
    return [...runs, ...(await Promise.all(damaged)).map(({ run }) => run)];
  }

  /**
   * @param {string} id
   * @param {number} fence
   * @param {number} sequence
   * @param {Uint8Array<ArrayBuffer>} checkpoint
   * @param {Chunk[]} chunks
   * @param {Standing} standing
   */
  async function makeCopy(id, fence, sequence, checkpoint, chunks, { generation, rows }) {
    if (copyFailures >= MAX_COPY_FAILURES) return;
    try {
      const save = { id, fence, sequence };
      const sealed = chunks.map((chunk) => sealChunk(id, sequence, chunk));
      const extent = { generation, start: chunks[0]?.start ?? rows, end: rows };
      const { whole } = await copy.write({ ...save, checkpoint, chunks: sealed, rows: extent });
      if (!whole) {
        const all = assemble((await database.read(id)).chunks.map((bytes) => unsealChunk(bytes, id)));
        const chunk = { generation: all.generation, start: 0, values: all.values };
        const again = { generation, start: 0, end: endOf(chunk) };
        await copy.write({ ...save, checkpoint: null, chunks: [sealChunk(id, sequence, chunk)], rows: again });
      }
      tellOfCopy(null);
    } catch (error) {
      tellOfCopy(describeError(error));
    }
  }

  return {
    claim: database.claim,

    async write(id, fence, content) {
      const before = standings.get(id) ?? { sequence: 0, slot: null, tail: [], generation: 0, rows: 0, rewrite: null };
      const chunks = before.rewrite ? content.chunks.reduce(append, [before.rewrite]) : content.chunks;
      const { bytes, ...written } = await database.write(id, fence, { ...content, chunks }, before);
      const last = chunks.at(-1);
      const extent = last
        ? { generation: last.generation, rows: endOf(last) }
        : { generation: before.generation, rows: before.rows };
      const standing = { ...written, ...extent, rewrite: null };
      standings.set(id, standing);
      index.set(id, { name: String(content.summary?.name ?? id), sequence: written.sequence });
      return { sequence: written.sequence, copied: makeCopy(id, fence, written.sequence, bytes, chunks, standing) };
    },

    ids: async () => idsIn(await copies()),

    async load() {
      const runs = await readAll(await copies());
      // A copy that did not answer in time is needed if the database alone is not enough.
      const isMissed = problem === DID_NOT_ANSWER && runs.some(({ status }) => status !== "ok");
      return isMissed ? readAll(await copies(RETRY_DEADLINES * deadline)) : runs;
    },

    read: async (id) => readOne(id, await copies()),

    async remove(id, fence) {
      await database.remove(id, fence);
      standings.delete(id);
      index.remove(id);
      await copy.remove(id).catch((error) => tellOfCopy(describeError(error)));
    },

    settled: () => entered,
    close() {
      sessions.leave();
      copy.close();
      database.close();
    },
  };
}

/**
 * Load the runs of the second copy, if the database cannot be opened.
 * @param {object} options
 * @param {string} options.name
 * @param {number} options.deadline
 * @param {(problem: string | null) => void} options.oncopy  why it gives nothing, or null when it has given what it has
 * @param {(runs: SavedRun[]) => void} options.onlate  it did not answer before the deadline, and has now
 * @returns {Promise<SavedRun[]>} empty where there is none, or not yet
 */
export async function loadSecondCopy({ name, deadline, oncopy, onlate }) {
  const copy = openCopy({ name, deadline });
  try {
    const runs = await runsOf(copy, deadline);
    copy.close();
    return runs;
  } catch (error) {
    oncopy(isTimeout(error) ? ASKED_AGAIN : describeError(error));
    if (isTimeout(error)) askAgain();
    else copy.close();
    return [];
  }

  async function askAgain() {
    try {
      onlate(await runsOf(copy, RETRY_DEADLINES * deadline));
      oncopy(null);
    } catch (error) {
      oncopy(
        isTimeout(error)
          ? "The second copy of the runs did not answer: reload the page to ask again."
          : describeError(error),
      );
    } finally {
      copy.close();
    }
  }
}

/** @param {SecondCopy} copy @param {number} patience @returns {Promise<SavedRun[]>} */
async function runsOf(copy, patience) {
  const stored = await copy.list(patience);
  const restored = await Promise.all(
    stored.map(({ id, ...own }, i) => restore(id ?? `second-copy-${i + 1}`, null, own, null)),
  );
  return restored.map(({ run }) => run);
}

/** @param {any} error */
const isTimeout = (error) => error?.name === "TimeoutError";

/** @param {Found} found */
const isEmpty = ({ slots, chunks, summary }) => !slots.length && !chunks.length && !summary;
