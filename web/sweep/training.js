/** A sweep under way: the pool trains, and the state follows. */

import { secondsLeft, workersFor } from "./estimate.js";
import { keep } from "./kept.js";
import { Pool } from "./pool.js";
import { endWords } from "./text.js";

/** @import { SweepPlan } from "../api.d.ts" */
/** @import { Store } from "../page/store.js" */
/** @import { Delivered } from "./delivery.js" */
/** @import { Scout } from "./scout.js" */
/** @import { Sweep, Task } from "./state.js" */

/**
 * @param {Store} store
 * @param {{scout: Scout, deliver: (bytes: Uint8Array) => Promise<Delivered>}} outside
 */
export function createTraining(store, { scout, deliver }) {
  /** @type {Pool | null} */
  let pool = null;

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
    addEventListener("beforeunload", ask);
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

  return { train, stop: () => pool?.stop() };
}

/** Ask before the tab is closed. @param {BeforeUnloadEvent} event */
const ask = (event) => event.preventDefault();

/** Whether a run has neither been trained nor failed. @param {Task} task */
const isOpen = ({ state }) => state === "waiting" || state === "training";
