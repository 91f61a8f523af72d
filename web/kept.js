/** What a reader can do about kept runs: take one over, go on with one, try to save again, and download. */

import { notify } from "./keeper.js";
import { saveAs } from "./save_as.js";

/** @typedef {import("./store.js").Store} Store */

const ONLY_CHECKPOINT =
  "The file has the weights and everything else to go on from, but not the loss curve, which only Python can put in. The curve is kept: restart Python and download again to have it too.";

/**
 * @param {Store} store
 * @param {object} outside
 * @param {import("./returns.js").Returns} outside.keeper
 * @param {import("./rpc.js").Client["call"]} outside.call
 * @param {(title: string, deed: () => Promise<unknown>) => Promise<void>} outside.attempt
 * @param {() => Promise<void>} outside.settle
 * @param {(id: string) => Promise<void>} outside.play
 */
export function createKept(store, { keeper, call, attempt, settle, play }) {
  /** @param {{id: string, kind: string}} notice */
  function dismiss({ id, kind }) {
    store.set({ notices: store.get().notices.filter((it) => it.id !== id || it.kind !== kind) });
  }

  return {
    dismiss,
    actions: {
      /** @param {string} id */
      take_over: (id) =>
        attempt("The run could not be taken over", async () => {
          await keeper.takeOver(id);
          dismiss({ id, kind: "taken" });
          await settle();
        }),

      /** Go on with a run whose training was interrupted. @param {string} id */
      resume: (id) => play(id),

      /** @param {import("./store.js").Notice} notice */
      dismiss_notice(notice) {
        dismiss(notice);
        keeper.touch(notice.id);
        return attempt("The run could not be saved", settle);
      },

      /** Save what has changed, without being asked. */
      save_now: () => call("runs").then(keeper.keep, () => {}),

      retry_saving: () =>
        attempt("The run could not be saved", async () => {
          await keeper.retry();
          await settle();
        }),

      /** @param {string} id */
      download_run: (id) =>
        attempt("The run could not be downloaded", async () => {
          const checkpoint = keeper.checkpoint(id);
          const { bytes, file_name } = await call("export_run", { id }).catch((error) => {
            if (error.name !== "Stopped" || !checkpoint) throw error;
            notify(store, { id, kind: "partial", text: ONLY_CHECKPOINT });
            return { bytes: checkpoint, file_name: "backprop-checkpoint.safetensors" };
          });
          saveAs(file_name, bytes);
        }),

      download_bytes: saveAs,
    },
  };
}
