/**
 * How kept runs come back: when the page or Python starts, when another tab has saved them, and when they change hands.
 */

import { openStorage } from "./db.js";
import { count } from "./draw/number.js";
import { createKeeper, notify } from "./keeper.js";
import { createOwners } from "./owners.js";
import { readHeader } from "./runfile.js";

/** @typedef {import("./rpc.js").Client["call"]} Call */
/** @typedef {import("./rpc.js").RemoteError} RemoteError */
/** @typedef {import("./storage/restore.js").SavedRun} SavedRun */
/** @typedef {import("./store.js").Store} Store */

const MOST_CHARACTERS = 100; // of a name that is shown; what stands in a damaged record may be anything

/**
 * @param {object} options
 * @param {Call} options.call
 * @param {Store} options.store
 * @param {(id: string) => void} options.halt    stop training this run, if it is being trained
 * @param {() => Promise<void>} options.follow   show what has changed in Python
 */
export function createReturns({ call, store, halt, follow }) {
  const path = new URL(".", location.href).pathname;
  /** Runs that other tabs have saved, deleted or let go, and that are not looked after yet. @type {Map<string, "saved" | "removed" | "free">} */
  const news = new Map();
  /** @type {Promise<unknown>} */
  let queue = Promise.resolve();
  let asked = false;
  const opened = open();
  const keeper = createKeeper(call, store, opened);

  async function open() {
    /** @type {import("./owners.js").Owners | undefined} */
    let owners;
    const onlost = (/** @type {string} */ id) => owners?.lose(id);
    const onstate = (/** @type {import("./db.js").StorageState} */ storage) => {
      const before = store.get().storage?.runs;
      store.set({ storage });
      for (const [id, { saved }] of Object.entries(storage.runs))
        if (saved !== null && saved !== before?.[id]?.saved) owners?.tell("saved", id);
    };
    const storage = await openStorage({ path, onlost, onstate });
    owners = createOwners({ path, claim: storage.claim, onlost: lost, onfree, onwish, onnews });
    return { storage, owners };
  }

  /** One thing after the other. @template T @param {() => Promise<T>} work @returns {Promise<T>} */
  function inTurn(work) {
    const done = queue.then(work);
    queue = done.catch(() => {}); // whoever asked for it is told
    return done;
  }

  // ---- Back into Python ----

  /** Bring every run back into a Python that has just started, and take away the run it started with. */
  async function restore() {
    const saved = keeper.holds() ? await keeper.newest() : await stored();
    const fresh = await call("runs");
    const back = [];
    for (const run of saved) if (await putBack(run)) back.push(run);
    if (back.length === 0) return;
    for (const { id } of fresh) await call("delete_run", { id });
    const newest = back.reduce((a, b) => ((b.summary?.looked ?? 0) > (a.summary?.looked ?? 0) ? b : a));
    await call("activate_run", { id: newest.id });
  }

  /** What the storage holds, oldest first. A run is read when it is known whose it is. @returns {Promise<SavedRun[]>} */
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
    const refusal = refusalOf(id, checkpoint);
    if (refusal) return damaged(run, refusal, left);
    const { generation, values } = history;
    const rows = values.length ? { history: { generation, values } } : {};
    try {
      const runs = await call("restore_run", { bytes: checkpoint, ...rows });
      const summary = /** @type {import("./api.d.ts").RunSummary} */ (runs.find((it) => it.id === id));
      const { owners } = await opened;
      const isOurs = await owners.own(id);
      keeper.putBack(summary, run, isOurs && run.status !== "ok");
      list(store, id, null);
      if (isOurs) tellOf(run, summary);
      return true;
    } catch (error) {
      const { name, message } = /** @type {RemoteError} */ (error);
      if (name === "Stopped") throw error;
      return damaged(run, message, left);
    }
  }

  /** @param {SavedRun} run @param {import("./api.d.ts").RunSummary} summary */
  function tellOf({ id, why, summary: saved }, { name, step }) {
    if (why)
      notify(store, { id, kind: "restored", text: `“${name}” is back as it was at step ${count(step)}. ${why}` });
    if (saved?.training !== true) return;
    const text = `“${name}” was interrupted at step ${count(step)}: the page was closed while it trained, or the browser stopped.`;
    notify(store, { id, kind: "interrupted", text });
  }

  /** It is listed; nothing of it is changed. @param {SavedRun} run @param {string} why */
  function damaged({ id, summary, remains }, why, left = remains) {
    const name = typeof summary?.name === "string" ? summary.name.slice(0, MOST_CHARACTERS) : "A run";
    list(store, id, { id, name, why, remains: left });
    notify(store, { id, kind: "damaged", text: `“${name}” is damaged. ${why}` });
    return false;
  }

  // ---- Between tabs ----

  /** @param {"saved" | "removed" | "free"} kind @param {string} id */
  function onnews(kind, id) {
    news.set(id, kind);
    if (store.get().boot === "ready") catchUp();
  }

  /** Look after the news of other tabs. */
  async function catchUp() {
    const changed = await inTurn(async () => {
      const all = [...news];
      news.clear();
      const { owners } = await opened;
      for (const [id, kind] of all) {
        if (kind === "removed") await forget(id);
        else if (kind === "free" || !owners.owns(id)) await read(id); // what is ours by now is newest here
      }
      return all.length > 0;
    }).catch(() => false); // Python has stopped: it begins with the newest when it starts again
    if (changed) await follow();
  }

  /** @param {string} id */
  async function read(id) {
    const { storage } = await opened;
    const run = await storage.read(id).catch(() => null); // the next news will do
    if (run?.checkpoint) await putBack(run);
  }

  /** @param {string} id */
  async function forget(id) {
    const runs = await call("runs");
    if (!runs.some((run) => run.id === id)) return;
    if (runs.length === 1) await call("create_run", {});
    await call("delete_run", { id });
  }

  /** @param {string} id */
  function nameOf(id) {
    return store.get().runs.find((run) => run.id === id)?.name ?? "A run";
  }

  /** @param {string} id */
  function lost(id) {
    halt(id);
    store.set({ elsewhere: [...store.get().elsewhere, id] });
    keeper.touch(id, true);
    notify(store, { id, kind: "taken", text: `“${nameOf(id)}” is now trained and saved by another tab.` });
    onnews("saved", id);
  }

  /** @param {string} id */
  const onfree = (id) => onnews("free", id);

  /** @param {string} id */
  async function onwish(id) {
    halt(id);
    if (store.get().boot === "ready") await keep(await call("runs"));
    await keeper.saving(id);
  }

  /** @param {import("./api.d.ts").RunSummary[]} runs */
  const keep = (runs) => inTurn(() => keeper.keep(runs));

  return {
    ...keeper,
    restore,
    keep,
    catchUp,

    /** @param {string} id */
    async takeOver(id) {
      const { owners } = await opened;
      await owners.takeOver(id);
      await inTurn(() => read(id));
      keeper.touch(id);
    },

    /** Try again now. */
    retry: async () => (await opened).storage.retry(),

    /** Ask the browser to keep what is stored here; once, on a gesture. */
    async persist() {
      if (asked) return;
      asked = true;
      await (await opened).storage.persist();
    },
  };
}

/** @typedef {ReturnType<typeof createReturns>} Returns */

/**
 * Why a checkpoint that was read back is not given to Python. That its bytes are those that were written is known; who wrote them
 * is not.
 * @param {string} id  whose it should be
 * @param {Uint8Array} checkpoint
 * @returns {string} "" if nothing speaks against it
 */
export function refusalOf(id, checkpoint) {
  const header = readHeader(checkpoint, true);
  if (!header.ok) return `Its checkpoint is refused: ${header.message}.`;
  return header.summary.id === id ? "" : "Its checkpoint is that of another run.";
}

/** List a run among the damaged, or no longer. @param {Store} store @param {string} id @param {import("./store.js").Damaged | null} run */
function list(store, id, run) {
  const { damaged } = store.get();
  const others = damaged.filter((other) => other.id !== id);
  if (run || others.length < damaged.length) store.set({ damaged: run ? [...others, run] : others });
}
