/**
 * A pool of files in the origin private file system, four for each run.
 *
 * Two are checkpoints in turn, two are logs of its history.
 *
 * A file may vanish in a power cut while it is only seconds old. So files are made beforehand, in sets of four, and never
 * deleted: a set is free when all four are empty. Which run a set belongs to stands in its files.
 */

import { chunksIn } from "./choose_copy.js";
import { endOf, ROW_BYTES } from "./history_chunks.js";
import { unseal } from "./sealed.js";

/** @import { CopyOfSave } from "./opfs_copy.js" */

const FILES = ["slot0", "slot1", "log0", "log1"];
const SPARE_SETS = 2;
const FIRST = 1; // sequence of a run's first save
const WASTE = 1024 * 1024; // bytes of replaced rows in a log before it is rewritten

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {{read: (to: Bytes, options: {at: number}) => number, write: (from: Bytes, options: {at: number}) => number, truncate: (size: number) => void, getSize: () => number, flush: () => void, close: () => void}} OpenFile */
/** @typedef {{fence: number, active: number, generation: number, end: number, size: number}} Log  of a run; `size`: valid bytes */

/** @param {string} name */
export async function openPool(name) {
  const root = await navigator.storage.getDirectory();
  return new Pool(name, await root.getDirectoryHandle(encodeURIComponent(name), { create: true }));
}

class Pool {
  #name;
  #folder;
  /** @type {Map<string, number>} */
  #setOf = new Map();
  /** @type {Map<string, Log>} */
  #logs = new Map();

  /** @param {string} name @param {FileSystemDirectoryHandle} folder */
  constructor(name, folder) {
    this.#name = name;
    this.#folder = folder;
  }

