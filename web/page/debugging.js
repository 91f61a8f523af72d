/** The debug panel on demand: it is loaded when the address names it, `#debug`. */

import { fieldsOf } from "../config/link_fields.js";

/** @import { Client } from "../engine/client.js" */
/** @import { Store } from "./store.js" */

const FIELD = "debug";

/**
 * @param {Store} store
 * @param {Client["observe"]} observeCalls
 */
export function createDebugging(store, observeCalls) {
  let isOpen = false;
  /** @type {((start: number, end: number) => void) | null} */
  let onFrame = null;

  function leave() {
    isOpen = false;
    const fragment = fieldsOf(location.hash)
      .filter((field) => field !== FIELD)
      .join("&");
    history.replaceState(history.state, "", fragment ? `#${fragment}` : location.pathname + location.search);
  }

  return {
    /** Open the panel if the address names it. */
    async follow() {
      if (isOpen || !fieldsOf(location.hash).includes(FIELD)) return;
      isOpen = true;
      const { openPanel } = await import("../debug/panel.js");
      openPanel({
        observeCalls,
        observeFrames: (listener) => {
          onFrame = listener;
        },
        writing: () => store.get().saving.writing,
        onClose: leave,
      });
    },
    /** Note that the page was drawn. @param {number} start  in milliseconds */
    drawn: (start) => onFrame?.(start, performance.now()),
  };
}
