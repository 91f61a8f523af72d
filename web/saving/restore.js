/** Restored runs: after a start of the page or of Python, and between tabs. */

import { readLabel } from "../files/run_file.js";
import { MAX_CHARACTERS } from "../files/run_name.js";
import { openStorage } from "../storage/index.js";
import { count } from "../ui/number.js";
import { ofRun } from "../ui/of_run.js";
import { createAutosave, notify } from "./autosave.js";
import { createOwners } from "./ownership.js";

/** @typedef {Client["call"]} Call */
/** @import { RunSummary } from "../api.d.ts" */
/** @import { Client, RemoteError } from "../engine/client.js" */
/** @import { Store } from "../page/store.js" */
/** @import { Damaged } from "../saving/state.js" */
/** @import { SavedRun } from "../storage/choose_copy.js" */
/** @import { StorageState } from "../storage/index.js" */
/** @import { Owners } from "./ownership.js" */

/**
 * @param {object} options
 * @param {Call} options.call
 * @param {Store} options.store
 * @param {(id: string) => void} options.halt    stop training this run, if it trains
 * @param {() => Promise<void>} options.follow   synchronize the page with Python
 */
export function createRestore({ call, store, halt, follow }) {
  const path = new URL(".", location.href).pathname;
  /** Unprocessed changes announced by other tabs: runs saved, deleted or released. @type {Map<string, "saved" | "removed" | "free">} */
  const news = new Map();
  /** @type {Promise<unknown>} */
  let queue = Promise.resolve();
  let asked = false;
  const opened = open();
  const autosave = createAutosave(call, store, opened);

  async function open() {
    /** @type {Owners | undefined} */
    let owners;
    const onlost = (/** @type {string} */ id) => owners?.lose(id);
    const onstate = (/** @type {StorageState} */ storage) => {
      const before = store.get().saving.storage?.runs;
      store.set({ saving: { storage } });
      for (const [id, { saved }] of Object.entries(storage.runs))
        if (saved !== null && saved !== ofRun(before ?? {}, id)?.saved) owners?.tell("saved", id);
    };
    const storage = await openStorage({ path, onlost, onfound: (id) => onnews("saved", id), onstate });
    owners = createOwners({ path, claim: storage.claim, onlost: lost, onfree, onwish, onnews });
    return { storage, owners };
  }

  /** Run tasks one at a time, in order. @template T @param {() => Promise<T>} work @returns {Promise<T>} */
  function inTurn(work) {
    const done = queue.then(work);
    queue = done.catch(() => {}); // the caller handles it
    return done;
  }

  // ---- Back into Python ----

  /** Restore every run into a Python that has just started, and delete the run it started with. */
  async function restore() {
    const saved = autosave.holds() ? await autosave.newest() : await stored();
    const fresh = await call("runs");
    const back = [];
    for (const run of saved) if (await putBack(run)) back.push(run);
    if (back.length === 0) return;
    for (const { id } of fresh) await call("delete_run", { id });
    const newest = back.reduce((a, b) => ((b.summary?.looked ?? 0) > (a.summary?.looked ?? 0) ? b : a));
    await call("activate_run", { id: newest.id });
  }

  /** Load all saved runs, oldest first, once their owners are known. @returns {Promise<SavedRun[]>} */
  async function stored() {
    const { storage, owners } = await opened;
    try {
      const ids = await storage.ids();
      await Promise.all(ids.map(owners.own));
      const runs = ids.length ? await storage.load() : [];
      const age = (/** @type {SavedRun} */ { summary }) => String(summary?.created ?? "");
      return runs.sort((a, b) => (age(a) < age(b) ? -1 : 1));
    } catch (/** @type {any} */ error) {
      notify(store, { id: "", kind: "warning", text: `The saved runs cannot be read now. ${error.message}` });
      return [];
    }
  }

  /** @param {SavedRun} run @returns {Promise<boolean>} whether it is back */
  async function putBack(run) {
    const { id, checkpoint, history, why } = run;
    if (!checkpoint) return damaged(run, why);
    const left = [{ name: "checkpoint.safetensors", bytes: checkpoint }];
    if (belongsToAnother(id, checkpoint)) return damaged(run, "Its checkpoint belongs to another run.", left);
    const { generation, values } = history;
    const rows = values.length ? { history: { generation, values } } : {};
    try {
      const runs = await call("restore_run", { bytes: checkpoint, ...rows });
      const summary = /** @type {RunSummary} */ (runs.find((it) => it.id === id));
      const { owners } = await opened;
      const isOurs = await owners.own(id);
      autosave.putBack(summary, run, isOurs && run.status !== "ok");
      list(store, id, null);
      if (isOurs) tellOf(run, summary);
      return true;
    } catch (error) {
      const { name, message } = /** @type {RemoteError} */ (error);
      if (name === "Stopped") throw error;
      return damaged(run, `${message.replace(/[^.]$/, "$&.")} It stays saved.`, left, true);
    }
  }

  /** @param {SavedRun} run @param {RunSummary} summary */
  function tellOf({ id, why, summary: saved }, { name, step }) {
    if (why) notify(store, { id, kind: "restored", text: `“${name}” was restored as of step ${count(step)}. ${why}` });
    if (saved?.training !== true) return;
    const text = `“${name}” was interrupted at step ${count(step)}: the page was closed during training, or the browser stopped.`;
    notify(store, { id, kind: "interrupted", text });
  }

  /**
   * List a run that cannot be restored; its saved data stay unchanged.
   * @param {SavedRun} run
   * @param {string} why
   * @param {boolean} whole  intact, but refused by Python, e.g. for lack of memory
   */
  function damaged({ id, summary, remains }, why, left = remains, whole = false) {
    const name = typeof summary?.name === "string" ? summary.name.slice(0, MAX_CHARACTERS) : "A run";
    list(store, id, { id, name, why, remains: left, whole });
    notify(store, { id, kind: "damaged", text: `“${name}” ${whole ? "was not opened" : "is damaged"}. ${why}` });
    return false;
  }

  // ---- Between tabs ----

  /** @param {"saved" | "removed" | "free"} kind @param {string} id */
  function onnews(kind, id) {
    news.set(id, kind);
    if (store.get().page.boot === "ready") catchUp();
  }

  /** Apply pending changes announced by other tabs. */
  async function catchUp() {
    const changed = await inTurn(async () => {
      const all = [...news];
      news.clear();
      const { owners } = await opened;
      for (const [id, kind] of all) {
        if (kind === "removed") await forget(id);
        else if (kind === "free" || !owners.owns(id)) await read(id); // a run owned by now is newest here
      }
      return all.length > 0;
    }).catch(() => false); // Python has stopped: a restart loads the newest
    if (changed) await follow();
  }

  /** @param {string} id */
  async function read(id) {
    const { storage } = await opened;
    const run = await storage.read(id).catch(() => null); // the next announcement will do
    if (run) await putBack(run);
  }

  /** @param {string} id */
  async function forget(id) {
    const runs = await call("runs");
    if (!runs.some((run) => run.id === id)) return;
    if (runs.length === 1) await call("create_run", {});
    await call("delete_run", { id });
  }

  /** @param {string} id */
  const nameOf = (id) => store.get().runs.list.find((run) => run.id === id)?.name ?? "A run";
  /** @param {string} id */
  const onfree = (id) => onnews("free", id);

  /** @param {string} id */
  function lost(id) {
    halt(id);
    store.set({ saving: { elsewhere: [...store.get().saving.elsewhere, id] } });
    autosave.touch(id, true);
    notify(store, { id, kind: "taken", text: `“${nameOf(id)}” is now open in another tab, so it is view-only here.` });
    onnews("saved", id);
  }

  /** @param {string} id */
  async function onwish(id) {
    halt(id);
    if (store.get().page.boot === "ready") await saveChanged(await call("runs"));
    await autosave.saving(id);
  }

  /** @param {import("../api.d.ts").RunSummary[]} runs @param {import("./autosave.js").Taken | null} [taken] */
  const saveChanged = (runs, taken) => inTurn(() => autosave.saveChanged(runs, taken));

  return {
    ...autosave,
    restore,
    saveChanged,
    catchUp,

    /** @param {string} id */
    async takeOver(id) {
      const { owners } = await opened;
      await owners.takeOver(id);
      await inTurn(() => read(id));
      autosave.touch(id);
    },

    /** Retry failed saves now. */
    retry: async () => (await opened).storage.retry(),

    /** Ask the browser to keep this site's storage; once, on a user gesture. */
    async persist() {
      if (asked) return;
      asked = true;
      await (await opened).storage.persist();
    },
  };
}

/** @typedef {ReturnType<typeof createRestore>} Restore */

/**
 * Whether a stored checkpoint would replace another run. Its checksum proves the bytes, not who wrote them.
 * @param {string} id  whose it should be
 * @param {Uint8Array} checkpoint
 */
export const belongsToAnother = (id, checkpoint) => (readLabel(checkpoint)?.id || id) !== id;

/**
 * Add a run to the damaged ones, or remove it.
 * @param {Store} store
 * @param {string} id
 * @param {Damaged | null} run
 */
function list(store, id, run) {
  const {
    saving: { damaged },
  } = store.get();
  const others = damaged.filter((other) => other.id !== id);
  if (run || others.length < damaged.length) store.set({ saving: { damaged: run ? [...others, run] : others } });
}
