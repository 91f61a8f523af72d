/** Runs given to others and taken from them: as files, and as links. What is open of it on the page is one part of the state. */

import { createExporting } from "./exporting.js";
import { createImporting } from "./importing.js";
import { createLinking } from "./linking.js";

/** @typedef {import("./store.js").Store} Store */
/**
 * What came of something shared. Names of runs and files are strangers' texts.
 * @typedef {{kind: "imported", name: string, as: string, id: string}
 *   | {kind: "refused", file: string, why: string}
 *   | {kind: "opened", name: string, id: string, step: number | null}
 *   | {kind: "notice", text: string}
 *   | {kind: "link", url: string, copied: boolean}} Outcome
 *   `opened`: a link's run; `step` is null if it was made just now
 */
/**
 * @typedef {object} Sharing
 * @property {boolean} dragging      a file is being dragged over the page
 * @property {{file: string, loaded: number, total: number} | null} reading  in bytes
 * @property {Outcome[]} outcomes    of what was shared last
 */
/**
 * What sharing needs of the page.
 * @typedef {object} Outside
 * @property {import("./rpc.js").Client["call"]} call
 * @property {import("./actions.js").Actions["perform"]} perform
 * @property {(title: string, deed: () => Promise<unknown>) => Promise<void>} attempt
 */

/** @type {Sharing} */
export const NOTHING_SHARED = { dragging: false, reading: null, outcomes: [] };

/** @param {Store} store @param {Outside} outside */
export function createSharing(store, outside) {
  /** @param {Partial<Sharing>} changes */
  const tell = (changes) => store.set({ sharing: { ...store.get().sharing, ...changes } });
  const { openLinkAtStart, ...linking } = createLinking(store, outside, tell);
  return {
    openLinkAtStart,
    actions: {
      ...createExporting(store, outside),
      ...createImporting(store, outside, tell),
      ...linking,
      dismiss_shared: () => {
        tell({ outcomes: [] });
        store.set({ focus: { target: "runs" } });
      },
      /** @param {string} id  of a run that was shared */
      async show_shared(id) {
        await outside.attempt("The run could not be activated", () => outside.perform("activate_run", { id }));
        tell({ outcomes: [] });
        store.set({ focus: { target: "runs" } });
      },
    },
  };
}

/** @typedef {(changes: Partial<Sharing>) => void} Tell */
