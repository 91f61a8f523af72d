/**
 * Automatic saves: each run is saved after it changes, and checkpoints for undo are kept.
 *
 * Saves are Python's checkpoints and rows of history, opaque here. A save occupies Python only while it makes the checkpoint;
 * nothing waits for the disk.
 */

import { describeError } from "../storage/errors.js";
import { append, assemble, COLUMNS } from "../storage/history_chunks.js";
import { ofRun, withoutRun } from "../ui/of_run.js";

/** @typedef {Client["call"]} Call */
/** @import { RunSummary } from "../api.d.ts" */
/** @import { Client } from "../engine/client.js" */
/** @import { Store } from "../page/store.js" */
/** @import { Notice } from "../saving/state.js" */
/** @import { SavedRun } from "../storage/choose_copy.js" */
/** @import { Chunk, RunState, Storage } from "../storage/index.js" */
/** @import { Owners } from "./ownership.js" */

/**
 * State of a saved run.
 * @typedef {object} SaveEntry
 * @property {string} mark           fingerprint of the last saved summary; "" to save again
 * @property {boolean | null} active  whether it was the active one then; null if that is not known
 * @property {number} looked         when it was the active one last, ms since 1970
 * @property {Uint8Array | null} checkpoint
 * @property {Chunk[]} unsaved       rows that are not known to be in the storage
 * @property {number} generation     of the rows that have been given away …
 * @property {number} rows           … and how many they are
 * @property {Promise<void>} saving  the save in progress, or the last one
 */

/** A requested checkpoint of a run, and the checkpoint that was saved before it. @typedef {{id: string, checkpoint: Promise<import("../api.d.ts").Checkpoint>, previous: Uint8Array | null}} Taken */

/**
 * Snapshot of a run before it was deleted, reset or given other weights; `instead`: the run in its place, whose training beyond
 * `step` invalidates the snapshot, if there is one.
 * @typedef {{text: string, id: string, name: string, bytes: Uint8Array, history: {generation: number, values: Float64Array}, active: boolean, instead: string | null, step: number}} Undo
 */

/**
 * @param {Call} call
 * @param {Store} store
 * @param {Promise<{storage: Storage, owners: Owners}>} opened
 */
