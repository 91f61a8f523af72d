/** Regions of the page: each is drawn again when a part of the state that it has read changes. */

import { isShown } from "../panels/state.js";
import { isCurrent, recorded } from "../ui/reads.js";
import { render } from "../vendor/lit-html/lit-html.js";

/** @import { Tab } from "../panels/state.js" */
/** @import { Reads } from "../ui/reads.js" */
/** @import { State } from "./store.js" */

/** Time budget of a frame in milliseconds; remaining regions are drawn in the next one. */
const BUDGET = 8;

/** When a region is drawn: only while the panel of a tab is shown; or, during Play, after a pause in milliseconds. @typedef {Tab | number} When */

/**
 * @template A
 * @param {[selector: string, view: (state: State, actions: A) => unknown, when?: When][]} regions  in the order in which they are drawn
 * @param {A} actions
 */
export function createRegions(regions, actions) {
  const all = regions.map(([selector, view, when]) => new Region(selector, (state) => view(state, actions), when));
  return {
    /**
     * Draw the regions that have changed, but those that pause.
     * @param {State} state
     * @returns {{isAll: boolean, rest: number}}  whether there was time for all; milliseconds until one that pauses is due, or 0
     */
    draw(state) {
      const began = performance.now();
      const changed = all.filter((region) => region.isChanged(state));
      for (const region of changed.filter((each) => each.rest(state, began) <= 0)) {
        if (performance.now() - began > BUDGET) return { isAll: false, rest: 0 };
        region.draw(state, began);
      }
      const rests = changed.map((region) => region.rest(state, began)).filter((rest) => rest > 0);
      return { isAll: true, rest: rests.length ? Math.min(...rests) : 0 };
    },
  };
}

class Region {
  #place;
  #view;
  #when;
  /** @type {Reads | null} */
  #reads = null;
  #latest = Number.NEGATIVE_INFINITY;

  /**
   * @param {string} selector
   * @param {(state: State) => unknown} view
   * @param {When | undefined} when
   */
  constructor(selector, view, when) {
    this.#place = /** @type {HTMLElement} */ (document.querySelector(selector));
    this.#view = view;
    this.#when = when;
  }

  /** @param {State} state */
  isChanged(state) {
    if (typeof this.#when === "string" && !isShown(state, this.#when)) return false;
    return !(this.#reads && isCurrent(state, this.#reads));
  }

  /** Milliseconds until it may be drawn again; 0 or less if it may be. @param {State} state @param {number} now */
  rest(state, now) {
    return typeof this.#when === "number" && state.training.playing ? this.#latest + this.#when - now : 0;
  }

  /** @param {State} state @param {number} now */
  draw(state, now) {
    const place = this.#place;
    // Replace the static HTML at the first drawing.
    if (!this.#reads) place.replaceChildren();
    this.#reads = new Map();
    this.#latest = now;
    const active = document.activeElement;
    render(this.#view(recorded(state, this.#reads)), place);
    // A moved element, such as a sorted row, loses the focus. To focus the page itself would lay it out.
    if (document.activeElement !== document.body || active === document.body) return;
    if (active instanceof HTMLElement && active.isConnected) active.focus({ preventScroll: true });
  }
}
