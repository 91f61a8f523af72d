/** The confusion matrix as a feature: read from Python while its card is open. */

import { createBudget } from "../ui/throttle.js";

/** @import { Confusion } from "../api.d.ts" */
/** @import { Client } from "../engine/client.js" */
/** @import { Attempt } from "../page/calls.js" */
/** @import { Fresh, Patch, Store } from "../page/store.js" */
/** @import { Measure } from "./confusion.js" */
/**
 * @typedef {object} ConfusionView
 * @property {boolean} open
 * @property {Measure} measure  quantity shown by colour
 * @property {boolean} table    whether the table is open
 * @property {{row: number, col: number} | null} cell  cell pointed at, in both matrices
 */

/**
 * @typedef {object} MetricsState
 * @property {ConfusionView} view  options of the confusion matrix
 * @property {Confusion | null} confusion  of the active run, as last read
 */

/** @type {ConfusionView} */
export const UNSEEN = { open: false, measure: "count", table: false, cell: null };

/** Refresh interval during Play in milliseconds, and maximum share of training time. */
const EVERY = 250;
const SHARE = 0.01;

/**
 * @param {Store} store
 * @param {object} outside
 * @param {Client["call"]} outside.call
 * @param {Attempt} outside.attempt
 */
export function createMetrics(store, { call, attempt }) {
  const budget = createBudget({ every: EVERY, share: SHARE });
  const isOpen = () => store.get().metrics.view.open;
  const arrange = (/** @type {Partial<ConfusionView>} */ changes) =>
    store.set({ metrics: { view: { ...store.get().metrics.view, ...changes } } });
  const read = async () => store.set({ metrics: { confusion: await call("confusion") } });

  return {
    name: /** @type {const} */ ("metrics"),
    /** @type {MetricsState} */
    initial: { view: UNSEEN, confusion: null },
    /** @param {Fresh} fresh @returns {Patch} */
    follow: ({ overview: { confusion } }) => ({ metrics: { confusion } }),
    /** Refresh during Play, if the budget allows it. */
    async between() {
      if (isOpen() && budget.due()) await budget.spend(read);
    },
    actions: {
      /** @param {boolean} open */
      async showConfusion(open) {
        if (open === isOpen()) return;
        arrange({ open });
        if (open) await attempt("The confusion matrix could not be read", read);
      },
      arrangeConfusion: arrange,
      /** @param {ConfusionView["cell"]} cell */
      pointAtConfusion: (cell) => arrange({ cell }),
    },
  };
}
