/** Formats and sentences about the state, for the screen and for screen readers. */

import { brief, count, nearly } from "./number.js";

/** @import { RunSummary } from "../api.d.ts" */
/** @import { State } from "../page/store.js" */

/** A loss in 3 to 5 significant digits, of any size: "0.1234", "12.35", "1.23e-7", "1.23e+25", "NaN", "–". @param {number | null} value */
export const short = (value) => (value === null ? "–" : brief(value));

/**
 * "97.5%", "–" if there is no such share. Few is not 0%, and nearly all is not 100%: 1,999 of 2,000 are 99.95%.
 * @param {number | null | undefined} share @param {number} [digits] after the point, at least
 */
export function percent(share, digits = 1) {
  if (share === null || share === undefined || Number.isNaN(share)) return "–";
  const text = nearly(100 * share, digits, (rounded) => rounded === 0 || rounded === 100);
  if (text !== null) return `${+text}%`;
  return share < 0.5 ? "under 0.000001%" : "over 99.999999%";
}

/** Between two shares: "2.5 percentage points" @param {number} difference */
export function points(difference) {
  const text = nearly(100 * difference, 2, (rounded) => rounded === 0);
  if (text === null) return "under 0.000001 percentage points";
  return `${+text} percentage ${+text === 1 ? "point" : "points"}`;
}

/** "3" after three whole ones, "2.9975" just before. @param {number} epoch */
export const epochs = (epoch) =>
  Number.isInteger(epoch) ? count(epoch) : (nearly(epoch, 2, Number.isInteger) ?? String(epoch));

/** "59.9 s", "2 min 0 s" @param {number} seconds 0 or more */
export function duration(seconds) {
  const [text, whole] = [positive(seconds, 1), Math.round(seconds)];
  return Number(text) < 60 ? `${text} s` : `${count(Math.floor(whole / 60))} min ${whole % 60} s`;
}

/** Milliseconds, or steps per second: "12", "0.04" @param {number} value @param {number} digits after the point, at least */
export const positive = (value, digits) => nearly(value, digits, (rounded) => rounded === 0) ?? value.toExponential(1);

/** @param {number} bytes */
export const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

/** Number of layers of a run's network. @param {RunSummary | null} run */
export const layersOf = (run) => (run ? run.config.model.hidden_dims.length + 1 : 0);

/** "Step 120, batch loss 0.1234, accuracy of the training set 97%." @param {State} state */
export function describeRun({ run, training: { batchLoss } }) {
  if (!run) return "";
  const { metrics } = run;
  const then = metrics && metrics.step !== run.step ? ` at step ${count(metrics.step)}` : "";
  const accuracy =
    metrics && metrics.accuracy !== null ? `, accuracy of the training set ${percent(metrics.accuracy)}${then}` : "";
  return `Step ${count(run.step)}, batch loss ${short(batchLoss)}${accuracy}.`;
}

/** "16 → 32 → 32 → 4" @param {number[]} shape */
export const widths = (shape) => shape.join(" → ");
