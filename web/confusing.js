/** The confusion matrix: read from Python while it is looked at, and what a reader can do with it. */

import { createBudget } from "./budget.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./draw/confusion.js").Measure} Measure */
/**
 * @typedef {object} Confusing
 * @property {boolean} open
 * @property {Measure} measure  what its colours show
 * @property {boolean} table    whether it stands in a table too
 * @property {{row: number, col: number} | null} cell  that is pointed at, in both matrices
 */

/** @type {Confusing} */
export const UNSEEN = { open: false, measure: "count", table: false, cell: null };

/** While training plays, it follows at this distance, in milliseconds, and training waits for it at most so long. */
const EVERY = 250;
const SHARE = 0.01;

/**
 * @param {Store} store
 * @param {object} outside
 * @param {import("./rpc.js").Client["call"]} outside.call
 * @param {(title: string, deed: () => Promise<unknown>) => Promise<void>} outside.attempt
 */
export function createConfusing(store, { call, attempt }) {
  const budget = createBudget({ every: EVERY, share: SHARE });
  const isOpen = () => store.get().confusing.open;
  const arrange = (/** @type {Partial<Confusing>} */ changes) =>
    store.set({ confusing: { ...store.get().confusing, ...changes } });
  const read = async () => store.set({ confusion: await call("confusion") });

  return {
    /** Of the active run, as it is now; nothing while nobody looks. */
    current: async () => (isOpen() ? call("confusion") : null),
    /** While training plays, if it may be by now. */
    async between() {
      if (isOpen() && budget.due()) await budget.spend(read);
    },
    actions: {
      /** @param {boolean} open */
      async show_confusion(open) {
        if (open === isOpen()) return;
        arrange({ open });
        if (open) await attempt("The confusion matrix could not be read", read);
      },
      arrange_confusion: arrange,
      /** @param {Confusing["cell"]} cell */
      point_at_confusion: (cell) => arrange({ cell }),
    },
  };
}
