/** Sharing as a feature: runs out and in, as files and as links. */

import { shown } from "../panels/state.js";
import { createExporting } from "./download.js";
import { createImporting } from "./import.js";
import { createLinking } from "./link_actions.js";

/** @import { Client } from "../engine/client.js" */
/** @import { Attempt, Perform } from "../page/calls.js" */
/** @import { Store } from "../page/store.js" */
/** @import { Link } from "./link_actions.js" */
/**
 * Result of sharing. Names of runs and files are untrusted.
 * @typedef {{kind: "imported", name: string, as: string, id: string}
 *   | {kind: "refused", file: string, why: string}
 *   | {kind: "opened", name: string, id: string, step: number | null}
 *   | {kind: "notice", text: string}
 *   | {kind: "link", url: string, copied: boolean}} Outcome
 *   `opened`: a link's run; `step` is null if it was just created
 */
/**
 * @typedef {object} Sharing
 * @property {boolean} dragging      a file is being dragged over the page
 * @property {{file: string, loaded: number, total: number} | null} reading  in bytes
 * @property {Outcome[]} outcomes    of the last sharing
 * @property {Link | null} asked  the newest link awaiting confirmation
 */
/**
 * Dependencies of sharing.
 * @typedef {object} Outside
 * @property {Client["call"]} call
 * @property {Perform} perform
 * @property {Attempt} attempt
 */

/** @typedef {{sharing: Sharing}} ShareState */

/** @type {Sharing} */
export const NOTHING_SHARED = { dragging: false, reading: null, outcomes: [], asked: null };

/** @param {Store} store @param {Outside} outside */
export function createShare(store, outside) {
  /** @param {Partial<Sharing>} changes */
  const tell = (changes) => store.set({ share: { sharing: { ...store.get().share.sharing, ...changes } } });
  const { openLinkAtStart, ...linking } = createLinking(store, outside, tell);
  return {
    name: /** @type {const} */ ("share"),
    /** @type {ShareState} */
    initial: { sharing: NOTHING_SHARED },
    openLinkAtStart,
    actions: {
      ...createExporting(store, outside),
      ...createImporting(store, outside, tell),
      ...linking,
      dismiss: () => {
        tell({ outcomes: [] });
        store.set({ ...shown("runs"), page: { focus: { target: "runs" } } });
      },
      /** @param {string} id  of a run that was shared */
      async show(id) {
        await outside.attempt("The run could not be activated", () => outside.perform("activate_run", { id }));
        tell({ outcomes: [] });
        store.set({ ...shown("runs"), page: { focus: { target: "runs" } } });
      },
    },
  };
}

/** @typedef {(changes: Partial<Sharing>) => void} Tell */
