/** What the loss chart shows: loss, step by step, or accuracy, epoch by epoch; its units, and the best that it can be. */

import { percent, points, short } from "./words.js";

/** @typedef {import("./api.d.ts").RunSummary} RunSummary */
/** @typedef {import("./api.d.ts").EpochCurve} EpochCurve */
/** @typedef {import("./api.d.ts").LossCurve} LossCurve */
/** @typedef {keyof typeof CHART_METRICS} ChartMetric */

export const CHART_METRICS = { loss: "Loss", accuracy: "Accuracy" };

/** @param {ChartMetric} metric @param {RunSummary} run */
export function unitOf(metric, { config }) {
  if (metric === "accuracy") return "%";
  return config.trainer.loss_type === "mse" ? "squared error" : "nats";
}

/** The value alone: "0.1234", "87.5%". @param {ChartMetric} metric @param {number | null} value */
export const shortly = (metric, value) => (metric === "loss" ? short(value) : percent(value));

/** "0.1234 nats", "87.5%" @param {ChartMetric} metric @param {number} value @param {RunSummary} run */
export const withUnit = (metric, value, run) =>
  metric === "loss" ? `${short(value)} ${unitOf(metric, run)}` : percent(value);

/** The best possible on a run's training samples, or on those held out, were it made for them. @param {ChartMetric} metric @param {RunSummary} run @param {boolean} held_out @returns {number | null} */
export function bestOf(metric, run, held_out) {
  const floor = held_out ? run.held_out_floor : run.floor;
  return floor && (metric === "accuracy" ? floor.accuracy : floor[run.config.trainer.loss_type]);
}

/** How much worse than the best possible; below 0 where a mean over steps in which the weights changed is better. @param {ChartMetric} metric @param {number} value @param {number} best */
export const gapOf = (metric, value, best) => (metric === "loss" ? value - best : best - value);

/** "0.0312 nats", "2.5 percentage points" @param {ChartMetric} metric @param {number} value @param {number} best @param {RunSummary} run */
export function gapWithUnit(metric, value, best, run) {
  const gap = gapOf(metric, value, best);
  const size = Math.abs(gap);
  return `${gap < 0 ? "−" : ""}${metric === "loss" ? withUnit(metric, size, run) : points(size)}`;
}

/** Without the unit, where that stands once for all of them: `gapUnit`. @param {ChartMetric} metric @param {number} value @param {number} best @param {RunSummary} run */
export const gapShortly = (metric, value, best, run) => gapWithUnit(metric, value, best, run).split(" ")[0];

/** @param {ChartMetric} metric @param {string[]} units */
export const gapUnit = (metric, units) => (metric === "loss" ? units.join(" or ") : "percentage points");

/** Of the best epoch, on the samples that are monitored. @param {ChartMetric} metric @param {RunSummary} run */
export const bestEpochOf = (metric, run) => (metric === "loss" ? run.best_loss : run.best_accuracy);

/** @param {ChartMetric} metric @param {EpochCurve} rows @returns {Float64Array} NaN without held-out samples */
export const heldOutOf = (metric, rows) => (metric === "loss" ? rows.held_out_loss : rows.held_out_accuracy);

/** Where the last epoch is that had ended at a step; −1 if none had. @param {EpochCurve} rows @param {number} step */
export const epochAt = ({ step: steps }, step) => steps.findLastIndex((end) => end <= step);

/** @type {WeakMap<EpochCurve, LossCurve>} */
const accuracies = new WeakMap();

/** Training accuracies as a curve, a point for each epoch. @param {EpochCurve} rows @returns {LossCurve} */
export function accuracyCurve(rows) {
  const { id, name, step, epoch, seconds, train_accuracy } = rows;
  const known = accuracies.get(rows);
  if (known) return known;
  const [min, mean, max, accuracy] = Array(4).fill(train_accuracy);
  const curve = { id, name, step, epoch, seconds, min, mean, max, accuracy };
  accuracies.set(rows, curve);
  return curve;
}
