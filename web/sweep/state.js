/** State of sweeps: the form, the sweep under way, and its results, derived from the runs. */

import { isFiniteNumber } from "./axis.js";
import { valueAt } from "./settings.js";

/** @import { RunConfig, RunSummary, SweepPlan } from "../api.d.ts" */
/** @import { State } from "../page/store.js" */
/** A setting and its values as typed. @typedef {{field: string, typed: string}} Row */
/** @typedef {{rows: Row[], epochs: string}} SweepDraft */
/**
 * A run of a sweep; `id` once it is among the runs, `why` if it failed.
 * @typedef {object} Task
 * @property {string} name
 * @property {RunConfig | null} config  null after a reload: then it is that of the run
 * @property {number} parameters
 * @property {number} steps
 * @property {number} step       updates so far
 * @property {"waiting" | "training" | "done" | "failed" | "stopped"} state
 * @property {string | null} id
 * @property {string} why
 */
/**
 * @typedef {object} Sweep
 * @property {string[]} fields   the settings that differ: "trainer.learning_rate"
 * @property {number} epochs
 * @property {Task[]} tasks
 * @property {number} workers
 * @property {boolean} isRunning
 * @property {number | null} left  seconds, estimated
 */
/**
 * @typedef {object} SweepState
 * @property {SweepDraft} draft
 * @property {SweepPlan | null} plan    of the draft
 * @property {{field: string, message: string} | null} refusal  field: "epochs", a setting, or "" if it is about all
 * @property {number | null} seconds    that the plan takes, estimated; null while it is being measured, NaN if that failed
 * @property {Sweep | null} sweep       the newest one
 * @property {number} cores             of this device
 */

/** A run of the list: finished ones have a run. @typedef {{key: number, task: Task, run: RunSummary | null, config: RunConfig}} Result */
/** The metric by which runs are compared. @typedef {{label: string, unit: string, isShare: boolean, of: (run: RunSummary) => number | null}} Ranking */

/** Tasks whose run exists or may still come. @param {Pick<State, "runs" | "sweep">} state @returns {Result[]} */
export function resultsOf({ runs: { list }, sweep: { sweep } }) {
  const byId = new Map(list.map((run) => [run.id, run]));
  return (sweep?.tasks ?? []).flatMap((task, key) => {
    const run = byId.get(task.id ?? "") ?? null;
    const config = run?.config ?? task.config;
    const isOpen = task.state !== "done" && task.state !== "stopped";
    return config && (run || isOpen) ? [{ key, task, run, config }] : [];
  });
}

/** Losses of two functions cannot be compared; held-out samples decide where every run has them. @param {Result[]} results @returns {Ranking} */
export function rankingOf(results) {
  const configs = results.map(({ config }) => config);
  const held = configs.every(({ dataset }) => dataset.held_out > 0);
  const [first, ...others] = new Set(configs.map(({ trainer }) => trainer.loss_type));
  const prefix = held ? "Held-out" : "Training";
  if (others.length > 0)
    return {
      label: `${prefix} accuracy`,
      unit: "%",
      isShare: true,
      of: ({ metrics }) => (held ? metrics?.held_out_accuracy : metrics?.accuracy) ?? null,
    };
  return {
    label: `${prefix} loss`,
    unit: first === "mse" ? "squared error" : "nats",
    isShare: false,
    of: ({ metrics }) => (held ? metrics?.held_out_loss : metrics?.loss) ?? null,
  };
}

/** Finished runs from best to worst, then the others in their order. @param {Result[]} results @param {Ranking} ranking */
export function bestFirst(results, { of, isShare }) {
  const sign = isShare ? -1 : 1;
  /** @param {Result} result */
  const place = ({ run }) => {
    if (!run) return Number.POSITIVE_INFINITY;
    const value = of(run);
    return isFiniteNumber(value) ? sign * value : Number.MAX_VALUE;
  };
  return results.toSorted((a, b) => (place(a) === place(b) ? a.key - b.key : place(a) < place(b) ? -1 : 1));
}

/** Values of a field, in the order of the sweep, each once. @param {Result[]} results @param {string} field */
export function valuesOf(results, field) {
  const values = results.map(({ config }) => valueAt(config, field));
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

/** How many runs have ended. @param {Sweep} sweep */
export const endedOf = ({ tasks }) => tasks.filter(({ state }) => state === "done" || state === "failed").length;
