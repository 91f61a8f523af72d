/** Sentences about sweeps. */

import { count } from "../ui/number.js";
import { aboutTime } from "./estimate.js";
import { endedOf } from "./state.js";

/** @import { SweepPlan } from "../api.d.ts" */
/** @import { Sweep, SweepState, Task } from "./state.js" */

/** "1 run", "12 runs" @param {number} number @param {string} noun */
export const counted = (number, noun) => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;

/** "3 × 2 × 2 = 12 runs of 20 epochs" @param {number[]} lengths  values of each setting @param {number} runs @param {number} epochs */
export function productWords(lengths, runs, epochs) {
  const factors = lengths.length > 1 ? `${lengths.join(" × ")} = ` : "";
  return `${factors}${counted(runs, "run")} of ${counted(epochs, "epoch")}`;
}

/** "about 1 min 30 s with 2 workers" @param {number | null} seconds  see `SweepState` @param {number} workers */
export function timeWords(seconds, workers) {
  const pool = `with ${counted(workers, "worker")}`;
  if (seconds === null) return `${pool}; measuring the time …`;
  return Number.isNaN(seconds) ? pool : `${aboutTime(seconds)} ${pool}`;
}

/** "7 of 12 runs, about 40 s left, 1 worker" @param {Sweep} sweep */
export function progressWords(sweep) {
  const left = sweep.left === null ? "" : `, ${aboutTime(sweep.left)} left`;
  return `${count(endedOf(sweep))} of ${counted(sweep.tasks.length, "run")}${left}, ${counted(sweep.workers, "worker")}`;
}

/** "12 runs of 20 epochs", "Stopped: 5 of 12 runs of 20 epochs" @param {Sweep} sweep @param {number} shown  runs in the list */
export function outcomeWords({ tasks, epochs }, shown) {
  const stopped = tasks.some(({ state }) => state === "stopped");
  const failed = tasks.filter(({ state }) => state === "failed").length;
  const runs = `${counted(shown - failed, "run")} of ${counted(epochs, "epoch")}`;
  const all = stopped ? `Stopped: ${count(shown - failed)} of ${counted(tasks.length, "run")} trained` : runs;
  return failed > 0 ? `${all}; ${counted(failed, "run")} failed` : all;
}

/** A run that has not ended: "waiting", "training, 45%", "failed: …" @param {Task} task */
export function taskWords({ state, step, steps, why }) {
  if (state === "failed") return `failed: ${why}`;
  if (state !== "training") return state === "done" ? "trained" : state;
  return `training, ${Math.floor((100 * step) / Math.max(1, steps))}%`;
}

/** Why the form cannot be submitted, or null. @param {SweepState} sweep @returns {string | null} */
export function hindrance({ refusal, plan, sweep }) {
  if (sweep?.isRunning) return "A sweep is under way: wait for it, or stop it in its panel.";
  if (refusal) return refusal.field === "" ? refusal.message : "One field needs another value.";
  return plan ? null : "";
}

/** @param {number} runs @param {number} most */
export const tooMany = (runs, most) =>
  `These are ${counted(runs, "run")}; a sweep has at most ${count(most)}. Remove some values.`;

/** @param {SweepPlan} plan */
export const startWords = ({ runs }) => `The sweep has started: ${counted(runs.length, "run")}.`;

/** @param {Sweep} sweep */
export function endWords({ tasks }) {
  const done = tasks.filter(({ state }) => state === "done").length;
  const failed = tasks.filter(({ state }) => state === "failed").length;
  const words = `${counted(done, "run")} of ${count(tasks.length)} trained`;
  return `The sweep has ended: ${words}${failed > 0 ? `, ${count(failed)} failed` : ""}.`;
}
