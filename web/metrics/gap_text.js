/** Loss and accuracy of whole sets of samples, beside the best possible. */

import { percent, short } from "../ui/format.js";

/** @import { Floor, RunSummary } from "../api.d.ts" */
/**
 * @typedef {object} MeasuredSet
 * @property {string} name
 * @property {number | null} loss
 * @property {number | null} perplexity  e to the loss; null for squared errors
 * @property {number | null} accuracy
 * @property {number} best               accuracy
 * @property {number} floor              loss
 * @property {string} unit
 */

/** @param {RunSummary} run @returns {MeasuredSet[]} */
export function setsOf({ metrics, config, floor, held_out_floor }) {
  const { loss_type } = config.trainer;
  const row = (
    /** @type {string} */ name,
    /** @type {Floor} */ limits,
    /** @type {number | null | undefined} */ loss,
    /** @type {number | null | undefined} */ accuracy,
  ) => ({
    name,
    loss: loss ?? null,
    perplexity: loss_type === "mse" || loss === null || loss === undefined ? null : Math.exp(loss),
    accuracy: accuracy ?? null,
    best: limits.accuracy,
    floor: limits[/** @type {keyof Floor} */ (loss_type)],
    unit: loss_type === "mse" ? "squared error" : "nats",
  });
  const train = row("Training", floor, metrics?.loss, metrics?.accuracy);
  if (!held_out_floor) return [train];
  return [train, row("Held out", held_out_floor, metrics?.held_out_loss, metrics?.held_out_accuracy)];
}

/**
 * Describe how far each set is from the best possible.
 * @param {MeasuredSet[]} sets
 * @returns {string} "Training: loss 0.0582 nats (best possible 0.0270), accuracy 95% (best possible 97.5%)."
 */
export function gapWords(sets) {
  return sets
    .filter(({ loss }) => loss !== null && Number.isFinite(loss))
    .map(({ name, loss, floor, unit, accuracy, best }) => {
      const lowest = floor === 0 ? "0" : short(floor);
      return `${name}: loss ${short(loss)} ${unit} (best possible ${lowest}), accuracy ${percent(accuracy)} (best possible ${percent(best)}).`;
    })
    .join(" ");
}
