/**
 * Saved runs in IndexedDB, each save in one transaction.
 *
 * One save is ONE transaction over all stores: after a crash all of it is there, or nothing.
 *
 *   leases       id                        {format, epoch, sequence, removed}   who may write, and the number of the newest save
 *   summaries    id                        {format, sequence, summary}          what the list of runs shows
 *   checkpoints  [id, slot]                {format, bytes: sealed}              two slots in turn: sequence modulo 2
 *   history      [id, generation, start]   {format, bytes: sealed}              chunks, appended
 *   sessions     session                   {format}                             see clean_exit.js
 *   scratch      number                    bytes                                see `heal`
 *
 * The format of checkpoints and history is that of their sealed bytes. Leases, summaries and sessions have never changed, and
 * keep the number 1: an older page in another tab must see whose a run is, although it cannot read what is saved of it.
 */

import { connect, result } from "./connection.js";
import { append, sealChunk } from "./history_chunks.js";
import { FORMAT as SEALED, seal } from "./sealed.js";

export const VERSION = 1;
const FORMAT = 1; // of leases, summaries and sessions
const RUNS = ["leases", "summaries", "checkpoints", "history"];
const UNREADABLE = new Set(["DataError", "UnknownError", "NotReadableError"]); // what browsers say of a damaged value

/** @import { Chunk } from "./history_chunks.js" */
/** @typedef {{summary: any, checkpoint: Uint8Array, crc?: number, chunks: Chunk[]}} Content */
/** @typedef {{format: number, epoch: number, sequence: number, removed: boolean}} Lease */
/** @typedef {{slots: unknown[], chunks: unknown[], lease: Lease | undefined, summary: any}} Found  what was read, unchecked */
/** @typedef {{sequence: number, slot: number | null, tail: Chunk[]}} Known  newest sequence, slot of the last good checkpoint, last chunk */

/** Another tab has taken the run over: this save must never happen. */
export class StaleError extends Error {
  /** @override */
  name = "StaleError";
}

/** Database version n is made from version n - 1 by UPGRADES[n]. Names stay for ever: what changes is migrated. */
const UPGRADES = /** @type {Record<number, (db: IDBDatabase) => void>} */ ({
  1: (db) => {
    for (const store of [...RUNS, "sessions", "scratch"]) db.createObjectStore(store);
  },
});

/** @param {IDBDatabase} db @param {number} oldVersion */
function upgrade(db, oldVersion) {
  for (let version = oldVersion + 1; version <= VERSION; version++) UPGRADES[version](db);
}

/** @param {string} id */
const slotsOf = (id) => IDBKeyRange.bound([id], [id, []]);

/** @typedef {{factory: IDBFactory, name: string, deadline: number, onupgrade: () => void, connectTo?: typeof connect}} DbOptions */

export class RunsDb {
  #connection;

  /** @param {DbOptions} options */
  constructor({ connectTo = connect, factory, name, deadline, onupgrade }) {
    this.#connection = connectTo({ factory, name, deadline, onupgrade, version: VERSION, upgrade });
  }

  close() {
    this.#connection.close();
  }

