/** Sweeps as a feature: planned in a form, trained by a pool of workers, kept as ordinary runs. */

import { createClient } from "../engine/client.js";
import { UPDATED } from "../engine/start_faults.js";
import { shown } from "../panels/state.js";
import { createDelivery } from "./delivery.js";
import { workersFor } from "./estimate.js";
import { createSweepForm } from "./form_actions.js";
import { keep, kept } from "./kept.js";
import { Scout } from "./scout.js";
import { startWords } from "./text.js";
import { createTraining } from "./training.js";

/** @import { SweepPlan } from "../api.d.ts" */
/** @import { Client } from "../engine/client.js" */
/** @import { Store } from "../page/store.js" */
/** @import { Started } from "./pool.js" */
/** @import { SweepState, Task } from "./state.js" */

/**
 * @param {Store} store
 * @param {{call: Client["call"], settle: () => Promise<void>, persist: () => void}} outside
 */
export function createSweep(store, { call, settle, persist }) {
  const scout = new Scout(() => startPython(store));
  const training = createTraining(store, { scout, deliver: createDelivery(store, { call, settle }) });
  store.subscribe(({ page }) => page.dialog !== "sweep" && scout.end());

  return {
    name: /** @type {const} */ ("sweep"),
    /** @type {SweepState} */
    initial: {
      draft: { rows: [], epochs: "20" },
      plan: null,
      refusal: null,
      seconds: null,
      sweep: kept(),
      cores: navigator.hardwareConcurrency || 1,
    },
    actions: {
      ...createSweepForm(store, { call, scout }),
      /** Train the runs of the plan. */
      async start() {
        const { plan, draft, sweep, ...estimate } = store.get().sweep;
        if (!plan || sweep?.isRunning) return;
        const seconds = estimate.seconds || null; // not NaN
        persist();
        const workers = workersFor(store.get().sweep.cores, plan.runs.length);
        const fields = draft.rows.map(({ field }) => field);
        const epochs = plan.runs[0].config.stopping.max_epochs ?? 0;
        const trained = training.train(plan, seconds); // takes the worker before the form is closed
        store.set({
          sweep: { sweep: { fields, epochs, tasks: plan.runs.map(taskOf), workers, isRunning: true, left: seconds } },
          page: { dialog: null, announcement: startWords(plan), focus: { target: "sweep-stop" } },
          ...shown("sweep"),
        });
        await trained;
      },
      /** End all workers. Trained runs stay. */
      stop: training.stop,
      /** Close the panel. The runs stay. */
      close() {
        if (store.get().sweep.sweep?.isRunning) return;
        keep(null);
        store.set({ sweep: { sweep: null }, ...shown("runs"), page: { focus: { target: "new_sweep" } } });
      },
    },
  };
}

/** @param {SweepPlan["runs"][number]} planned @returns {Task} */
const taskOf = (planned) => ({ ...planned, step: 0, state: "waiting", id: null, why: "" });

/** Start Python in another worker, with the loops that the page has chosen, and test its gradients. @param {Store} store @returns {Started} */
function startPython(store) {
  const client = createClient({
    onEvent({ build }) {
      if (build && build !== document.documentElement.dataset.build) client.stop(UPDATED);
    },
    onStop() {}, // every pending call is rejected
  });
  client.start();
  return { client, ready: tested(client, store.get().page.loops?.name !== "plain") };
}

/** @param {Client} client @param {boolean} simd */
async function tested(client, simd) {
  const [, { passed, message }] = await Promise.all([client.call("loops", { simd }), client.call("self_test")]);
  if (!passed) throw new Error(message);
}
