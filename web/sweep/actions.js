/** Sweeps as a feature: planned in a form, trained by a pool of workers, kept as ordinary runs. */

import { createClient } from "../engine/client.js";
import { shown } from "../panels/state.js";
import { createDelivery } from "./delivery.js";
import { secondsLeft, workersFor } from "./estimate.js";
import { createSweepForm } from "./form_actions.js";
import { keep, kept } from "./kept.js";
import { Pool } from "./pool.js";
import { Scout } from "./scout.js";
import { endWords, startWords } from "./text.js";

/** @import { SweepPlan } from "../api.d.ts" */
/** @import { Client } from "../engine/client.js" */
/** @import { Perform } from "../page/calls.js" */
/** @import { Store } from "../page/store.js" */
/** @import { Started } from "./pool.js" */
/** @import { Sweep, SweepState, Task } from "./state.js" */

const UPDATED = "The site has been updated: reload the page";

/**
 * @param {Store} store
 * @param {{call: Client["call"], perform: Perform, persist: () => void}} outside
 */
export function createSweep(store, { call, perform, persist }) {
  const scout = new Scout(() => startPython(store));
  const deliver = createDelivery(store, perform);
  /** @type {Pool | null} */
  let pool = null;

  store.subscribe(({ page }) => page.dialog !== "sweep" && scout.end());

  /** @param {number} run @param {Partial<Task>} changes @param {Partial<Sweep>} [more] */
  function tell(run, changes, more = {}) {
    const { sweep } = store.get().sweep;
    if (!sweep) return;
    const tasks = sweep.tasks.with(run, { ...sweep.tasks[run], ...changes });
    store.set({ sweep: { sweep: { ...sweep, tasks, ...more } } });
  }

  /** @param {SweepPlan} plan @param {number | null} first  seconds expected */
  async function train({ runs }, first) {
    const workers = workersFor(store.get().sweep.cores, runs.length);
    const began = performance.now();
    const { measured } = scout;
    const left = () => {
      const elapsed = (performance.now() - began) / 1000;
      return { left: secondsLeft(measured, store.get().sweep.sweep?.tasks ?? [], { elapsed, first }) };
    };
    const mine = new Pool(runs, () => scout.give(), {
      onBegin: (run) => tell(run, { state: "training", step: 0 }),
      onSlice: (run, { step }) => tell(run, { step }, left()),
      async onTrained(run, bytes) {
        const made = await deliver(bytes);
        if ("id" in made) tell(run, { state: "done", id: made.id, step: runs[run].steps }, left());
        else tell(run, { state: "failed", why: made.why });
        keep(store.get().sweep.sweep);
      },
      onFailed: (run, why) => tell(run, { state: "failed", why }),
    });
    pool = mine;
    await mine.train(workers);
    finish();
  }

  function finish() {
    const { sweep } = store.get().sweep;
    if (!sweep) return;
    removeEventListener("beforeunload", ask);
    pool = null;
    const tasks = sweep.tasks.map((task) =>
      isOpen(task) ? { ...task, state: /** @type {const} */ ("stopped") } : task,
    );
    const ended = { ...sweep, tasks, isRunning: false, left: null };
    store.set({ sweep: { sweep: ended }, page: { announcement: endWords(ended) } });
  }

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
        const { plan, draft, seconds, sweep } = store.get().sweep;
        if (!plan || sweep?.isRunning) return;
        persist();
        const workers = workersFor(store.get().sweep.cores, plan.runs.length);
        const fields = draft.rows.map(({ field }) => field);
        const epochs = plan.runs[0].config.stopping.max_epochs ?? 0;
        addEventListener("beforeunload", ask);
        const first = train(plan, seconds); // takes the worker before the form is closed
        store.set({
          sweep: { sweep: { fields, epochs, tasks: plan.runs.map(taskOf), workers, isRunning: true, left: seconds } },
          page: { dialog: null, announcement: startWords(plan), focus: { target: "sweep-stop" } },
          ...shown("sweep"),
        });
        await first;
      },
      /** End all workers. Trained runs stay. */
      stop: () => pool?.stop(),
      /** Close the panel. The runs stay. */
      close() {
        if (store.get().sweep.sweep?.isRunning) return;
        keep(null);
        store.set({ sweep: { sweep: null }, ...shown("runs"), page: { focus: { target: "new_sweep" } } });
      },
    },
  };
}

/** Ask before the tab is closed. @param {BeforeUnloadEvent} event */
const ask = (event) => event.preventDefault();

/** Whether a run has neither been trained nor failed. @param {Task} task */
const isOpen = ({ state }) => state === "waiting" || state === "training";

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
