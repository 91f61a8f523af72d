/** What stands at one step of a line of the loss chart: the star of the best epoch, changes of settings, flags of stops. */

import { bestEpochOf } from "./chart_metric.js";
import { markLabel, markWords, stopLabel, stopWords } from "./marks.js";

/** @typedef {import("./api.d.ts").LossCurve} LossCurve */
/** @typedef {import("./api.d.ts").RunSummary} RunSummary */
/** @typedef {import("./draw/chart.js").Drawing} Drawing */
/** @typedef {import("./loss_scene.js").ChartSettings} ChartSettings */

/** The best epoch, where it ended. @param {RunSummary} run @param {LossCurve} curve @param {ChartSettings} chart @returns {Drawing["stars"][string] | null} */
export function starOf(run, curve, { x, log, metric }) {
  const best = bestEpochOf(metric, run);
  if (run.best_step === null || best === null) return null;
  const star = { x: placeOf(curve, x, run.best_step), y: log ? Math.log10(best) : best };
  return Number.isFinite(star.x) && Number.isFinite(star.y) ? star : null;
}

/** What was changed at one step is one mark. @param {RunSummary} run @param {LossCurve} curve @param {ChartSettings} chart @returns {Drawing["marks"][string]} */
export function marksOf({ marks, stops }, curve, { x }) {
  const steps = [...new Set(marks.map(({ step }) => step))];
  const changed = steps.map((step) => {
    const changes = marks.filter((mark) => mark.step === step);
    const [label, words] = [changes.map(markLabel).join(", "), changes.map(markWords).join(", ")];
    return { x: placeOf(curve, x, step), label, words };
  });
  const flags = stops.map((stop) => ({
    x: placeOf(curve, x, stop.step),
    label: stopLabel(stop),
    words: stopWords(stop),
  }));
  return [...changed, ...flags];
}

/** Where a step is on the axis: between two points, as far as it is between their steps. @param {LossCurve} curve @param {ChartSettings["x"]} x @param {number} step */
function placeOf({ step: steps, epoch, seconds }, x, step) {
  if (x === "step") return step;
  const values = x === "epoch" ? epoch : seconds;
  const next = steps.findIndex((candidate) => candidate >= step);
  if (next <= 0) return next === 0 ? values[0] : values[values.length - 1];
  const share = (step - steps[next - 1]) / (steps[next] - steps[next - 1]);
  return values[next - 1] + share * (values[next] - values[next - 1]);
}
