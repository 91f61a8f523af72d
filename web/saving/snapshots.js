/** Snapshots of a run before an undoable action: see undo.js. */

/** @import { RunSummary } from "../api.d.ts" */
/** @import { Client } from "../engine/client.js" */

/**
 * Snapshot of a run before it was deleted, reset or given other weights; `instead`: the run in its place, whose training beyond
 * `step` invalidates the snapshot, if there is one.
 * @typedef {{text: string, id: string, name: string, bytes: Uint8Array, history: {generation: number, values: Float64Array}, active: boolean, instead: string | null, step: number}} Undo
 */

/**
 * Take a snapshot of a run.
 * @param {Client["call"]} call
 * @param {RunSummary} run
 * @param {string} action   "Deleted"
 * @param {boolean} trains  a twin continues to train under Play
 * @returns {Promise<Undo>}
 */
export async function takeSnapshot(call, { id, name, active, step: now }, action, trains) {
  const { bytes, history } = await call("checkpoint", { id });
  const { generation, values } = history;
  const instead = action === "Deleted" || trains ? null : id;
  const step = action === "Reset" ? 0 : now;
  return { text: `${action} “${name}”.`, id, name, bytes, history: { generation, values }, active, instead, step };
}

/**
 * Whether a run has changed since its snapshot; otherwise there is nothing to undo.
 * @param {Client["call"]} call @param {Undo} undo @param {{id: string}[]} runs  as they are now
 */
export async function hasChanged(call, { id, bytes }, runs) {
  if (!runs.some((run) => run.id === id)) return true;
  const now = await call("export_run", { id, history: false });
  return now.bytes.length !== bytes.length || now.bytes.some((byte, i) => byte !== bytes[i]);
}
