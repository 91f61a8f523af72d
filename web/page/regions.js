/** Regions of the page: each is drawn again when a part of the state that it has read changes. */

import { isShown } from "../panels/state.js";
import { isCurrent, recorded } from "../ui/reads.js";
import { render } from "../vendor/lit-html/lit-html.js";

/** @import { Tab } from "../panels/state.js" */
/** @import { Reads } from "../ui/reads.js" */
/** @import { State } from "./store.js" */

/** Time budget of a frame in milliseconds; remaining regions are drawn in the next one. */
const BUDGET = 8;

/**
 * A region in the panel of a tab is drawn only while that is shown.
 * @template A
 * @param {[selector: string, view: (state: State, actions: A) => unknown, tab?: Tab][]} regions  in the order in which they are drawn
 * @param {A} actions
 */
export function createRegions(regions, actions) {
  const updates = regions.map(([selector, view, tab]) => ({ tab, update: region(selector, view, actions) }));
  return {
    /** Draw the regions that have changed. @param {State} state @returns {boolean} whether all of it is drawn */
    draw(state) {
      const began = performance.now();
      for (const { tab, update } of updates) {
        if (tab && !isShown(state, tab)) continue;
        if (performance.now() - began > BUDGET) return false;
        update(state);
      }
      return true;
    },
  };
}

/**
 * @template A
 * @param {string} selector
 * @param {(state: State, actions: A) => unknown} view
 * @param {A} actions
 */
function region(selector, view, actions) {
  const place = /** @type {HTMLElement} */ (document.querySelector(selector));
  /** @type {Reads | null} */
  let reads = null;
  return (/** @type {State} */ state) => {
    if (reads && isCurrent(state, reads)) return;
    // Replace the static HTML at the first drawing.
    if (!reads) place.replaceChildren();
    reads = new Map();
    const active = document.activeElement;
    render(view(recorded(state, reads), actions), place);
    // A moved element, such as a sorted row, loses the focus. To focus the page itself would lay it out.
    if (document.activeElement !== document.body || active === document.body) return;
    if (active instanceof HTMLElement && active.isConnected) active.focus({ preventScroll: true });
  };
}