  async list() {
    return (await this.#relearn()).owned;
  }

  /** @param {CopyOfSave} save */
  async write(save) {
    const known = await this.#knownSet(save.id, save.fence);
    if (known !== undefined) return this.#writeTo(save, known);
    // Two tabs must not take the same free set.
    return navigator.locks.request(`${this.#name}:pool`, async () => {
      // A new run has no set anywhere; any other may have got one in another tab.
      const { free } = save.sequence === FIRST ? await this.#learn() : await this.#relearn();
      return this.#writeTo(save, this.#setOf.get(save.id) ?? free[0]);
    });
  }

  /** @param {{id: string}} run */
  async remove({ id }) {
    if ((await this.#knownSet(id)) === undefined) await this.#relearn();
    const set = this.#setOf.get(id);
    if (set === undefined) return;
    for (const file of FILES) await this.#use(set, file, (it) => overwrite(it, []));
    this.#setOf.delete(id);
    this.#logs.delete(id);
  }

  /** @param {number} set @param {string} file */
  #handle(set, file) {
    return this.#folder.getFileHandle(`${set}.${file}`, { create: true });
  }

  /** @param {number} set @returns {Promise<Bytes[]>} */
  #readSet(set) {
    const read = async (/** @type {string} */ file) => {
      const content = await (await this.#handle(set, file)).getFile();
      return new Uint8Array(await content.arrayBuffer());
    };
    return Promise.all(FILES.map(read));
  }

  /**
   * @template T
   * @param {number} set
   * @param {string} file
   * @param {(file: OpenFile) => T} work
   * @returns {Promise<T>}
   */
  async #use(set, file, work) {
    /** @type {OpenFile} */
    const open = await /** @type {any} */ (await this.#handle(set, file)).createSyncAccessHandle();
    try {
      return work(open);
    } finally {
      open.close();
    }
  }

  /** Read the sets that are not known; know whose they are; keep some free. */
  async #learn() {
    const numbers = await setNumbers(this.#folder);
    const known = new Set(this.#setOf.values());
    const sets = numbers.filter((set) => !known.has(set));
    const contents = await Promise.all(sets.map((set) => this.#readSet(set)));
    const free = sets.filter((_, i) => isFree(contents[i]));
    const first = numbers.length ? Math.max(...numbers) + 1 : 0;
    for (let set = first; set < first + SPARE_SETS - free.length; set++) {
      for (const file of FILES) await this.#use(set, file, (it) => it.flush());
      free.push(set);
    }
    const owned = contents.flatMap((files, i) => {
      const id = files.map(idIn).find((it) => it !== null) ?? null;
      if (id !== null) this.#setOf.set(id, sets[i]);
      const [slot0, slot1, ...log] = files;
      return isFree(files) ? [] : [{ id, slots: [slot0, slot1].filter((it) => it.length), log }];
    });
    return { owned, free };
  }

  /** Another tab may have changed the owners of the sets. */
  #relearn() {
    this.#setOf.clear();
    return this.#learn();
  }

  /**
   * The set of a run, if it still is. While another tab had the run, it may have deleted it and given its files to a new one.
   * @param {string} id @param {number} [fence]  with the one of the last save no other tab has had it
   */
  async #knownSet(id, fence) {
    const set = this.#setOf.get(id);
    if (set === undefined || (fence !== undefined && this.#logs.get(id)?.fence === fence)) return set;
    if ((await this.#readSet(set)).map(idIn).includes(id)) return set;
    this.#setOf.delete(id);
    this.#logs.delete(id);
    return undefined;
  }

  /** @param {CopyOfSave} save @param {number} set */
  async #writeTo(save, set) {
    const slot = `slot${save.sequence % 2}`;
    const stale = await this.#use(set, slot, (file) => sequenceIn(file) > save.sequence);
    if (stale) return { whole: true }; // this run's next owner was faster
    const whole = await this.#writeLog(save, set);
    const { checkpoint } = save;
    if (checkpoint) await this.#use(set, slot, (file) => overwrite(file, [checkpoint]));
    this.#setOf.set(save.id, set);
    return { whole };
  }

  /** @param {CopyOfSave} save @param {number} set @returns {Promise<boolean>} whether the log is whole */
  async #writeLog({ id, fence, chunks, rows }, set) {
    let log = this.#logs.get(id);
    if (log?.fence !== fence) log = logState(await this.#readSet(set), id, fence);
    const restarts = chunks.length > 0 && rows.start === 0;
    if (!restarts && (rows.generation !== log.generation || rows.start > log.end)) return false;
    const active = restarts ? 1 - log.active : log.active;
    const at = restarts ? 0 : log.size;
    const size = chunks.length ? await this.#use(set, `log${active}`, (file) => overwrite(file, chunks, at)) : at;
    const end = chunks.length ? rows.end : log.end;
    this.#logs.set(id, { fence, active, generation: rows.generation, end, size });
    return size < WASTE + 2 * ROW_BYTES * rows.end;
  }
}

/** @param {Bytes[]} files  of a set */
const isFree = (files) => files.every(({ length }) => length === 0);

/** @param {FileSystemDirectoryHandle} folder @returns {Promise<number[]>} */
async function setNumbers(folder) {
  const numbers = new Set();
  for await (const file of /** @type {any} */ (folder).keys()) numbers.add(Number.parseInt(file, 10));
  return [...numbers];
}

/**
 * @param {OpenFile} file
 * @param {Bytes[]} parts
 * @param {number} [at]
 * @returns {number} the new size
 */
function overwrite(file, parts, at = 0) {
  let end = at;
  for (const part of parts) end += file.write(part, { at: end });
  file.truncate(end);
  file.flush();
  return end;
}

/** @param {Uint8Array} bytes @returns {string | null} whose bytes they are */
function idIn(bytes) {
  try {
    return String(unseal(bytes).header.id);
  } catch {
    return null; // damaged: another file of the set will tell
  }
}

/** @param {OpenFile} file @returns {number} of the checkpoint in it; 0 if there is no valid one */
function sequenceIn(file) {
  const bytes = new Uint8Array(file.getSize());
  file.read(bytes, { at: 0 });
  try {
    return Number(unseal(bytes).header.sequence);
  } catch {
    return 0; // nothing, or damaged: to be overwritten
  }
}

/**
 * @param {Bytes[]} files
 * @param {string} id
 * @param {number} fence
 * @returns {Log}
 */
function logState([, , log0, log1], id, fence) {
  const [chunks0, chunks1] = [chunksIn(log0, id), chunksIn(log1, id)];
  const active = (chunks1[0]?.sequence ?? 0) > (chunks0[0]?.sequence ?? 0) ? 1 : 0;
  const chunks = [chunks0, chunks1][active];
  const last = chunks.at(-1);
  const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  return { fence, active, generation: last?.generation ?? 0, end: last ? endOf(last) : 0, size };
}
