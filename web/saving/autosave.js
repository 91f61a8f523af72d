/**
 * Automatic saves: each run is saved after it changes.
 *
 * Saves are Python's checkpoints and rows of history, opaque here. A save occupies Python only while it makes the checkpoint;
 * nothing waits for the disk.
 */

import { describeError } from "../storage/errors.js";
import { append, assemble, COLUMNS } from "../storage/history_chunks.js";
import { ofRun, withoutRun } from "../ui/of_run.js";
import { notify } from "./notices.js";
import { newEntry, SAVE_AGAIN, SAVE_WHOLE } from "./save_entry.js";

/** @import { Checkpoint, RunSummary } from "../api.d.ts" */
/** @import { Client } from "../engine/client.js" */
/** @import { Store } from "../page/store.js" */
/** @import { SavedRun } from "../storage/choose_copy.js" */
/** @import { RunState, Save, Storage } from "../storage/index.js" */
/** @import { Ownership } from "./ownership.js" */
/** @import { SaveEntry } from "./save_entry.js" */

/** A requested checkpoint of a run, and the checkpoint that was saved before it. @typedef {{id: string, checkpoint: Promise<Checkpoint>, previous: Uint8Array | null}} Taken */
/** @typedef {Promise<{storage: Storage, ownership: Ownership}>} Opened */

const INTACT = { status: /** @type {const} */ ("ok"), why: "", remains: [] };

export class Autosave {
  #call;
  #store;
  #opened;
  /** @type {Map<string, SaveEntry>} in the order of the runs */
  #entries = new Map();
  /** @type {Map<string, Promise<void>>} */
  #removing = new Map();

  /**
   * @param {Client["call"]} call
   * @param {Store} store
   * @param {Opened} opened
   */
  constructor(call, store, opened) {
    this.#call = call;
    this.#store = store;
    this.#opened = opened;
  }

  /** Whether there is a run to restore. */
  holdsRuns() {
    return this.#entries.size > 0;
  }

