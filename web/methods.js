/** Every call to Python, and what it changes: so the page knows what to save, what to follow, and what is another tab's. */

import { readHeader } from "./runfile.js";

/** @typedef {import("./api.d.ts").Method} Method */
/**
 * Nothing; the run named by `id`; the active run; the run whose file is put back; or which runs there are and which of them
 * is looked at, but none of those that were there.
 * @typedef {"looks" | "named" | "active" | "put back" | "list"} Change
 */

/** @type {Record<Method, Change>} */
export const METHODS = {
  state: "looks",
  run_single: "active",
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
  confusion: "looks",
  advance: "named",
  explain_cell: "looks",
  phases: "looks",
  sample_lens: "looks",
  gradient_flow: "looks",
  distributions: "looks",
  source: "looks",
  loss_curves: "looks",
  dataset: "looks",
  inspect_samples: "looks",
  plan_run: "looks",
  presets: "looks",
  limits: "looks",
  self_test: "looks",
  save_run: "looks",
  load_run: "list",
  export_run: "looks",
  import_run: "list",
  history_rows: "looks",
  restore_run: "put back",
  export_pytorch: "looks",
  history_csv: "looks",
};

/**
 * The run that a call changes, if it changes one.
 * @param {Method} method @param {any} params @param {string | undefined} active
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

/** @param {unknown} bytes  of a run file; what is none changes nothing, and Python says why */
function idIn(bytes) {
  const header = bytes instanceof Uint8Array ? readHeader(bytes) : null;
  return header?.ok ? header.summary.id : undefined;
}