export function createAutosave(call, store, opened) {
  /** @type {Map<string, SaveEntry>} in the order of the runs */
  let kept = new Map();
  /** @type {Map<string, Promise<void>>} */
  const removing = new Map();

  /** @param {string} id @returns {SaveEntry} */
  const entryOf = (id) =>
    kept.get(id) ?? {
      mark: "",
      active: false,
      looked: 0,
      checkpoint: null,
      unsaved: [],
      generation: 0,
      rows: 0,
      saving: Promise.resolve(),
    };

  /** @param {RunSummary} run */
  const isTrained = (run) => run.active && store.get().training.playing;

  /** Fingerprint of a run, without whether it is active: activating another run changes neither. @param {RunSummary} run */
  const markOf = (run) => JSON.stringify([{ ...run, active: null }, isTrained(run)]);

  /** Report a run that could not be passed to the storage; the storage itself reports failed saves. @param {string} id @param {RunState["unsaved"]} why */
  function tellUnsaved(id, why) {
    const {
      saving: { unsaved },
    } = store.get();
    const before = ofRun(unsaved, id);
    if (why) store.set({ saving: { unsaved: { ...unsaved, [id]: before ?? why } } });
    else if (before) store.set({ saving: { unsaved: withoutRun(unsaved, id) } });
  }

  /** Request what a save of this run writes. @param {string} id @param {SaveEntry} entry */
  const take = (id, { generation, rows: start }) => call("checkpoint", { id, generation, start });

  /** @param {RunSummary} run @param {SaveEntry} entry @param {Taken | null} taken */
  async function save(run, entry, taken) {
    const { id } = run;
    const mark = markOf(run);
    // If another save came in between, the one taken may be older than that.
    const isNewest = taken?.id === id && taken.previous === entry.checkpoint;
    const { bytes, step, crc32, history } = await (isNewest ? taken.checkpoint : take(id, entry));
    entry.mark = mark;
    if (run.active) entry.looked = Date.now();
    entry.checkpoint = bytes;
    entry.unsaved = append(entry.unsaved, history);
    entry.generation = history.generation;
    entry.rows = history.start + history.values.length / COLUMNS;
    const summary = { ...run, step, training: isTrained(run), looked: entry.looked };
    store.set({ saving: { writing: store.get().saving.writing + 1 } });
    entry.saving = write(id, { summary, checkpoint: bytes, crc: crc32, history }, entry).finally(() =>
      store.set({ saving: { writing: store.get().saving.writing - 1 } }),
    );
  }

  /**
   * @param {string} id
   * @param {import("../storage/index.js").Save} save
   * @param {SaveEntry} entry
   */
  async function write(id, save, entry) {
    const { storage, owners } = await opened;
    const since = Date.now();
    await removing.get(id);
    let fence = 0;
    try {
      fence = await owners.fence(id);
    } catch (error) {
      Object.assign(entry, { mark: "", generation: 0, rows: 0 });
      return tellUnsaved(id, { since, why: describeError(error) });
    }
    tellUnsaved(id, null);
    try {
      await storage.save(id, save, fence);
    } catch {
      return; // the storage says so, keeps it in memory and tries again, unless another tab has the run
    }
    if (entry.checkpoint === save.checkpoint) entry.unsaved = [];
  }

  /** @param {string} id @param {SaveEntry} entry */
  async function remove(id, entry) {
    const { storage, owners } = await opened;
    if (!owners.owns(id)) return;
    try {
      await entry.saving;
      await storage.remove(id, await owners.fence(id));
      owners.deleted(id);
      owners.tell("removed", id);
    } catch (error) {
      notify(store, { id, kind: "warning", text: `A deleted run may come back. ${describeError(error)}` });
    }
  }

  /** Mark a run as changed where its summary does not show it. @param {string} id @param {boolean} resetsHistory  its history is replaced too */
  function touch(id, resetsHistory = false) {
    const entry = kept.get(id);
    if (entry) Object.assign(entry, { mark: "" }, resetsHistory ? { unsaved: [], generation: 0, rows: 0 } : {});
  }

  /** Save a run of this tab, if it has changed. @param {RunSummary} run @param {Owners} owners @param {Taken | null} taken */
  async function saveOne(run, owners, taken) {
    const entry = kept.get(run.id);
    if (!entry) return;
    const hasChanged = entry.mark !== markOf(run) || (run.active && entry.active === false);
    entry.active = run.active;
    if (hasChanged && owners.owns(run.id)) await save(run, entry, taken).catch((error) => unlessDeleted(run.id, error));
  }

  /** Ignore the failed save of a run that was deleted meanwhile. @param {string} id @param {unknown} error */
  async function unlessDeleted(id, error) {
    if ((await call("runs")).some((run) => run.id === id)) throw error;
  }

  /**
   * Save the changed runs that this tab owns. Waits for Python only, neither for the disk nor for a lock.
   * @param {RunSummary[]} runs @param {Taken | null} [taken]
   */
  async function saveOwned(runs, taken = null) {
    const { owners } = await opened;
    await Promise.all(runs.map((run) => saveOne(run, owners, taken)));
  }

  return {
    /** Whether there is a run to restore. */
    holds: () => kept.size > 0,

    /**
     * Save the runs of this tab that have changed since they were kept last; forget those that are gone.
     * @param {RunSummary[]} runs @param {Taken | null} [taken]  of one of them, at the moment of this list
     */
    async saveChanged(runs, taken) {
      const { owners } = await opened;
      const before = kept;
      kept = new Map(runs.map(({ id }) => [id, entryOf(id)]));
      for (const [id, entry] of before) if (!kept.has(id)) removing.set(id, remove(id, entry));
      const made = runs.filter(({ id }) => kept.get(id)?.checkpoint === null);
      await Promise.all(made.map(({ id }) => owners.adopt(id)));
      await saveOwned(runs, taken);
      const elsewhere = runs.filter(({ id }) => !owners.owns(id)).map(({ id }) => id);
      if (elsewhere.join() !== store.get().saving.elsewhere.join()) store.set({ saving: { elsewhere } });
    },

    saveOwned,
    touch,

    /** Request a checkpoint of a changed run, to be passed to the next `saveChanged`. @param {string} id @returns {Taken | null} */
    take(id) {
      const entry = kept.get(id);
      if (!entry) return null;
      const checkpoint = take(id, entry);
      checkpoint.catch(() => {}); // the save handles it
      return { id, checkpoint, previous: entry.checkpoint };
    },

    /** The save of this run that is under way, if any. @param {string} id */
    saving: async (id) => kept.get(id)?.saving,

    /** @param {string} id @returns {Uint8Array | null} the newest checkpoint of a run, if Python is stopped */
    checkpoint: (id) => kept.get(id)?.checkpoint ?? null,

    /**
     * Register a run that was restored from the storage.
     * @param {RunSummary} run
     * @param {SavedRun} saved
     * @param {boolean} again  save it at once
     */
    putBack(run, { checkpoint, history, summary }, again) {
      const { generation, values } = history;
      const looked = Number(summary?.looked) || 0;
      const entry = { ...entryOf(run.id), active: null, looked, checkpoint };
      // A run that was never passed to the storage is saved again, whole.
      if (ofRun(store.get().saving.unsaved, run.id)) Object.assign(entry, { mark: "", generation: 0, rows: 0 });
      else Object.assign(entry, { mark: again ? "" : markOf(run), generation, rows: values.length / COLUMNS });
      kept.set(run.id, entry);
    },

    /** Every run as last saved, for a restart of Python. @returns {Promise<SavedRun[]>} */
    async newest() {
      const { storage, owners } = await opened;
      const runs = await Promise.all(
        [...kept].map(async ([id, { checkpoint, unsaved, active, looked }]) => {
          const stored = await storage.read(id).catch(() => null); // then only part of its curve is known
          if (!owners.owns(id) || !checkpoint) return stored;
          const chunks = stored ? [{ ...stored.history, start: 0 }, ...unsaved] : unsaved;
          const history = assemble(chunks);
          const summary = { ...stored?.summary, looked: active ? Number.MAX_VALUE : looked };
          return { ...ALL_IS_WELL, id, summary, checkpoint, history };
        }),
      );
      return runs.filter((run) => run !== null);
    },

    /**
     * Take a snapshot of `run` before an undoable action.
     * @param {RunSummary} run
     * @param {string} action  "Deleted"
     * @param {boolean} trains  a twin continues to train under Play
     * @returns {Promise<Undo>}
     */
    async before({ id, name, active, step: now }, action, trains) {
      const {
        bytes,
        history: { generation, values },
      } = await call("checkpoint", { id });
      const instead = action === "Deleted" || trains ? null : id;
      const step = action === "Reset" ? 0 : now;
      return { text: `${action} “${name}”.`, id, name, bytes, history: { generation, values }, active, instead, step };
    },

    /** Whether the action changed the run; otherwise there is nothing to undo. @param {Undo} undo @param {{id: string}[]} runs */
    async differs({ id, bytes }, runs) {
      if (!runs.some((run) => run.id === id)) return true;
      const now = await call("export_run", { id, history: false });
      return now.bytes.length !== bytes.length || now.bytes.some((byte, i) => byte !== bytes[i]);
    },
  };
}

/** @typedef {ReturnType<typeof createAutosave>} Autosave */

const ALL_IS_WELL = { status: /** @type {const} */ ("ok"), why: "", remains: [] };

/**
 * Show a notice about saved runs; it replaces an earlier one of the same run and kind.
 * @param {Store} store @param {Notice} notice
 */
export function notify(store, notice) {
  const others = store.get().saving.notices.filter(({ id, kind }) => id !== notice.id || kind !== notice.kind);
  store.set({ saving: { notices: [...others, notice] } });
}
