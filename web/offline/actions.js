/** The kept copy as a feature: whether it is here, a new version, the change to it. */

import { remember, remembered } from "../ui/preferences.js";
import { isPossible, KeptCopy } from "./kept_copy.js";

/** @import { Store } from "../page/store.js" */
/**
 * @typedef {object} OfflineState
 * @property {"impossible" | "off" | "waiting" | "kept"} copy
 * @property {string} fault      why there is none
 * @property {boolean} isUpdated whether a new version is here
 * @property {boolean} isLater   whether it was put off
 */

const CHOICE = "offline";
/** The run that trained before the change to a new version; for this tab only. */
const RESUMED = "resumed";

/**
 * @param {Store} store
 * @param {object} outside
 * @param {() => Promise<unknown>} outside.halt     end Play
 * @param {() => Promise<unknown>} outside.save  resolves when every run is in the storage
 * @param {(id: string) => Promise<unknown>} outside.play
 */
export function createOffline(store, { halt, save, play }) {
  const copy = new KeptCopy({
    onKept: () => store.set({ offline: { copy: "kept", fault: "" } }),
    onNewVersion: () => store.set({ offline: { isUpdated: true } }),
    onFault: (fault) => store.set({ offline: { fault } }),
  });
  const isWanted = () => remembered(CHOICE).off !== true;

  async function keep() {
    store.set({ offline: { copy: "waiting", fault: "" } });
    await copy.keep();
  }

  return {
    name: /** @type {const} */ ("offline"),
    /** @type {OfflineState} */
    initial: { copy: isPossible() ? "off" : "impossible", fault: "", isUpdated: false, isLater: false },

    /** When the page is ready: the first visit has all it needs, and what follows slows nothing down. */
    async begin() {
      const { id } = remembered(RESUMED, "sessionStorage");
      remember(RESUMED, {}, "sessionStorage");
      if (id && store.get().run?.id === id) await play(id);
      if (!isPossible() || !isWanted()) return;
      document.addEventListener("visibilitychange", () => document.hidden || copy.look());
      await keep();
    },

    actions: {
      keep() {
        remember(CHOICE, {});
        return keep();
      },
      async delete() {
        remember(CHOICE, { off: true });
        await copy.delete();
        store.set({ offline: { copy: "off", isUpdated: false } });
      },
      later: () => store.set({ offline: { isLater: true } }),
      /** Change to the new version: every run is saved, and training goes on at the same step. */
      async changeOver() {
        const { run, training } = store.get();
        const { playing } = training;
        await halt();
        await save();
        if (playing && run) remember(RESUMED, { id: run.id }, "sessionStorage");
        await copy.changeOver();
        location.reload();
      },
    },
  };
}
