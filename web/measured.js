/** Loss and accuracy of whole sets of samples beside the best possible, and the gap in words. */

import { percent, points, short } from "./words.js";

/** @typedef {import("./api.d.ts").RunSummary} RunSummary */
/** @typedef {import("./api.d.ts").Floor} Floor */
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
    floor: limits[loss_type],
    unit: loss_type === "mse" ? "squared error" : "nats",
  });
  const train = row("Training", floor, metrics?.loss, metrics?.accuracy);
  if (!held_out_floor) return [train];
  return [train, row("Held out", held_out_floor, metrics?.held_out_loss, metrics?.held_out_accuracy)];
}

/** "Training: 0.0312 nats above the best possible, 0.0270; accuracy 2.5 percentage points below the best possible, 97.5%." @param {MeasuredSet[]} sets */
export function gapWords(sets) {
  return sets
    .filter(({ loss }) => loss !== null && Number.isFinite(loss))
    .map(({ name, loss, floor, unit, accuracy, best }) => {
      // Rounding of float32 may put it a little beneath.
      const gap = Math.max(0, /** @type {number} */ (loss) - floor);
      const of_loss = `${short(gap)} ${unit} above the best possible, ${short(floor)}`;
      return `${name}: ${of_loss}; accuracy ${accuracyGap(/** @type {number} */ (accuracy), best)}.`;
    })
    .join(" ");
}

/** Both are numbers of samples over the number of all: where they are equal, they are so to the last bit. @param {number} accuracy @param {number} best */
function accuracyGap(accuracy, best) {
  const possible = `the best possible, ${percent(best)}`;
  return accuracy === best ? `at ${possible}` : `${points(best - accuracy)} below ${possible}`;
}
