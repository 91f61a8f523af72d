/** Events at one step of a run: best epoch, changes of settings, stops. */

import { markLabel, markWords, stopLabel, stopWords } from "../runs/events_text.js";
import { bestEpochOf } from "./metric.js";
import { isDrawn } from "./range.js";

/** @import { LossCurve, RunSummary } from "../api.d.ts" */
/** @import { ChartSettings, Drawing } from "./scene.js" */

/**
 * The best epoch, where it ended.
 * @param {RunSummary} run
 * @param {LossCurve} curve
 * @param {ChartSettings} chart
 * @returns {Drawing["stars"][string] | null}
 */
export function starOf(run, curve, { x, log, metric }) {
  const best = bestEpochOf(metric, run);
  if (run.best_step === null || best === null) return null;
  const star = { x: placeOf(curve, x, run.best_step), y: best };
  return Number.isFinite(star.x) && isDrawn(best, log) ? star : null;
}

/**
 * Merge the changes at one step into one mark.
 * @param {RunSummary} run
 * @param {LossCurve} curve
 * @param {ChartSettings} chart
 * @returns {Drawing["marks"][string]}
 */
export function marksOf({ marks, stops }, curve, { x }) {
  const steps = [...new Set(marks.map(({ step }) => step))];
  const changed = steps.map((step) => {
    const changes = marks.filter((mark) => mark.step === step);
    const [label, words] = [changes.map(markLabel).join(", "), changes.map(markWords).join(", ")];
    return { x: placeOf(curve, x, step), label, words, stop: false };
  });
  const flags = stops.map((stop) => ({
    x: placeOf(curve, x, stop.step),
    label: stopLabel(stop),
    words: stopWords(stop),
    stop: true,
  }));
  return [...changed, ...flags];
}

/**
 * Stretches that code with wrong gradients has trained; one that reaches the newest step grows with the curve.
 * @param {RunSummary} run
 * @param {LossCurve} curve
 * @param {ChartSettings} chart
 * @returns {Drawing["wrong"][string]}
 */
export function wrongOf({ code, step }, curve, { x }) {
  const last = curve.step[curve.step.length - 1] ?? step;
  return code.wrong.map(([first, end]) => ({
    from: placeOf(curve, x, first),
    to: placeOf(curve, x, end >= step ? Math.max(end, last) : end),
  }));
}

/**
 * Return the x coordinate of a step, interpolated between points.
 * @param {LossCurve} curve
 * @param {ChartSettings["x"]} x
 * @param {number} step
 */
export function placeOf({ step: steps, epoch, seconds }, x, step) {
  if (x === "step") return step;
  const values = x === "epoch" ? epoch : seconds;
  const next = steps.findIndex((candidate) => candidate >= step);
  if (next <= 0) return next === 0 ? values[0] : values[values.length - 1];
  const share = (step - steps[next - 1]) / (steps[next] - steps[next - 1]);
  return values[next - 1] + share * (values[next] - values[next - 1]);
}
