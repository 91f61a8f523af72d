/**
 * "Why this number?": a cell is asked about, its operands are followed, and the way back is kept.
 *
 * An answer is one pass, whole. While training plays, it stands still with the step it belongs to; when training pauses, or a
 * step is made by hand, the newest pass is asked for.
 *
 * Each step of the way is an entry of the browser's history, which holds the way up to it: Back goes one step back, and after a
 * reload the way is still there.
 */

import { matrixTarget, operandTarget, readWhy, trailOf, writeWhy } from "./why_link.js";

/** @typedef {import("./why_link.js").Place} Place */
/** @typedef {import("./store.js").Store} Store */
/** Whether the browser's history gets a new entry, or its newest is changed. @typedef {"pushState" | "replaceState"} Entry */
/**
 * @typedef {object} Why
 * @property {Place[]} trail    the cells on the way, the one that is explained last
 * @property {import("./api.d.ts").Explanation | null} answer
 * @property {string} problem   why there is none, a sentence
 * @property {boolean} all      whether every term is listed
 * @property {string} from      the matrix that gets the keyboard back
 * @property {{file: string, text: string} | null} source  a file that is open
 */

/** The way is kept this long. */
const LONGEST_TRAIL = 100;
/** The element that gets the keyboard when a cell is explained. */
const HEADING = "why";

/**
 * @param {Store} store
 * @param {object} outside
 * @param {import("./rpc.js").Client["call"]} outside.call
 * @param {(title: string, deed: () => Promise<unknown>) => Promise<void>} outside.attempt
 */
export function createAsking(store, { call, attempt }) {
  // Each question has its own number: an answer that is not the last one's is dropped.
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

  /** @param {Place[]} trail @param {Partial<Why>} [changes] @param {Entry} [entry] */
  async function show(trail, changes, entry = "replaceState") {
    const mine = ++turn;
    const found = await explain(trail[trail.length - 1]);
    if (mine !== turn) return;
    const before = store.get().why ?? { all: false, from: "", source: null };
    store.set({ why: { ...before, ...changes, ...found, trail } });
    inTheLink(trail, entry);
  }

  /** @param {Place[]} trail @param {string[]} targets which elements may get the keyboard, the best first @param {Partial<Why>} [changes] @param {Entry} [entry] */
  const visit = (trail, targets, changes, entry = "pushState") =>
    attempt("This number could not be explained", async () => {
      await show(trail.slice(-LONGEST_TRAIL), changes, entry);
      if (targets.length) store.set({ focus: { target: targets[0], otherwise: targets[1] } });
    });

  /** @param {Place[]} trail @param {Entry} entry */
  function inTheLink(trail, entry) {
    const fragment = writeWhy(location.hash, trail.at(-1) ?? null);
    const isNew = fragment !== location.hash.replace("#", "");
    const url = fragment ? `#${fragment}` : location.pathname + location.search;
    history[isNew ? entry : "replaceState"]({ why: trail }, "", url);
  }

  function close() {
    turn++;
    store.set({ why: null });
  }

  /** The cell that the link names, by the way that led to it; a notice if there is no such cell. */
  async function followLink() {
    const { place, notice } = readWhy(location.hash);
    const shown = store.get().why?.trail.at(-1);
    if (!place && !notice) return shown && close();
    if (place && shown && operandTarget(place) === operandTarget(shown)) return;
    const problem = place ? (await explain(place)).problem : notice;
    if (place && !problem) return visit(wayTo(place), [HEADING], { from: matrixTarget(place.tensor) }, "replaceState");
    inTheLink(store.get().why?.trail ?? [], "replaceState");
    const message = problem.replace(/([^.])$/, "$1.");
    store.set({ alert: { title: "The link names a cell that is not there", message, traceback: "" } });
  }

  return {
    /** Ask again, about the pass that is the newest now. */
    async follow() {
      const { why } = store.get();
      if (why) await show(why.trail);
    },

    actions: {
      /** A cell of a heatmap, or of something else that gets the keyboard back. @param {Place} place @param {boolean} byKeyboard @param {string} [from] */
      ask: (place, byKeyboard, from = matrixTarget(place.tensor)) =>
        visit([place], byKeyboard ? [HEADING] : [], { from, source: null }),
      /** A cell that something else on the page speaks of: the keyboard comes to its matrix. @param {Place} place */
      point_at: (place) =>
        visit([place], [matrixTarget(place.tensor)], { from: matrixTarget(place.tensor), source: null }),
      /** A cell that the explanation on screen speaks of. @param {Place} place */
      walk: (place) => visit([...(store.get().why?.trail ?? []), place], [HEADING]),
      /** Back on the way, to its cell number `index`. @param {number} index */
      async back_to(index) {
        const trail = store.get().why?.trail ?? [];
        const left = trail[index + 1];
        if (left && index >= 0) await visit(trail.slice(0, index + 1), [operandTarget(left), HEADING]);
      },
      ask_again: () => attempt("This number could not be explained", async () => show(store.get().why?.trail ?? [])),
      /** @param {boolean} hasKeyboard whether the keyboard is in what closes */
      close_why(hasKeyboard) {
        const { why } = store.get();
        close();
        inTheLink([], "pushState");
        if (hasKeyboard && why) store.set({ focus: { target: why.from } });
      },
      show_all_terms() {
        const { why } = store.get();
        if (why) store.set({ why: { ...why, all: true } });
      },
      /** @param {string} file of the Python package */
      open_source: (file) =>
        attempt("The file could not be read", async () => {
          const source = await call("source", { file });
          const { why } = store.get();
          if (why) store.set({ why: { ...why, source } });
        }),
      follow_link: () => attempt("The link could not be followed", followLink),
    },
  };
}

/** As this entry of the browser's history keeps it, if it is about the same cell. @param {Place} place @returns {Place[]} */
function wayTo(place) {
  const kept = trailOf(history.state);
  const last = kept.at(-1);
  return last && operandTarget(last) === operandTarget(place) ? kept : [place];
}
