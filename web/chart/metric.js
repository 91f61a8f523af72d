/** The metric of the chart: loss of each step or accuracy of each epoch, with the best possible. */

import { lossTypes } from "../config/units.js";
import { percent, points, short } from "../ui/format.js";

/** @import { EpochCurve, LossCurve, RunSummary } from "../api.d.ts" */
/** @typedef {keyof typeof CHART_METRICS} ChartMetric */

export const CHART_METRICS = { loss: "Loss", accuracy: "Accuracy" };

/** The value alone: "0.1234", "87.5%". @param {ChartMetric} metric @param {number | null} value */
export const shortly = (metric, value) => (metric === "loss" ? short(value) : percent(value));

/**
 * "0.1234 nats", "87.5%"
 * @param {ChartMetric} metric
 * @param {number} value
 * @param {string} unit
 */
export const withUnit = (metric, value, unit) => (metric === "loss" ? `${short(value)} ${unit}` : percent(value));

/**
 * Return the best possible value at a step, on training or held-out samples; null for a mean over steps with a change of the
 * loss.
 * @param {ChartMetric} metric
 * @param {RunSummary} run
 * @param {boolean} held_out
 * @param {{step: number, first?: number}} at  the last of the steps, and their first
 * @returns {number | null}
 */
export function bestOf(metric, run, held_out, { step, first = step }) {
  const floor = held_out ? run.held_out_floor : run.floor;
  const types = lossTypes(run, first, step);
  if (metric === "accuracy") return floor?.accuracy ?? null;
  return floor && types.length === 1 ? floor[/** @type {keyof typeof floor} */ (types[0])] : null;
}

/**
 * Return the gap to the best possible; negative where a mean over changing weights is better.
 * @param {ChartMetric} metric
 * @param {number} value
 * @param {number} best
 */
export const gapOf = (metric, value, best) => (metric === "loss" ? value - best : best - value);

/**
 * Without the unit, where that stands once for all of them: `gapUnit`.
 * @param {ChartMetric} metric
 * @param {number} value
 * @param {number} best
 */
export const gapShortly = (metric, value, best) => gapWithUnit(metric, value, best, "").split(" ")[0];

/**
 * "0.0312 nats", "2.5 percentage points"
 * @param {ChartMetric} metric
 * @param {number} value
 * @param {number} best
 * @param {string} unit
 */
export function gapWithUnit(metric, value, best, unit) {
  const gap = gapOf(metric, value, best);
  const size = Math.abs(gap);
  return `${gap < 0 ? "−" : ""}${metric === "loss" ? withUnit(metric, size, unit) : points(size)}`;
}

/** @param {ChartMetric} metric @param {string[]} units */
export const gapUnit = (metric, units) => (metric === "loss" ? units.join(" or ") : "percentage points");

/** Value of the best epoch, on the monitored samples. @param {ChartMetric} metric @param {RunSummary} run */
export const bestEpochOf = (metric, run) => (metric === "loss" ? run.best_loss : run.best_accuracy);

/** @param {ChartMetric} metric @param {EpochCurve} rows @returns {Float64Array} NaN without held-out samples */
export const heldOutOf = (metric, rows) => (metric === "loss" ? rows.held_out_loss : rows.held_out_accuracy);

/** Index of the last epoch that ended by a step; −1 if none. @param {EpochCurve} rows @param {number} step */
export const epochAt = ({ step: steps }, step) => steps.findLastIndex((end) => end <= step);

/** @type {WeakMap<EpochCurve, LossCurve>} */
const accuracies = new WeakMap();

/** Training accuracies as a curve, a point for each epoch. @param {EpochCurve} rows @returns {LossCurve} */
export function accuracyCurve(rows) {
  const { id, name, step, epoch, seconds, train_accuracy, smoothing, smoothed_accuracy: smoothed } = rows;
  const known = accuracies.get(rows);
  if (known) return known;
  const [min, mean, max, accuracy] = Array(4).fill(train_accuracy);
  const curve = { id, name, step, epoch, seconds, min, mean, max, accuracy, smoothing, smoothed };
  accuracies.set(rows, curve);
  return curve;
}
