/** The browser's own storage: the database, the second copy, and the index, kept in step. */

import { append, assemble, endOf, sealChunk, unsealChunk } from "./chunks.js";
import { openIndex } from "./index.js";
import { openCopy } from "./opfs.js";
import { restore } from "./restore.js";
import { openRunsDb } from "./runs_db.js";
import { openSessions } from "./sessions.js";
import { inWords, StorageError } from "./words.js";

/** @typedef {import("./chunks.js").Chunk} Chunk */
/** @typedef {import("./restore.js").SavedRun} SavedRun */
/** @typedef {import("./runs_db.js").Content} Content */

/**
 * Where runs are kept.
 * @typedef {object} Backend
 * @property {(id: string) => Promise<number>} claim
 * @property {(id: string, fence: number, content: Content) => Promise<{sequence: number, copied: Promise<void>}>} write
 * @property {() => Promise<string[]>} ids  of the runs that `load` would give
 * @property {() => Promise<SavedRun[]>} load
 * @property {(id: string) => Promise<SavedRun | null>} read
 * @property {(id: string, fence: number) => Promise<void>} remove
 * @property {() => Promise<void>} settled   when nothing is under way besides the calls
 * @property {() => void} close
 */

/** @typedef {import("./runs_db.js").Known & {generation: number, rows: number, rewrite: Chunk | null}} Standing  of one run */

const MOST_COPY_FAILURES = 3;

/**
 * @param {object} options
 * @param {string} options.name
 * @param {number} options.deadline
 * @param {boolean} options.heal
 * @param {() => void} options.onupgrade
 * @param {(problem: string | null) => void} options.oncopy  the second copy has failed, or is kept again (null)
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

  async function copies() {
    try {
      return await copy.list();
    } catch (error) {
      tellOfCopy(inWords(error));
      return [];
    }
  }

  /** @param {import("./opfs.js").StoredCopy[]} stored */
  async function idsIn(stored) {
    const ids = await database.ids().catch((error) => {
      if (stored.length) return /** @type {string[]} */ ([]); // they come from the second copy
      throw new StorageError(error);
    });
    return [...new Set([...ids, ...stored.map(({ id }) => id), ...index.ids()])];
  }

  /** @param {string} id @param {import("./opfs.js").StoredCopy[]} stored @returns {Promise<SavedRun | null>} null: there is no such run */
  async function readOne(id, stored) {
    const found = await database.read(id).catch(() => null); // then the second copy may have it
    if (found?.lease?.removed) return null;
    const own = stored.filter((it) => it.id === id);
    const second = { slots: own.flatMap((it) => it.slots), log: own.flatMap((it) => it.log) };
    const remembered = index.get(id);
    if (found && isEmpty(found) && !own.length && !remembered) return null;
    const { run, known, rewrite } = await restore(id, found, second, remembered);
    const { generation, values } = run.history;
    const chunk = { generation, start: 0, values };
    standings.set(id, { ...known, generation, rows: endOf(chunk), rewrite: rewrite ? chunk : null });
    return run;
  }

  /** @param {string} id @param {number} fence @param {number} sequence @param {Uint8Array<ArrayBuffer>} checkpoint @param {Chunk[]} chunks @param {Standing} standing */
  async function makeCopy(id, fence, sequence, checkpoint, chunks, { generation, rows }) {
    if (copyFailures >= MOST_COPY_FAILURES) return;
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
      tellOfCopy(inWords(error));
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
      const stored = await copies();
      const ids = await idsIn(stored);
      const runs = await Promise.all(ids.map((id) => readOne(id, stored)));
      return runs.filter((run) => run !== null);
    },

    read: async (id) => readOne(id, await copies()),

    async remove(id, fence) {
      await database.remove(id, fence);
      standings.delete(id);
      index.remove(id);
      await copy.remove(id).catch((error) => tellOfCopy(inWords(error)));
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
 * The runs of the second copy, for when the database cannot be opened at all.
 * @param {{name: string, deadline: number}} options
 * @returns {Promise<SavedRun[]>} empty where there is none
 */
export async function loadSecondCopy(options) {
  const copy = openCopy(options);
  try {
    const stored = await copy.list();
    const restored = await Promise.all(stored.map(({ id, ...own }) => restore(id, null, own, null)));
    return restored.map(({ run }) => run).filter((run) => run.checkpoint);
  } catch {
    return []; // what storage lacks is said already: the database's own reason
  } finally {
    copy.close();
  }
}

/** @param {import("./runs_db.js").Found} found */
const isEmpty = ({ slots, chunks, summary }) => !slots.length && !chunks.length && !summary;
