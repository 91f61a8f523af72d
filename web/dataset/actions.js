/** The dataset as a feature: the description of the active run's data, and its samples. */

import { createSamples } from "./samples.js";
import { initialDataset } from "./state.js";

/** @import { Client } from "../engine/client.js" */
/** @import { Attempt, Perform } from "../page/calls.js" */
/** @import { Patch, Store } from "../page/store.js" */

/**
 * @param {Store} store
 * @param {{call: Client["call"], perform: Perform, attempt: Attempt}} outside
 */
export function createDataset(store, { call, perform, attempt }) {
  const samples = createSamples(call);
  /** The run whose data are on screen. @type {string | null} */
  let opened = null;

  return {
    name: /** @type {const} */ ("dataset"),
    initial: initialDataset(),
    samplesOf: samples.of,

    /** Python restarts, perhaps with other data under the same id. */
    forget() {
      opened = null;
    },

    /**
     * Read the data needed to show a batch.
     * @param {string} runId @param {Int32Array} batch @returns {Promise<Patch>}
     */
    async open(runId, batch) {
      if (runId === opened) {
        await samples.learn(batch);
        return {};
      }
      const about = await call("dataset");
      const page = { start: 0, samples: await samples.open(about.num_samples) };
      await samples.learn(batch);
      opened = runId;
      if (store.get().network.net?.run_id === runId) return { dataset: { about, page } };
      return { dataset: { about, page }, training: { refusals: {}, reached: null }, network: { cell: null } };
    },

    actions: {
      /** Send one sample through the network. @param {number} sample */
      async lookAt(sample) {
        await attempt("The sample could not be shown", () => perform("run_single", { update: false, sample }));
      },
      /** @param {number} start */
      async showPage(start) {
        await attempt("The samples could not be read", async () => {
          store.set({ dataset: { page: { start, samples: await samples.page(start) } } });
        });
      },
    },
  };
}
