/** The newest sweep as the browser remembers it: which runs are its, and the settings that differ. */

import { remember, remembered } from "../ui/preferences.js";

/** @import { Sweep, Task } from "./state.js" */

const KEY = "sweep";
const MAX_TASKS = 200;
const FIELD = /^(?:model|dataset|trainer|stopping)\.[a-z_]{1,40}$/;

/** Remember the runs that are trained. @param {Sweep | null} sweep */
export function keep(sweep) {
  if (!sweep) return remember(KEY, {});
  const runs = sweep.tasks.filter(({ id }) => id !== null).map(({ id, name }) => ({ id, name }));
  remember(KEY, { fields: sweep.fields, epochs: sweep.epochs, runs });
}

/** Return the sweep of the last visit, or null. @returns {Sweep | null} */
export function kept() {
  const { fields, epochs, runs } = remembered(KEY);
  if (!Array.isArray(fields) || !Array.isArray(runs) || !Number.isInteger(epochs)) return null;
  const known = fields.filter((field) => typeof field === "string" && FIELD.test(field));
  const tasks = runs.slice(0, MAX_TASKS).flatMap(taskOf);
  return tasks.length > 0 ? { fields: known, epochs, tasks, workers: 0, isRunning: false, left: null } : null;
}

/** @param {any} run  as it was remembered @returns {Task[]} */
function taskOf(run) {
  const { id, name } = Object(run);
  if (typeof id !== "string" || typeof name !== "string") return [];
  return [{ id, name, config: null, parameters: 0, steps: 0, step: 0, state: "done", why: "" }];
}
