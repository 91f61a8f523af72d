/** Lines that no editor shows: those of ours that answer the open exercise. */

import { foldSolutions } from "../explain/folded.js";

/** @import { Fold, Hidden } from "../explain/folded.js" */

class Folds {
  /** @type {Hidden["lines"]} */
  #lines = [];
  #unfold = () => {};
  /** Editors, by their place in the page. @type {Map<Element, () => void>} */
  #watchers = new Map();

  /** @param {Hidden["lines"]} lines @param {() => void} unfold  show them after all */
  hide(lines, unfold) {
    this.#unfold = unfold;
    if (lines === this.#lines) return;
    this.#lines = lines;
    for (const [host, watcher] of this.#watchers) {
      if (host.isConnected) watcher();
      else this.#watchers.delete(host);
    }
  }

  /** @param {Element} host @param {() => void} watcher  called when other lines are hidden */
  watch(host, watcher) {
    this.#watchers.set(host, watcher);
  }

  /** @param {string} file @param {string} text @returns {Fold[]} */
  in(file, text) {
    return foldSolutions(file, text, this.#lines);
  }

  unfold() {
    this.#unfold();
  }
}

/** One for the page: an exercise hides its lines in every editor. */
export const folds = new Folds();