  /** Become the one who may write a run. @param {string} id @returns {Promise<number>} the epoch, to be given with each save */
  claim(id) {
    return this.#claim(id, leaseIn).catch((error) =>
      UNREADABLE.has(error?.name) ? this.#claim(id, anyLease) : Promise.reject(error),
    );
  }

  /**
   * @param {string} id
   * @param {number} fence
   * @param {Content} content
   * @param {Known} known
   */
  write(id, fence, content, known) {
    return this.#connection.run(RUNS, "readwrite", async (transaction) => {
      const leases = transaction.objectStore("leases");
      const lease = await leaseIn(leases, id);
      refuseStale(lease, fence);
      const sequence = nextSequence(Math.max(lease.sequence, known.sequence), known.slot);
      leases.put({ format: FORMAT, epoch: fence, sequence, removed: false }, id);
      const tail = lease.sequence === known.sequence ? known.tail : [];
      return put(transaction, { id, sequence, tail }, content);
    });
  }

  /** Only the number that distinguishes old copies from new ones is kept. @param {string} id @param {number} fence */
  remove(id, fence) {
    return this.#connection.run(RUNS, "readwrite", async (transaction) => {
      const leases = transaction.objectStore("leases");
      const lease = await leaseIn(leases, id);
      if (lease.removed && lease.epoch === fence + 1) return; // it was, although the answer got lost
      refuseStale(lease, fence);
      leases.put({ ...lease, epoch: fence + 1, removed: true }, id);
      transaction.objectStore("summaries").delete(id);
      transaction.objectStore("checkpoints").delete(slotsOf(id));
      transaction.objectStore("history").delete(slotsOf(id));
    });
  }

  /** @returns {Promise<string[]>} of the runs of which there is anything */
  async ids() {
    const keys = await Promise.all(RUNS.slice(1).map((store) => this.#read(store, (it) => it.getAllKeys())));
    return [
      ...new Set(
        keys.flatMap((some) => (some ?? []).map((/** @type {any} */ key) => (Array.isArray(key) ? key[0] : key))),
      ),
    ];
  }

  /** @param {string} id @returns {Promise<Found>} */
  async read(id) {
    const [lease, summary] = await Promise.all(
      ["leases", "summaries"].map((store) => this.#read(store, (it) => it.get(id))),
    );
    const [slots, chunks] = await Promise.all(["checkpoints", "history"].map((store) => this.#readEach(store, id)));
    const bytes = (/** @type {any[]} */ values) => values.map((value) => value?.bytes);
    return { lease: isLease(lease) ? lease : undefined, summary, slots: bytes(slots), chunks: bytes(chunks) };
  }

  /**
   * After a power cut Chromium's log may end in zeros that destroy what follows them, at the start after next. Its log is
   * replaced by a fresh one when 4 MiB have been written, so write 5 MiB (in values that stay inside the log).
   */
  async heal() {
    const piece = crypto.getRandomValues(new Uint8Array(60 * 1024)); // random: it must not be compressed away
    const pieces = IDBKeyRange.bound(0, 86);
    await this.#change("scratch", (scratch) => {
      for (let key = 0; key < 86; key++) scratch.put(piece, key);
    });
    await this.#change("scratch", (scratch) => scratch.delete(pieces));
  }

  /** @returns {Promise<string[]>} pages that are open, or were when they ended */
  async sessions() {
    return (await this.#read("sessions", (it) => it.getAllKeys())) ?? [];
  }

  /** @param {string} session */
  enter(session) {
    return this.#change("sessions", (sessions) => sessions.put({ format: FORMAT }, session));
  }

  /** @param {string[]} over */
  forget(over) {
    return this.#change("sessions", (sessions) => over.forEach((session) => void sessions.delete(session)));
  }

  /** @param {string} store @param {(store: IDBObjectStore) => IDBRequest} ask */
  #read(store, ask) {
    return this.#connection.run([store], "readonly", (transaction) =>
      result(ask(transaction.objectStore(store)), { otherwise: undefined }),
    );
  }

  /** @param {string} store @param {(store: IDBObjectStore) => any} act @returns {Promise<void>} */
  #change(store, act) {
    return this.#connection.run([store], "readwrite", (transaction) => {
      act(transaction.objectStore(store));
    });
  }

  /** All values of a run in a store; where one is unreadable, the others. @param {string} store @param {string} id */
  async #readEach(store, id) {
    const all = await this.#read(store, (it) => it.getAll(slotsOf(id)));
    if (all) return all;
    const keys = (await this.#read(store, (it) => it.getAllKeys(slotsOf(id)))) ?? [];
    return Promise.all(keys.map((/** @type {IDBValidKey} */ key) => this.#read(store, (it) => it.get(key))));
  }

  /** @param {string} id @param {typeof leaseIn} readLease @returns {Promise<number>} */
  #claim(id, readLease) {
    return this.#connection.run(["leases"], "readwrite", async (transaction) => {
      const leases = transaction.objectStore("leases");
      const lease = await readLease(leases, id);
      leases.put({ ...lease, epoch: lease.epoch + 1 }, id);
      return lease.epoch + 1;
    });
  }
}

/** @param {any} value @returns {value is Lease} */
const isLease = (value) =>
  value?.format === FORMAT && Number.isSafeInteger(value.epoch) && Number.isSafeInteger(value.sequence);

/** @param {IDBObjectStore} leases @param {string} id @returns {Promise<Lease>} */
async function leaseIn(leases, id) {
  const lease = (await result(leases.get(id))) ?? { format: FORMAT, epoch: 0, sequence: 0, removed: false };
  if (!isLease(lease)) throw new DOMException("a lease is unreadable", "DataError");
  return lease;
}

/**
 * For a lease that stays unreadable: the clock is greater than any number that can have stood in it.
 * @type {typeof leaseIn}
 */
async function anyLease() {
  return { format: FORMAT, epoch: Date.now(), sequence: Date.now(), removed: false };
}

/** @param {Lease} lease @param {number} fence */
function refuseStale(lease, fence) {
  if (lease.epoch > fence) throw new StaleError(`epoch ${fence} has been replaced by ${lease.epoch}`);
}

/**
 * The next number whose slot is not the one with the last good checkpoint.
 * @param {number} newest @param {number | null} good
 */
const nextSequence = (newest, good) => newest + ((newest + 1) % 2 === good ? 2 : 1);

/**
 * @param {IDBTransaction} transaction
 * @param {{id: string, sequence: number, tail: Chunk[]}} save  `tail`: the last chunk written, to be joined with new ones
 * @param {Content} content
 */
function put(transaction, { id, sequence, tail }, { summary, checkpoint, crc, chunks }) {
  const slot = sequence % 2;
  const bytes = seal({ id, sequence, summary }, checkpoint, crc);
  transaction.objectStore("summaries").put({ format: FORMAT, sequence, summary }, id);
  transaction.objectStore("checkpoints").put({ format: SEALED, bytes }, [id, slot]);
  const history = transaction.objectStore("history");
  const joined = chunks.reduce(append, tail);
  const first = chunks.length ? joined.find((it) => !tail.includes(it)) : undefined;
  if (first) {
    history.delete(IDBKeyRange.bound([id], [id, first.generation], false, true));
    history.delete(IDBKeyRange.bound([id, first.generation, first.start], [id, []]));
  }
  for (const chunk of joined.filter((it) => !tail.includes(it))) {
    history.put({ format: SEALED, bytes: sealChunk(id, sequence, chunk) }, [id, chunk.generation, chunk.start]);
  }
  const last = joined.at(-1);
  return { sequence, slot, bytes, tail: last ? [last] : [] };
}
