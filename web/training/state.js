/** State of training: Play, the mode, and the fields of the active run. */

/** @import { Frame, Mode, RunSummary } from "../api.d.ts" */
/** @import { State } from "../page/store.js" */
/** A value that Python refused: the typed text, and the reason. @typedef {{typed: string, message: string}} Refusal */
/** The active run by the newest slice of Play. @typedef {{run_id: string, run: Partial<RunSummary>}} Progress */
/**
 * @typedef {object} TrainingState
 * @property {boolean} playing
 * @property {Mode} mode
 * @property {Progress | null} progress            null if the list of runs is newer
 * @property {number} speed                        chosen, steps per second; Infinity is Max
 * @property {boolean} speedHint                   whether the page says how to go faster
 * @property {number | null} reached               steps per second, smoothed
 * @property {number | null} batchLoss             of the batch on screen
 * @property {number | null} batchAccuracy         of the same
 * @property {Record<string, Refusal>} refusals    by field
 * @property {Record<string, string>} committing   by field: the typed value awaiting an answer
 */

/** @returns {TrainingState} */
export const initialTraining = () => ({
  playing: false,
  mode: "train",
  progress: null,
  speed: Number.POSITIVE_INFINITY,
  speedHint: false,
  reached: null,
  batchLoss: null,
  batchAccuracy: null,
  refusals: {},
  committing: {},
});

/** @param {Frame} frame @param {RunSummary} run @returns {Progress} */
export function progressOf({ run_id, step, epoch, loss, epoch_ms, seconds, stopped, metrics }, run) {
  return { run_id, run: { step, epoch, loss, epoch_ms, seconds, stopped, metrics: metrics ?? run.metrics } };
}

/** Whether another tab owns the active run, so that it is view-only. @param {State} state */
export const isElsewhere = ({ run, saving: { elsewhere } }) => run !== null && elsewhere.includes(run.id);
