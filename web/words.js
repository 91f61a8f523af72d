/** Sentences about the state, for eyes and ears. */

import { count } from "./draw/number.js";

/** @typedef {import("./store.js").State} State */

/** A loss, an accuracy or a time, as far as a reader needs it: "0.1234", "1.2e-7", "NaN", "–". @param {number | null} value */
export function short(value) {
  if (value === null) return "–";
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  if (value !== 0 && Math.abs(value) < 1e-4) return value.toExponential(1);
  return value.toFixed(value >= 100 ? 1 : 4);
}

/** @param {number | null | undefined} share */
export const percent = (share) => (share === null || share === undefined ? "–" : `${+(share * 100).toFixed(1)}%`);

/** Between two shares: "2.5 percentage points" @param {number} difference */
export function points(difference) {
  const size = +(100 * difference).toFixed(2);
  return `${size} percentage ${size === 1 ? "point" : "points"}`;
}

/** @param {number} epoch */
export const epochs = (epoch) => (Number.isInteger(epoch) ? count(epoch) : epoch.toFixed(2));

/** @param {number} bytes */
export const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

/** How many layers its network has. @param {import("./api.d.ts").RunSummary | null} run */
export const layersOf = (run) => (run ? run.config.model.hidden_dims.length + 1 : 0);

/** "Step 120, batch loss 0.1234, accuracy of the training set 97%." @param {State} state */
export function describeRun({ run, batch_loss }) {
  if (!run) return "";
  const { metrics } = run;
  const then = metrics && metrics.step !== run.step ? ` at step ${count(metrics.step)}` : "";
  const accuracy = metrics ? `, accuracy of the training set ${percent(metrics.accuracy)}${then}` : "";
  return `Step ${count(run.step)}, batch loss ${short(batch_loss)}${accuracy}.`;
}

/** "16 → 32 → 32 → 4" @param {number[]} shape */
export const widths = (shape) => shape.join(" → ");
