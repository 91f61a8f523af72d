/** The sample lens as a feature: one gradient as a sum over samples, each of which can be muted. */

import { lensColumn } from "./state.js";

/** @import { SampleLens } from "../api.d.ts" */
/** @import { Client } from "../engine/client.js" */
/** @import { Attempt } from "../page/calls.js" */
/** @import { Store } from "../page/store.js" */
/** @typedef {{tensor: string, muted: number[], start: number}} Question */

/** @typedef {{lens: SampleLens | null}} LensState  a gradient split by sample */

/** Samples per page. */
export const PARTS = 12;

/**
 * @param {Store} store
 * @param {object} outside
 * @param {Client["call"]} outside.call
 * @param {Attempt} outside.attempt
 * @param {() => Promise<void>} outside.pause
 */
export function createLens(store, { call, attempt, pause }) {
  // Each request has its own number; answers to earlier ones are dropped.
  let turn = 0;
  /** The last question: the next one may come before its answer. @type {Question} */
  let asked = { tensor: "", muted: [], start: 0 };

  /** @param {Question} question */
  const ask = ({ tensor, muted, start }) =>
    attempt("The gradient could not be split by sample", async () => {
      const mine = ++turn;
      asked = { tensor, muted, start };
      const {
        page: { dialog },
      } = store.get();
      const lens = await call("sample_lens", { tensor, muted, start, count: PARTS });
      if (mine !== turn || store.get().page.dialog !== dialog) return; // closed meanwhile, or another one is open
      lensColumn(lens); // compute its quantiles now, not in the frame that paints
      store.set({ lens: { lens }, page: { dialog: "lens" } });
    });

  /** @param {Partial<Question>} changes */
  async function change(changes) {
    if (store.get().lens.lens) await ask({ ...asked, ...changes });
  }

  return {
    name: /** @type {const} */ ("lens"),
    /** @type {LensState} */
    initial: { lens: null },
    actions: {
      /** @param {string} tensor the gradient of a parameter */
      async open(tensor) {
        const mine = ++turn;
        if (store.get().training.playing) await pause();
        if (mine === turn && !store.get().training.playing) await ask({ tensor, muted: [], start: 0 });
      },
      /** Drop the pending request. */
      cancel() {
        turn++;
      },
      /** Show the same samples in another gradient. @param {string} tensor */
      show: (tensor) => change({ tensor }),
      /** @param {number} start */
      page: (start) => change({ start }),
      /** @param {number} place in the batch @param {boolean} silent */
      mute: (place, silent) => {
        const muted = asked.muted.filter((one) => one !== place);
        return change({ muted: silent ? [...muted, place] : muted });
      },
      unmuteAll: () => change({ muted: [] }),
    },
  };
}
