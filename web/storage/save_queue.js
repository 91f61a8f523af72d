/** Saves on their way to the database: one at a time for each run, and retried until they succeed. */

import { StorageError } from "./errors.js";
import { append } from "./history_chunks.js";

/** @import { Chunk } from "./history_chunks.js" */
/** @import { Save } from "./index.js" */

const FIRST_RETRY = 2_000; // ms, then doubled each time
const LAST_RETRY = 30_000;

/** @typedef {Save & {chunks: Chunk[], fence: number, since: number, settle: {resolve: (sequence: number) => void, reject: (error: Error) => void}[]}} Pending */
/**
 * @typedef {object} QueueEvents
 * @property {(id: string, save: Pending) => Promise<{sequence: number, copied: Promise<void>}>} write
 * @property {(id: string, step: number | null) => void} saved
 * @property {(id: string, save: Pending, error: unknown) => void} failed  it stays in memory
 * @property {(id: string) => void} dropped  its saves will never be written
 * @property {(id: string) => void} lost     another tab has taken this run over
 */

export class SaveQueue {
  #on;
  /** @type {Map<string, Pending>} */
  #pending = new Map();
  /** @type {Map<string, Promise<void>>} */
  #busy = new Map();
  /** Runs whose last save has failed. @type {Set<string>} */
  #failed = new Set();
  #retryDelay = FIRST_RETRY;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retryTimer;

  /** @param {QueueEvents} on */
  constructor(on) {
    this.#on = on;
  }

  /** @param {string} id @param {Save} save @param {number} fence @returns {Promise<number>} the number of the save */
  add(id, { history, ...content }, fence) {
    return new Promise((resolve, reject) => {
      const chunks = history ? [history] : [];
      const save = { ...content, chunks, fence, since: Date.now(), settle: [{ resolve, reject }] };
      this.#pending.set(id, joined(this.#pending.get(id), save));
      this.#pump(id);
    });
  }

  /** Drop the saves of a run, and wait for the one that is being written. @param {string} id */
  async drop(id) {
    this.#drop(id);
    await this.#busy.get(id);
    this.#drop(id);
  }

  /** Retry failed saves now. */
  async retry() {
    clearTimeout(this.#retryTimer);
    const ids = [...this.#pending.keys()];
    for (const id of ids) this.#pump(id);
    await Promise.all(ids.map((id) => this.#busy.get(id)));
  }

  /** Resolve when no save or copy is in progress. */
  async settled() {
    while (this.#busy.size) await Promise.all(this.#busy.values());
  }

  close() {
    clearTimeout(this.#retryTimer);
  }

  /** Write the next save of a run; later ones are merged into the one after it. @param {string} id */
  #pump(id) {
    const next = this.#pending.get(id);
    if (!next || this.#busy.has(id)) return;
    this.#pending.delete(id);
    const work = this.#write(id, next).finally(() => {
      this.#busy.delete(id);
      if (!this.#failed.has(id)) this.#pump(id);
    });
    this.#busy.set(id, work);
  }

  /** @param {string} id @param {Pending} save */
  async #write(id, save) {
    try {
      const { sequence, copied } = await this.#on.write(id, save);
      this.#retryDelay = FIRST_RETRY;
      this.#failed.delete(id);
      this.#on.saved(id, save.summary?.step ?? null);
      for (const { resolve } of save.settle) resolve(sequence);
      await copied;
    } catch (/** @type {any} */ error) {
      this.#fail(id, save, error);
    }
  }

  /** @param {string} id @param {Pending} save @param {any} error */
  #fail(id, save, error) {
    const waiting = joined(save, this.#pending.get(id));
    for (const { reject } of waiting.settle) reject(new StorageError(error));
    if (error?.name === "StaleError") {
      this.#drop(id);
      return this.#on.lost(id);
    }
    this.#pending.set(id, { ...waiting, settle: [] });
    this.#failed.add(id);
    this.#on.failed(id, save, error);
    if (error?.name === "VersionError") return; // only a reload helps
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.retry(), this.#retryDelay);
    this.#retryDelay = Math.min(2 * this.#retryDelay, LAST_RETRY);
  }

  /** @param {string} id */
  #drop(id) {
    const error = new StorageError({ name: "StaleError" });
    for (const { reject } of this.#pending.get(id)?.settle ?? []) reject(error);
    this.#pending.delete(id);
    this.#failed.delete(id);
    this.#on.dropped(id);
  }
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
