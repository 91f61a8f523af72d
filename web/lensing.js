/** The sample lens: a gradient taken apart by sample. Python is asked again whenever a sample is muted or heard again. */

import { lensColumn } from "./scaled.js";

/** @typedef {import("./api.d.ts").SampleLens} SampleLens */
/** @typedef {import("./store.js").Store} Store */
/** @typedef {{tensor: string, muted: number[], start: number}} Question */

/** As many parts as fit on a screen. */
export const PARTS = 12;

/**
 * @param {Store} store
 * @param {object} outside
 * @param {import("./rpc.js").Client["call"]} outside.call
 * @param {(title: string, deed: () => Promise<unknown>) => Promise<void>} outside.attempt
 * @param {() => Promise<void>} outside.pause
 */
export function createLensing(store, { call, attempt, pause }) {
  // Each question has its own number: an answer that is not the last one's is dropped.
  let turn = 0;
  /** The last question: the next one may come before its answer. @type {Question} */
  let asked = { tensor: "", muted: [], start: 0 };

  /** @param {Question} question */
  const ask = ({ tensor, muted, start }) =>
    attempt("The gradient could not be taken apart", async () => {
      const mine = ++turn;
      asked = { tensor, muted, start };
      const lens = await call("sample_lens", { tensor, muted, start, count: PARTS });
      if (mine !== turn) return;
      lensColumn(lens); // a million numbers take their time to be counted: not in the frame that paints them
      store.set({ lens, dialog: "lens" });
    });

  /** @param {Partial<Question>} changes */
  async function change(changes) {
    if (store.get().lens) await ask({ ...asked, ...changes });
  }

  return {
    /** @param {string} tensor the gradient of a parameter */
    async open_lens(tensor) {
      if (store.get().playing) await pause();
      await ask({ tensor, muted: [], start: 0 });
    },
    /** Of the same samples, in another gradient. @param {string} tensor */
    show_in_lens: (tensor) => change({ tensor }),
    /** @param {number} start */
    page_lens: (start) => change({ start }),
    /** @param {number} place in the batch @param {boolean} silent */
    mute: (place, silent) => {
      const muted = asked.muted.filter((one) => one !== place);
      return change({ muted: silent ? [...muted, place] : muted });
    },
    unmute_all: () => change({ muted: [] }),
  };
}
