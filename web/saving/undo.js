/**
 * Undo of the last actions that changed a run, newest first, while the page is open.
 *
 * After a reload the page says what can no longer be undone.
 */

import { remember, remembered } from "../ui/preferences.js";
import { notify } from "./notices.js";
import { trusted } from "./trust.js";

/** @import { Attempt, Perform } from "../page/calls.js" */
/** @import { Store } from "../page/store.js" */
/** @import { Undo } from "./snapshots.js" */

/** Maximum number of undoable actions, and of bytes of all but the newest. */
const MAX_UNDOS = 20;
const MAX_BYTES = 200e6;
const MAX_CHARACTERS = 200; // of a sentence: the stored text is untrusted

/** A message with Undo is shown this long, unless it is pointed at or has the keyboard. Milliseconds. */
const SHOWN = 8_000;

const KEY = "undo";

/** @param {Undo} undo */
const sizeOf = ({ bytes, history }) => bytes.byteLength + history.values.byteLength;

/** Add a newer snapshot; drop the oldest beyond the limits. @param {Undo[]} undos @param {Undo} newest */
export function pushed(undos, newest) {
  let size = 0;
  return [
    newest,
    ...undos.slice(0, MAX_UNDOS - 1).filter((undo) => {
      size += sizeOf(undo);
      return size <= MAX_BYTES;
    }),
  ];
}

/**
 * Drop snapshots of runs that were trained since: undoing would lose that training.
 * @param {Undo[]} undos @param {{id: string, step: number}[]} runs
 */
export function stillValid(undos, runs) {
  const steps = new Map(runs.map(({ id, step }) => [id, step]));
  const trained = new Set();
  const valid = undos.filter(({ id, instead, step }) => {
    if (instead !== null && (steps.get(instead) ?? 0) > step) trained.add(id);
    return !trained.has(id);
  });
  return valid.length < undos.length ? valid : undos;
}

/**
 * @param {Store} store
 * @param {object} outside
 * @param {Perform} outside.perform
 * @param {Attempt} outside.attempt
 */
export function createUndo(store, { perform, attempt }) {
  /** The action in progress, or the last one. @type {Promise<unknown>} */
  let action = Promise.resolve();

  /** @param {Undo[]} undos */
  function set(undos) {
    store.set({ saving: { undos } });
    rememberUndos(undos);
  }

  return {
    /** List the actions from before a reload. */
    announceLost: () => announceLost(store),

    /** Let Undo wait for an action in progress. @param {Promise<unknown>} changing */
    expect(changing) {
      action = changing.catch(() => {});
    },

    /** @param {Undo} undo */
    push(undo) {
      set(pushed(store.get().saving.undos, undo));
      store.set({ saving: shownNow() });
    },

    /** @param {{id: string, step: number}[]} runs  as they are now */
    prune(runs) {
      const {
        saving: { undos },
      } = store.get();
      const valid = stillValid(undos, runs);
      if (valid !== undos) set(valid);
    },

    actions: {
      async undo() {
        await action;
        const [newest, ...left] = store.get().saving.undos;
        if (!newest) return;
        set(left); // a second press undoes the one before
        await attempt("This could not be undone", async () => {
          const { name, bytes, history, active } = newest;
          try {
            await perform("restore_run", { bytes, history, activate: active, trusted: trusted() });
          } catch (error) {
            set(pushed(store.get().saving.undos, newest));
            throw error;
          }
          const target = store.get().saving.undos.length ? "undo" : "runs";
          store.set({
            saving: shownNow(),
            page: { announcement: `“${name}” is restored.`, focus: { target } },
          });
        });
      },
      /** End the message when it has had its time. */
      endUndo() {
        const { undos, undoSince, undoOver } = store.get().saving;
        if (undos.length && !undoOver && Date.now() - undoSince >= SHOWN) store.set({ saving: { undoOver: true } });
      },
      /** Hide the message until the next undoable action; the shortcut still works. @param {boolean} hasKeyboard whether the keyboard is in the message */
      dismissUndo(hasKeyboard) {
        store.set({ saving: { undoHidden: true } });
        if (hasKeyboard) store.set({ page: { focus: { target: "runs" } } });
        rememberUndos([]);
      },
    },
  };
}

/** The message of the newest action, from now on. */
const shownNow = () => ({ undoHidden: false, undoOver: false, undoSince: Date.now() });

/** List the actions from before a reload. @param {Store} store */
function announceLost(store) {
  const { actions } = remembered(KEY, "sessionStorage");
  const isText = (/** @type {unknown} */ text) => typeof text === "string" && text.length <= MAX_CHARACTERS;
  const texts = Array.isArray(actions) ? actions.filter(isText).slice(0, MAX_UNDOS) : [];
  if (texts.length === 0) return;
  rememberUndos([]);
  const text = `The page was reloaded. This can no longer be undone: ${texts.join(" ")}`;
  notify(store, { id: "", kind: "final", text });
}

/** @param {Undo[]} undos */
const rememberUndos = (undos) => remember(KEY, { actions: undos.map(({ text }) => text) }, "sessionStorage");
