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
    /** Draw the regions that have changed. @param {State} state @returns {"all" | "late" | "some"}  "late": all but those that pause */
    draw(state) {
      const began = performance.now();
      const changed = all.filter((region) => region.isChanged(state));
      const due = changed.filter((region) => !region.pauses(state, began));
      for (const region of due) {
        if (performance.now() - began > BUDGET) return "some";
        region.draw(state, began);
      }
      return due.length < changed.length ? "late" : "all";
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

  /** @param {State} state @param {number} now */
  pauses(state, now) {
    return typeof this.#when === "number" && state.training.playing && now - this.#latest < this.#when;
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
