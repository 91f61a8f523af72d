/** Calls to Python, from buttons and from `window.backprop`: check, call, save, synchronize. */

import { RemoteError } from "../engine/client.js";
import { changed, interrupts, METHODS, RESETS_HISTORY, TRAINS_ONLY, UNDOABLE } from "../engine/effects.js";
import { hasChanged, takeSnapshot } from "../saving/snapshots.js";

/** @import { Method, Params, Result, RunSummary } from "../api.d.ts" */
/** @import { Client } from "../engine/client.js" */
/** @import { Autosave } from "../saving/autosave.js" */
/** @import { Undo } from "../saving/snapshots.js" */
/** @import { Store } from "./store.js" */
/** Do a button's work and show its errors. @typedef {(title: string, work: () => Promise<unknown>) => Promise<void>} Attempt */
/** @typedef {<M extends Method>(method: M, params?: Params<M>) => Promise<Result<M>>} Perform */

/** @param {Store} store @returns {Attempt} */
export function createAttempt(store) {
  return async (title, work) => {
    try {
      store.set({ page: { alert: null } });
      await work();
    } catch (error) {
      const { message, traceback } = /** @type {RemoteError} */ (error);
      // The status already reports a stopped Python.
      if (store.get().page.boot !== "failed") store.set({ page: { alert: { title, message, traceback } } });
    }
  };
}

/**
 * @param {Client["call"]} call
 * @param {Store} store
 * @param {object} outside
 * @param {() => {hold: () => () => void, halt: () => void, ownsTwins: (id: string) => boolean}} outside.training
 * @param {Autosave} outside.autosave
 * @param {() => {expect: (changing: Promise<unknown>) => void, push: (undo: Undo) => void}} outside.undo
 * @param {(change: import("./sync.js").Change) => Promise<void>} outside.settle
 * @param {(change: import("./sync.js").Change) => void} outside.follow  without waiting
 * @returns {Perform}
 */
export function createPerform(call, store, { training, autosave, undo, settle, follow }) {
  /** While a run is copied for Undo: its change has not been sent yet, and no later call may overtake it. */
  let copying = /** @type {Promise<void> | null} */ (null);

  /** @param {Parameters<typeof takeSnapshot>} how */
  function copy(...how) {
    const snapshot = takeSnapshot(...how);
    copying = snapshot.then(
      () => {},
      () => {},
    );
    copying.then(() => {
      copying = null;
    });
    return snapshot;
  }

  /** Refuse calls that only the owner tab of a run may make. @param {string} id @param {any} params */
  function refuseElsewhere(id, params) {
    const { update, twins } = params ?? {};
    if (update !== false && store.get().saving.elsewhere.includes(id)) throw notHere("This run");
    if (twins && !training().ownsTwins(id)) throw notHere("A twin of this run");
  }

  /**
   * @template {Method} M
   * @param {M} method
   * @param {Params<M> | undefined} params
   * @param {{about: string | undefined, ends: boolean}} effect  the run that it changes, and whether it ends Play
   */
  async function make(method, params, { about, ends }) {
    const action = UNDOABLE[method];
    const target = store.get().runs.list.find(({ id }) => id === about);
    const trains = store.get().training.playing && !ends;
    const before = action && target ? await copy(call, target, action, trains) : null;
    const answer = await call(method, params);
    if (ends) training().halt();
    if (about) autosave.touch(about, RESETS_HISTORY.has(method));
    if (before && (await hasChanged(call, before, await call("runs")))) undo().push(before);
    const change = { answer, ...changeOf(method, target) };
    // A script that trains in small slices is not held up by the page.
    if (method === "advance") follow(change);
    else await settle(change);
    return answer;
  }

  return async (method, params) => {
    while (copying) await copying;
    if (METHODS[method] === "looks") return call(method, params);
    const active = store.get().run?.id;
    const about = changed(method, params, active);
    if (about) refuseElsewhere(about, params);
    const ends = interrupts(method, params, about, active);
    // Hold Play until the call succeeds; after a refusal it continues.
    const release = ends ? training().hold() : () => {};
    try {
      const changing = make(method, params, { about, ends });
      if (UNDOABLE[method]) undo().expect(changing);
      return await changing;
    } finally {
      release();
    }
  };
}

/**
 * Return the run that a call has changed, and the runs whose curves it has changed if these are not all.
 * @param {Method} method @param {RunSummary | undefined} target @returns {import("./sync.js").Change}
 */
function changeOf(method, target) {
  if (!target || UNDOABLE[method]) return {};
  return TRAINS_ONLY.has(method) ? { about: target.id, ids: [target.id, ...target.twins] } : { about: target.id };
}

/** @param {"This run" | "A twin of this run"} what */
const notHere = (what) =>
  new RemoteError({
    name: "ElsewhereError",
    message: `${what} is open in another tab. Take it over here first.`,
    traceback: "",
  });
