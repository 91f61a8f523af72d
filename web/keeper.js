/**
 * Runs that are never lost: each is saved as it changes, and can be brought back after Delete and Reset.
 *
 * What is saved are Python's checkpoints and rows of history; nothing here looks inside. A save takes Python's time only for
 * as long as it makes the checkpoint: nobody waits for the disk.
 */

import { append, assemble, COLUMNS } from "./storage/chunks.js";
import { inWords } from "./storage/words.js";

/** @typedef {import("./rpc.js").Client["call"]} Call */
/** @typedef {import("./api.d.ts").RunSummary} RunSummary */
/** @typedef {import("./db.js").Chunk} Chunk */
/** @typedef {import("./db.js").Storage} Storage */
/** @typedef {import("./owners.js").Owners} Owners */
/** @typedef {import("./storage/restore.js").SavedRun} SavedRun */
/** @typedef {import("./store.js").Store} Store */

/**
 * What is known here of a run that is kept.
 * @typedef {object} Kept
 * @property {string} mark           of its summary when it was kept last; "" to keep it again
 * @property {boolean | null} active  whether it was the active one then; null if that is not known
 * @property {number} looked         when it was the active one last, ms since 1970
 * @property {Uint8Array | null} checkpoint
 * @property {Chunk[]} unsaved       rows that are not known to be in the storage
 * @property {number} generation     of the rows that have been given away …
 * @property {number} rows           … and how many they are
 * @property {Promise<void>} saving  the save under way, or the last one
 */

/**
 * What brings a run back as it was before it was deleted, reset or given its best weights; `instead`: the run in its place whose
 * training beyond `step` ends the way back, if there is one.
 * @typedef {{text: string, id: string, name: string, bytes: Uint8Array, history: {generation: number, values: Float64Array}, active: boolean, instead: string | null, step: number}} Undo
 */

/**
 * @param {Call} call
 * @param {Store} store
 * @param {Promise<{storage: Storage, owners: Owners}>} opened
 */
