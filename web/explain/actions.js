/**
 * "Why this number?" as a feature: explain a cell, follow its operands, go back.
 *
 * An answer is one pass, whole. While training plays, it stands still with the step it belongs to; when training pauses, or a
 * step is made by hand, the newest pass is asked for.
 */

import { matrixTarget, operandTarget } from "./link.js";
import { createWay, HEADING } from "./way.js";

/** @import { Explanation } from "../api.d.ts" */
/** @import { Client } from "../engine/client.js" */
/** @import { Attempt } from "../page/calls.js" */
/** @import { Store } from "../page/store.js" */
/** @import { Place } from "./link.js" */
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

/**
 * @param {Store} store
 * @param {object} outside
 * @param {Client["call"]} outside.call
 * @param {Attempt} outside.attempt
 */
export function createExplain(store, { call, attempt }) {
  const way = createWay(store, { call, attempt });
  const { show, visit, begin, inTheLink } = way;

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
        way.close();
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
      followLink: () => attempt("The link could not be followed", way.followLink),
    },
  };
}
