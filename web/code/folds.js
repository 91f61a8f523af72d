/** Lines that no editor shows: those of ours that answer the open exercise. */

import { foldSolutions } from "../explain/folded.js";

/** @import { Fold, Hidden } from "../explain/folded.js" */

class Folds {
  /** @type {Hidden["lines"]} */
  #lines = [];
  #sealed = "";
  #unfold = () => {};
  /** Editors, by their place in the page. @type {Map<Element, () => void>} */
  #watchers = new Map();

  /**
   * @param {Hidden["lines"]} lines
   * @param {string} sealed  file of an open case of the clinic, which is not compared with ours; or ""
   * @param {() => void} unfold  show the lines after all
   */
  hide(lines, sealed, unfold) {
    this.#unfold = unfold;
    if (lines === this.#lines && sealed === this.#sealed) return;
    this.#lines = lines;
    this.#sealed = sealed;
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

  /** Whether to compare a file with ours would show an answer. @param {string} file @param {string} ours */
  isTelling(file, ours) {
    return file === this.#sealed || this.in(file, ours).length > 0;
  }

  unfold() {
    this.#unfold();
  }
}

/** One for the page: an exercise hides its lines in every editor. */
export const folds = new Folds();