export function createKeeper(call, store, opened) {
  /** @type {Map<string, Kept>} in the order of the runs */
  let kept = new Map();
  /** @type {Map<string, Promise<void>>} */
  const removing = new Map();

  /** @param {string} id @returns {Kept} */
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
  const isTrained = (run) => run.active && store.get().playing;

  /** Whether a run is the active one is seen to apart: to look at another is no change of either. @param {RunSummary} run */
  const markOf = (run) => JSON.stringify([{ ...run, active: null }, isTrained(run)]);

  /** The storage itself says what it could not save; here is only what could not even be given to it. @param {string} id @param {import("./db.js").RunState["unsaved"]} why */
  function tellUnsaved(id, why) {
    const { [id]: before, ...unsaved } = store.get().unsaved;
    if (why) store.set({ unsaved: { ...unsaved, [id]: before ?? why } });
    else if (before) store.set({ unsaved });
  }

  /** @param {RunSummary} run @param {Kept} entry */
  async function save(run, entry) {
    const { id } = run;
    const mark = markOf(run);
    const [{ bytes, step, crc32 }, history] = await Promise.all([
      call("export_run", { id, history: false }),
      call("history_rows", { id, generation: entry.generation, start: entry.rows }),
    ]);
    entry.mark = mark;
    if (run.active) entry.looked = Date.now();
    entry.checkpoint = bytes;
    entry.unsaved = append(entry.unsaved, history);
    entry.generation = history.generation;
    entry.rows = history.start + history.values.length / COLUMNS;
    const summary = { ...run, step, training: isTrained(run), looked: entry.looked };
    store.set({ writing: store.get().writing + 1 });
    entry.saving = write(id, { summary, checkpoint: bytes, crc: crc32, history }, entry).finally(() =>
      store.set({ writing: store.get().writing - 1 }),
    );
  }

  /** @param {string} id @param {import("./db.js").Save} save @param {Kept} entry */
  async function write(id, save, entry) {
    const { storage, owners } = await opened;
    const since = Date.now();
    await removing.get(id);
    let fence = 0;
    try {
      fence = await owners.fence(id);
    } catch (error) {
      Object.assign(entry, { mark: "", generation: 0, rows: 0 });
      return tellUnsaved(id, { since, why: inWords(error) });
    }
    tellUnsaved(id, null);
    try {
      await storage.save(id, save, fence);
    } catch {
      return; // the storage says so, keeps it in memory and tries again, unless another tab has the run
    }
    if (entry.checkpoint === save.checkpoint) entry.unsaved = [];
  }

  /** @param {string} id @param {Kept} entry */
  async function remove(id, entry) {
    const { storage, owners } = await opened;
    if (!owners.owns(id)) return;
    try {
      await entry.saving;
      await storage.remove(id, await owners.fence(id));
      owners.deleted(id);
      owners.tell("removed", id);
    } catch (error) {
      notify(store, { id, kind: "warning", text: `A deleted run may come back. ${inWords(error)}` });
    }
  }

  /** It changes in a way that its summary does not show. @param {string} id @param {boolean} anew  its history too is another one */
  function touch(id, anew = false) {
    const entry = kept.get(id);
    if (entry) Object.assign(entry, { mark: "" }, anew ? { unsaved: [], generation: 0, rows: 0 } : {});
  }

  /** Save a run of this tab, if it has changed. @param {RunSummary} run @param {Owners} owners */
  async function keepOne(run, owners) {
    const entry = kept.get(run.id);
    if (!entry) return;
    const hasChanged = entry.mark !== markOf(run) || (run.active && entry.active === false);
    entry.active = run.active;
    if (hasChanged && owners.owns(run.id)) await save(run, entry).catch((error) => unlessDeleted(run.id, error));
  }

  /** A run that has been deleted since it was listed need not be saved. @param {string} id @param {unknown} error */
  async function unlessDeleted(id, error) {
    if ((await call("runs")).some((run) => run.id === id)) throw error;
  }

  /**
   * Save those of the runs known here that are this tab's and have changed. It takes Python's time and nothing else, no disk's and
   * no lock's, and is asked for in one go: the checkpoints are of one moment.
   * @param {RunSummary[]} runs
   */
  async function keepOwn(runs) {
    const { owners } = await opened;
    await Promise.all(runs.map((run) => keepOne(run, owners)));
  }

  /** A run as it is now, whole. @param {string} id */
  const whole = (id) => Promise.all([call("export_run", { id, history: false }), call("history_rows", { id })]);

  return {
    /** Whether there is anything to go on from. */
    holds: () => kept.size > 0,

    /**
     * Save the runs of this tab that have changed since they were kept last; forget those that are gone.
     * @param {RunSummary[]} runs
     */
    async keep(runs) {
      const { owners } = await opened;
      const before = kept;
      kept = new Map(runs.map(({ id }) => [id, entryOf(id)]));
      for (const [id, entry] of before) if (!kept.has(id)) removing.set(id, remove(id, entry));
      const made = runs.filter(({ id }) => kept.get(id)?.checkpoint === null);
      await Promise.all(made.map(({ id }) => owners.adopt(id)));
      await keepOwn(runs);
      const elsewhere = runs.filter(({ id }) => !owners.owns(id)).map(({ id }) => id);
      if (elsewhere.join() !== store.get().elsewhere.join()) store.set({ elsewhere });
    },

    keepOwn,
    touch,

    /** The save of this run that is under way, if any. @param {string} id */
    saving: async (id) => kept.get(id)?.saving,

    /** @param {string} id @returns {Uint8Array | null} the newest checkpoint of a run, for when Python gives none */
    checkpoint: (id) => kept.get(id)?.checkpoint ?? null,

    /** A run has been read from the storage and put back. @param {RunSummary} run @param {SavedRun} saved @param {boolean} again  save it at once */
    putBack(run, { checkpoint, history, summary }, again) {
      const { generation, values } = history;
      const looked = Number(summary?.looked) || 0;
      const entry = { ...entryOf(run.id), active: null, looked, checkpoint };
      // What could not even be given to the storage is given anew, whole.
      if (store.get().unsaved[run.id]) Object.assign(entry, { mark: "", generation: 0, rows: 0 });
      else Object.assign(entry, { mark: again ? "" : markOf(run), generation, rows: values.length / COLUMNS });
      kept.set(run.id, entry);
    },

    /** Every run as it was kept last: for a Python that starts again. @returns {Promise<SavedRun[]>} */
    async newest() {
      const { storage, owners } = await opened;
      const runs = await Promise.all(
        [...kept].map(async ([id, { checkpoint, unsaved, active, looked }]) => {
          const stored = await storage.read(id).catch(() => null); // then only a part of its curve is known
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
     * Take what is needed to bring `run` back, before something is done to it that can be undone.
     * @param {RunSummary} run @param {string} deed  "Deleted" @param {boolean} trains  a twin under Play goes on at once
     * @returns {Promise<Undo>}
     */
    async before({ id, name, active, step: now }, deed, trains) {
      const [{ bytes }, history] = await whole(id);
      const instead = deed === "Deleted" || trains ? null : id;
      const step = deed === "Reset" ? 0 : now;
      return { text: `${deed} “${name}”.`, id, name, bytes, history, active, instead, step };
    },

    /** @param {Undo} undo */
    async undo({ id, bytes, history: { generation, values }, active }) {
      await call("restore_run", { bytes, history: { generation, values }, activate: active });
      touch(id, true);
    },
  };
}

/** @typedef {ReturnType<typeof createKeeper>} Keeper */

const ALL_IS_WELL = { status: /** @type {const} */ ("ok"), why: "", remains: [] };

/**
 * Something about kept runs that the reader should know; a new notice replaces the one about the same.
 * @param {Store} store @param {import("./store.js").Notice} notice
 */
export function notify(store, notice) {
  const others = store.get().notices.filter(({ id, kind }) => id !== notice.id || kind !== notice.kind);
  store.set({ notices: [...others, notice] });
}
