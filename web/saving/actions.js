/** Saved runs as a feature: take over, resume, save again, download. */

import { saveAs } from "../ui/save_file.js";
import { notify } from "./autosave.js";
import { initialSaving } from "./state.js";

/** @import { Client } from "../engine/client.js" */
/** @import { Attempt } from "../page/calls.js" */
/** @import { Store } from "../page/store.js" */
/** @import { Notice } from "../saving/state.js" */
/** @import { Restore } from "./restore.js" */
/** @import { SavingState } from "./state.js" */

const ONLY_CHECKPOINT =
  "The file contains the weights and everything else needed to continue, but not the loss curve, which only Python can add. The curve is saved: restart Python and download again to include it.";

/**
 * @param {Store} store
 * @param {object} outside
 * @param {Restore} outside.restore
 * @param {Client["call"]} outside.call
 * @param {Attempt} outside.attempt
 * @param {() => Promise<void>} outside.settle
 * @param {(id: string) => Promise<void>} outside.play
 * @param {ReturnType<typeof import("./undo.js").createUndo>} outside.undo
 */
export function createSaving(store, { restore, undo, call, attempt, settle, play }) {
  /** @param {{id: string, kind: string}} notice */
  function dismiss({ id, kind }) {
    store.set({ saving: { notices: store.get().saving.notices.filter((it) => it.id !== id || it.kind !== kind) } });
  }

  return {
    name: /** @type {const} */ ("saving"),
    /** @type {SavingState} */
    initial: initialSaving(),
    dismiss,
    actions: {
      ...undo.actions,
      /** @param {string} id */
      takeOver: (id) =>
        attempt("The run could not be taken over", async () => {
          await restore.takeOver(id);
          dismiss({ id, kind: "taken" });
          await settle();
        }),

      /** Resume a run whose training was interrupted. @param {string} id */
      resume: (id) => play(id),

      /** @param {Notice} notice */
      dismissNotice(notice) {
        dismiss(notice);
        restore.touch(notice.id);
        return attempt("The run could not be saved", settle);
      },

      /** Save all changed runs now. */
      saveNow: () => call("runs").then(restore.saveChanged, () => {}),

      retry: () =>
        attempt("The run could not be saved", async () => {
          await restore.retry();
          await settle();
        }),

      /** @param {string} id */
      downloadRun: (id) =>
        attempt("The run could not be downloaded", async () => {
          const checkpoint = restore.checkpoint(id);
          const { bytes, file_name } = await call("export_run", { id }).catch((error) => {
            if (error.name !== "Stopped" || !checkpoint) throw error;
            notify(store, { id, kind: "partial", text: ONLY_CHECKPOINT });
            return { bytes: checkpoint, file_name: "backprop-checkpoint.safetensors" };
          });
          saveAs(file_name, bytes);
        }),

      downloadBytes: saveAs,
    },
  };
}
