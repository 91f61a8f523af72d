/**
 * "Why this number?" as a feature: explain a cell, follow its operands, go back.
 *
 * An answer is one pass, whole. While training plays, it stands still with the step it belongs to; when training pauses, or a
 * step is made by hand, the newest pass is asked for.
 *
 * The browser's history gets an entry when an explanation opens, for each operand that is followed, and when it closes. Each
 * entry keeps the way up to it: Back goes one step back, and after a reload the way is still there. Another cell of a matrix,
 * clicked while an explanation is open, takes the place of the newest entry.
 */

import { shown } from "../panels/state.js";
import { matrixTarget, operandTarget, readWhy, trailOf, writeWhy } from "./link.js";

/** @import { Explanation } from "../api.d.ts" */
/** @import { Client } from "../engine/client.js" */
/** @import { Attempt } from "../page/calls.js" */
/** @import { Store } from "../page/store.js" */
/** @import { Place } from "./link.js" */
/** Whether to add an entry to the browser's history, or to replace the newest. @typedef {"pushState" | "replaceState"} Entry */
/**
 * @typedef {object} Why
 * @property {Place[]} trail    the cells on the way, the one that is explained last
 * @property {Explanation | null} answer
 * @property {string} problem   why there is none, a sentence
 * @property {boolean} all      whether every term is listed
 * @property {string} from      the matrix that gets the keyboard back
 * @property {{file: string, text: string} | null} source  a file that is open
 */

/** @typedef {{why: Why | null}} ExplainState  the cell that is explained */

/** Maximum length of the trail. */
const MAX_TRAIL = 100;
/** The element focused when a cell is explained. */
const HEADING = "why";

/**
 * @param {Store} store
 * @param {object} outside
 * @param {Client["call"]} outside.call
 * @param {Attempt} outside.attempt
 */
export function createExplain(store, { call, attempt }) {
  // Each request has its own number; answers to earlier ones are dropped.
  let turn = 0;

  /** @param {Place} place */
  async function explain({ tensor, row, col }) {
    try {
      return { answer: await call("explain_cell", { tensor, row, col }), problem: "" };
    } catch (error) {
      const { name, message } = /** @type {Error} */ (error);
      if (name !== "ValueError") throw error;
      return { answer: null, problem: message };
    }
  }

  /**
   * @param {Place[]} trail
   * @param {Partial<Why>} [changes]
   * @param {Entry} [entry]
   */
  async function show(trail, changes, entry = "replaceState") {
    const mine = ++turn;
    const found = await explain(trail[trail.length - 1]);
    if (mine !== turn) return;
    const before = store.get().explain.why ?? { all: false, from: "", source: null };
    store.set({ explain: { why: { ...before, ...changes, ...found, trail } } });
    inTheLink(trail, entry);
  }

  /**
   * @param {Place[]} trail
   * @param {string[]} targets which elements may get the keyboard, the best first
   * @param {Partial<Why>} [changes]
   * @param {Entry} [entry]
   */
  async function visit(trail, targets, changes, entry = "pushState") {
    if (!store.get().run) return; // what a recording shows is not explained
    await attempt("This number could not be explained", async () => {
      await show(trail.slice(-MAX_TRAIL), changes, entry);
      store.set(shown("explain"));
      if (targets.length) store.set({ page: { focus: { target: targets[0], otherwise: targets[1] } } });
    });
  }

  /**
   * Explain a cell that no operand led to.
   * @param {Place} place
   * @param {string[]} targets
   * @param {Partial<Why>} changes
   */
  const begin = (place, targets, changes) =>
    visit([place], targets, changes, store.get().explain.why ? "replaceState" : "pushState");

  /** @param {Place[]} trail @param {Entry} entry */
  function inTheLink(trail, entry) {
    const fragment = writeWhy(location.hash, trail.at(-1) ?? null);
    const isNew = fragment !== location.hash.replace("#", "");
    const url = fragment ? `#${fragment}` : location.pathname + location.search;
    history[isNew ? entry : "replaceState"]({ why: trail }, "", url);
  }

  function close() {
    turn++;
    store.set({ explain: { why: null } });
  }

  /** Explain the cell that the link names, with its trail, or show a notice. */
  async function followLink() {
    const { place, notice } = readWhy(location.hash);
    const open = store.get().explain.why?.trail.at(-1);
    if (!place && !notice) return open && close();
    if (place && open && operandTarget(place) === operandTarget(open)) return;
    const problem = place ? (await explain(place)).problem : notice;
    if (place && !problem) return visit(wayTo(place), [HEADING], { from: matrixTarget(place.tensor) }, "replaceState");
    inTheLink(store.get().explain.why?.trail ?? [], "replaceState");
    const message = problem.replace(/([^.])$/, "$1.");
    store.set({ page: { alert: { title: "The link names a cell that is not there", message, traceback: "" } } });
  }

  return {
    name: /** @type {const} */ ("explain"),
    /** @type {ExplainState} */
    initial: { why: null },
    /** Explain again, for the newest pass; during Play an explanation is not updated. */
    async follow() {
      const {
        explain: { why },
        training: { playing },
      } = store.get();
      if (why && !(playing && why.answer)) await show(why.trail);
    },

    actions: {
      /**
       * Explain a cell of a heatmap, or of an element that gets the focus back.
       * @param {Place} place
       * @param {boolean} byKeyboard
       * @param {string} [from]
       */
      ask: (place, byKeyboard, from = matrixTarget(place.tensor)) =>
        begin(place, byKeyboard ? [HEADING] : [], { from, source: null }),
      /** Explain a cell mentioned elsewhere on the page, and focus its matrix. @param {Place} place */
      pointAt: (place) =>
        begin(place, [matrixTarget(place.tensor)], { from: matrixTarget(place.tensor), source: null }),
      /** Explain an operand of the current explanation. @param {Place} place */
      walk: (place) => visit([...(store.get().explain.why?.trail ?? []), place], [HEADING]),
      /** Back on the way, to its cell number `index`. @param {number} index */
      async backTo(index) {
        const trail = store.get().explain.why?.trail ?? [];
        const left = trail[index + 1];
        if (left && index >= 0) await visit(trail.slice(0, index + 1), [operandTarget(left), HEADING]);
      },
      askAgain: () =>
        attempt("This number could not be explained", async () => show(store.get().explain.why?.trail ?? [])),
      /** @param {boolean} hasKeyboard whether the keyboard is in what closes */
      close(hasKeyboard) {
        const {
          explain: { why },
        } = store.get();
        close();
        inTheLink([], "pushState");
        if (hasKeyboard && why) store.set({ page: { focus: { target: why.from } } });
      },
      showAllTerms() {
        const {
          explain: { why },
        } = store.get();
        if (why) store.set({ explain: { why: { ...why, all: true } } });
      },
      /** @param {string} file of the Python package */
      openSource: (file) =>
        attempt("The file could not be read", async () => {
          const source = await call("source", { file });
          const {
            explain: { why },
          } = store.get();
          if (why) store.set({ explain: { why: { ...why, source } } });
        }),
      followLink: () => attempt("The link could not be followed", followLink),
    },
  };
}

/** The trail of this history entry, if it is about the same cell. @param {Place} place @returns {Place[]} */
function wayTo(place) {
  const kept = trailOf(history.state);
  const last = kept.at(-1);
  return last && operandTarget(last) === operandTarget(place) ? kept : [place];
}
