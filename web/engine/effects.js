/** The effects of every call to Python: which run it changes, and whether it ends Play. */

import { readLabel } from "../files/run_file.js";

/** @import { Method } from "../api.d.ts" */
/**
 * Nothing; the run named by `id`; the active run; the run whose file is restored; or the list of runs and the active one, but no
 * existing run.
 * @typedef {"looks" | "named" | "active" | "put back" | "list"} Change
 */

/** @type {Record<Method, Change>} */
export const METHODS = {
  state: "looks",
  run_single: "active",
  predict: "looks",
  generate: "looks",
  train_batch: "active",
  train_epoch: "active",
  trainer_config: "active",
  update_batch_size: "active",
  update_loss_type: "active",
  stopping_config: "active",
  restore_best: "named",
  restore_first: "named",
  runs: "looks",
  create_run: "list",
  activate_run: "list",
  reset_run: "named",
  rename_run: "named",
  delete_run: "named",
  duplicate_run: "list",
  twin_run: "named",
  archive_run: "named",
  run_losses: "looks",
  epoch_metrics: "looks",
  overview: "looks",
  confusion: "looks",
  advance: "named",
  explain_cell: "looks",
  phases: "looks",
  sample_lens: "looks",
  gradient_flow: "looks",
  distributions: "looks",
  source: "looks",
  loss_curves: "looks",
  code: "looks",
  edit_code: "named",
  revert_code: "named",
  run_code: "named",
  check_code: "named",
  code_difference: "looks",
  compare_with_ours: "named",
  code_comparison: "looks",
  dataset: "looks",
  inspect_samples: "looks",
  plan_run: "looks",
  plan_sweep: "looks",
  presets: "looks",
  limits: "looks",
  schema: "looks",
  self_test: "looks",
  loops: "looks",
  export_run: "looks",
  import_run: "list",
  checkpoint: "looks",
  restore_run: "put back",
  export_pytorch: "looks",
  history_csv: "looks",
  course: "looks",
  exercise: "looks",
  prediction: "looks",
  exercise_hint: "looks",
  check_solution: "looks",
  solution_files: "looks",
  check_capstone: "looks",
  clinic_case: "looks",
  diagnose_case: "looks",
  check_case: "looks",
  clinic_help: "looks",
  read_progress: "looks",
};

/**
 * Return the run that a call changes, if any.
 * @param {Method} method
 * @param {any} params
 * @param {string | undefined} active
 * @returns {string | undefined}
 */
export function changed(method, params, active) {
  switch (METHODS[method]) {
    case "named":
      return params?.id;
    case "active":
      return active;
    case "put back":
      return idIn(params?.bytes);
    default:
      return undefined;
  }
}

/** @param {unknown} bytes  of a run file; other bytes change nothing, and Python refuses them */
const idIn = (bytes) => (bytes instanceof Uint8Array && readLabel(bytes)?.id) || undefined;

/** Calls that end Play, whatever run they change. @type {Set<Method>} */
const INTERRUPTS = new Set(["run_single", "train_batch", "train_epoch", "create_run"]);
/** Calls that end Play if they change the run that plays. @type {Set<Method>} */
const INTERRUPTS_ITS_RUN = new Set(["delete_run", "reset_run", "restore_best", "restore_first", "restore_run"]);
/** Calls after which a run has another history. @type {Set<Method>} */
export const RESETS_HISTORY = new Set(["reset_run", "restore_run"]);
/** Calls that change only the curves of their run and its twins. @type {Set<Method>} */
export const TRAINS_ONLY = new Set(["run_single", "train_batch", "train_epoch", "advance"]);
/** Undoable calls, with their description. @type {Partial<Record<Method, string>>} */
export const UNDOABLE = {
  delete_run: "Deleted",
  reset_run: "Reset",
  restore_best: "Best weights restored:",
  restore_first: "Initial weights restored:",
};

/**
 * Whether a call ends Play, if it succeeds.
 * @param {Method} method
 * @param {any} params
 * @param {string | undefined} about  the run that it changes
 * @param {string | undefined} active
 */
export function interrupts(method, params, about, active) {
  if (INTERRUPTS.has(method) || params?.activate) return true;
  return method === "activate_run" ? params?.id !== active : INTERRUPTS_ITS_RUN.has(method) && about === active;
}
