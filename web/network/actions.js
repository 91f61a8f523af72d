/** The network as a feature: tensors of the active run, and the cell pointed at. */

import { initialNetwork } from "./state.js";

/** @import { Sample } from "../api.d.ts" */
/** @import { Cell } from "../heatmap/pointer.js" */
/** @import { Fresh, Patch, Store } from "../page/store.js" */

/** @param {Store} store @param {{samplesOf: (batch: Int32Array) => Sample[]}} outside */
export function createNetwork(store, { samplesOf }) {
  return {
    name: /** @type {const} */ ("network"),
    initial: initialNetwork(),
    /** @param {Fresh} fresh @returns {Patch} */
    follow({ state: { run_id, step, forward, backward, optimizer, batch, loss, accuracy } }) {
      const net = { run_id, step, forward, backward, optimizer };
      return {
        network: { net, batch, samples: samplesOf(batch) },
        training: { batchLoss: loss, batchAccuracy: accuracy },
      };
    },
    actions: {
      /** @param {Cell | null} cell */
      showCell: (cell) => store.set({ network: { cell } }),
    },
  };
}
