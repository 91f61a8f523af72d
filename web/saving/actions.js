/** Saved runs as a feature: take over, resume, save again, download. */

import { saveAs } from "../ui/save_file.js";
import { dismiss, notify } from "./notices.js";
import { initialSaving } from "./state.js";

/** @import { Client } from "../engine/client.js" */
/** @import { Attempt } from "../page/calls.js" */
/** @import { Store } from "../page/store.js" */
/** @import { Notice } from "../saving/state.js" */
/** @import { SavedRuns } from "./saved_runs.js" */
/** @import { SavingState } from "./state.js" */

const ONLY_CHECKPOINT =
  "The file contains the weights and everything else needed to continue, but not the loss curve, which only Python can add. The curve is saved: restart Python and download again to include it.";

/**
 * @param {Store} store
 * @param {object} outside
 * @param {SavedRuns} outside.savedRuns
 * @param {Client["call"]} outside.call
 * @param {Attempt} outside.attempt
 * @param {() => Promise<void>} outside.settle
 * @param {(id: string) => Promise<void>} outside.play
 * @param {ReturnType<typeof import("./undo.js").createUndo>} outside.undo
 */
export function createSaving(store, { savedRuns, undo, call, attempt, settle, play }) {
  return {
    name: /** @type {const} */ ("saving"),
    /** @type {SavingState} */
    initial: initialSaving(),
    dismiss: (/** @type {Pick<Notice, "id" | "kind">} */ notice) => dismiss(store, notice),
    actions: {
      ...undo.actions,
      /** @param {string} id */
      takeOver: (id) =>
        attempt("The run could not be taken over", async () => {
          await savedRuns.takeOver(id);
          dismiss(store, { id, kind: "taken" });
          await settle();
        }),

      /** Resume a run whose training was interrupted. @param {string} id */
      resume: (id) => play(id),

      /** @param {Notice} notice */
      dismissNotice(notice) {
        dismiss(store, notice);
        savedRuns.autosave.touch(notice.id);
        return attempt("The run could not be saved", settle);
      },

      /** Save all changed runs now. */
      saveNow: () =>
        call("runs").then(
          (runs) => savedRuns.saveChanged(runs),
          () => {},
        ),

      retry: () =>
        attempt("The run could not be saved", async () => {
          await savedRuns.retry();
          await settle();
        }),

      /** @param {string} id */
      downloadRun: (id) =>
        attempt("The run could not be downloaded", async () => {
          const checkpoint = savedRuns.autosave.checkpoint(id);
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
