/** Unit of a loss at a step, and over steps between which the loss function changed. */

/** @import { LossType, RunSummary } from "../api.d.ts" */
/** @typedef {"loss" | "accuracy"} Metric */

/** @type {Record<LossType, string>} */
export const UNITS = { cross_entropy: "nats", mse: "squared error" };

/** Changes of the loss function; one at step s takes effect at step s + 1. @param {RunSummary} run */
const lossChanges = ({ marks }) => marks.filter(({ field }) => field === "loss_type").sort((a, b) => a.step - b.step);

/**
 * Return the types of the losses of some steps, in order.
 * @param {RunSummary} run
 * @param {number} first
 * @param {number} last
 * @returns {LossType[]}
 */
export function lossTypes(run, first, last) {
  const changes = lossChanges(run);
  const before = changes.find(({ step }) => step >= first)?.from ?? run.config.trainer.loss_type;
  const later = changes.filter(({ step }) => step >= first && step < last).map(({ to }) => to);
  return /** @type {LossType[]} */ ([...new Set([before, ...later])]);
}

/** Return the last step, up to a given one, at which the unit changed; 0 if it never did. @param {RunSummary} run @param {number} step */
export const unitSince = (run, step) => lossChanges(run).findLast((mark) => mark.step < step)?.step ?? 0;

/**
 * The units of some steps.
 * @param {Metric} metric
 * @param {RunSummary} run
 * @param {number} first
 * @param {number} last
 */
export const unitsOf = (metric, run, first, last) =>
  metric === "accuracy" ? ["%"] : lossTypes(run, first, last).map((type) => UNITS[type]);

/**
 * The unit at a step, or of the mean over some.
 * @param {Metric} metric
 * @param {RunSummary} run
 * @param {number} step
 * @param {number} [first]
 */
export const unitAt = (metric, run, step, first = step) => unitsOf(metric, run, first, step).join(" and ");