  /**
   * Save the runs of this tab that have changed since they were saved last; forget those that are gone.
   * @param {RunSummary[]} runs @param {Taken | null} [taken]  of one of them, at the moment of this list
   */
  async saveChanged(runs, taken = null) {
    const { ownership } = await this.#opened;
    const before = this.#entries;
    this.#entries = new Map(runs.map(({ id }) => [id, before.get(id) ?? newEntry()]));
    for (const [id, entry] of before) if (!this.#entries.has(id)) this.#removing.set(id, this.#remove(id, entry));
    const made = runs.filter(({ id }) => this.#entries.get(id)?.checkpoint === null);
    await Promise.all(made.map(({ id }) => ownership.adopt(id)));
    await this.saveOwned(runs, taken);
    const elsewhere = runs.filter(({ id }) => !ownership.owns(id)).map(({ id }) => id);
    if (elsewhere.join() !== this.#store.get().saving.elsewhere.join()) this.#store.set({ saving: { elsewhere } });
  }

  /**
   * Save the changed runs that this tab owns. Waits for Python only, neither for the disk nor for a lock.
   * @param {RunSummary[]} runs @param {Taken | null} [taken]
   */
  async saveOwned(runs, taken = null) {
    const { ownership } = await this.#opened;
    await Promise.all(runs.map((run) => this.#saveOne(run, ownership, taken)));
  }

  /** Mark a run as changed where its summary does not show it. @param {string} id @param {boolean} resetsHistory  its history is replaced too */
  touch(id, resetsHistory = false) {
    const entry = this.#entries.get(id);
    if (entry) Object.assign(entry, resetsHistory ? { ...SAVE_WHOLE, unsaved: [] } : SAVE_AGAIN);
  }

  /** Request a checkpoint of a changed run, to be passed to the next `saveChanged`. @param {string} id @returns {Taken | null} */
  take(id) {
    const entry = this.#entries.get(id);
    if (!entry) return null;
    const checkpoint = this.#checkpointOf(id, entry);
    checkpoint.catch(() => {}); // the save handles it
    return { id, checkpoint, previous: entry.checkpoint };
  }

  /** Resolve when no save of this run is under way. @param {string} id */
  async saved(id) {
    await this.#entries.get(id)?.saving;
  }

  /** Resolve when no save is under way. */
  async written() {
    await Promise.all([...this.#entries.values()].map(({ saving }) => saving));
  }

  /** @param {string} id @returns {Uint8Array | null} the newest checkpoint of a run, if Python is stopped */
  checkpoint(id) {
    return this.#entries.get(id)?.checkpoint ?? null;
  }

  /**
   * Register a run that was restored from the storage.
   * @param {RunSummary} run
   * @param {SavedRun} saved
   * @param {boolean} again  save it at once
   */
  putBack(run, { checkpoint, history, summary }, again) {
    const { generation, values } = history;
    const looked = Number(summary?.looked) || 0;
    const entry = { ...newEntry(), active: null, looked, checkpoint };
    // A run that was never passed to the storage is saved again, whole.
    if (ofRun(this.#store.get().saving.unsaved, run.id)) Object.assign(entry, SAVE_WHOLE);
    else {
      const fingerprint = again ? "" : this.#fingerprint(run);
      Object.assign(entry, { fingerprint, generation, rows: values.length / COLUMNS });
    }
    this.#entries.set(run.id, entry);
  }

  /** Every run as last saved, for a restart of Python. @returns {Promise<SavedRun[]>} */
  async newest() {
    const { storage, ownership } = await this.#opened;
    const runs = await Promise.all(
      [...this.#entries].map(async ([id, { checkpoint, unsaved, active, looked }]) => {
        const stored = await storage.read(id).catch(() => null); // then only part of its curve is known
        if (!ownership.owns(id) || !checkpoint) return stored;
        const chunks = stored ? [{ ...stored.history, start: 0 }, ...unsaved] : unsaved;
        const summary = { ...stored?.summary, looked: active ? Number.MAX_VALUE : looked };
        return { ...INTACT, id, summary, checkpoint, history: assemble(chunks) };
      }),
    );
    return runs.filter((run) => run !== null);
  }

  /** @param {RunSummary} run */
  #isTrained(run) {
    return run.active && this.#store.get().training.playing;
  }

  /** Without whether it is active: activating another run changes neither. @param {RunSummary} run */
  #fingerprint(run) {
    return JSON.stringify([{ ...run, active: null }, this.#isTrained(run)]);
  }

  /** Request what a save of this run writes. @param {string} id @param {SaveEntry} entry */
  #checkpointOf(id, { generation, rows: start }) {
    return this.#call("checkpoint", { id, generation, start });
  }

  /** Save a run of this tab, if it has changed. @param {RunSummary} run @param {Ownership} ownership @param {Taken | null} taken */
  async #saveOne(run, ownership, taken) {
    const entry = this.#entries.get(run.id);
    if (!entry) return;
    const hasChanged = entry.fingerprint !== this.#fingerprint(run) || (run.active && entry.active === false);
    entry.active = run.active;
    if (hasChanged && ownership.owns(run.id))
      await this.#save(run, entry, taken).catch((error) => this.#unlessDeleted(run.id, error));
  }

  /** Ignore the failed save of a run that was deleted meanwhile. @param {string} id @param {unknown} error */
  async #unlessDeleted(id, error) {
    if ((await this.#call("runs")).some((run) => run.id === id)) throw error;
  }

  /** @param {RunSummary} run @param {SaveEntry} entry @param {Taken | null} taken */
  async #save(run, entry, taken) {
    const { id } = run;
    const fingerprint = this.#fingerprint(run);
    // If another save came in between, the one taken may be older than that.
    const isNewest = taken?.id === id && taken.previous === entry.checkpoint;
    const { bytes, step, crc32, history } = await (isNewest ? taken.checkpoint : this.#checkpointOf(id, entry));
    entry.fingerprint = fingerprint;
    if (run.active) entry.looked = Date.now();
    entry.checkpoint = bytes;
    entry.unsaved = append(entry.unsaved, history);
    entry.generation = history.generation;
    entry.rows = history.start + history.values.length / COLUMNS;
    const summary = { ...run, step, training: this.#isTrained(run), looked: entry.looked };
    this.#countWriting(1);
    entry.saving = this.#write(id, { summary, checkpoint: bytes, crc: crc32, history }, entry).finally(() =>
      this.#countWriting(-1),
    );
  }

  /** @param {number} more */
  #countWriting(more) {
    this.#store.set({ saving: { writing: this.#store.get().saving.writing + more } });
  }

  /** @param {string} id @param {Save} save @param {SaveEntry} entry */
  async #write(id, save, entry) {
    const { storage, ownership } = await this.#opened;
    const since = Date.now();
    await this.#removing.get(id);
    let fence = 0;
    try {
      fence = await ownership.fence(id);
    } catch (error) {
      Object.assign(entry, SAVE_WHOLE);
      return this.#tellUnsaved(id, { since, why: describeError(error) });
    }
    this.#tellUnsaved(id, null);
    try {
      await storage.save(id, save, fence);
    } catch {
      return; // the storage says so, keeps it in memory and tries again, unless another tab has the run
    }
    if (entry.checkpoint === save.checkpoint) entry.unsaved = [];
  }

  /** Report a run that could not be passed to the storage; the storage itself reports failed saves. @param {string} id @param {RunState["unsaved"]} why */
  #tellUnsaved(id, why) {
    const { unsaved } = this.#store.get().saving;
    const before = ofRun(unsaved, id);
    if (why) this.#store.set({ saving: { unsaved: { ...unsaved, [id]: before ?? why } } });
    else if (before) this.#store.set({ saving: { unsaved: withoutRun(unsaved, id) } });
  }

  /** @param {string} id @param {SaveEntry} entry */
  async #remove(id, entry) {
    const { storage, ownership } = await this.#opened;
    if (!ownership.owns(id)) return;
    try {
      await entry.saving;
      await storage.remove(id, await ownership.fence(id));
      ownership.deleted(id);
      ownership.announce("removed", id);
    } catch (error) {
      const text = `A deleted run may come back. ${describeError(error)}`;
      notify(this.#store, { id, kind: "warning", text });
    }
  }
}
