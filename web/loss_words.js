/** The loss chart in words, for eyes and ears. */

import { bestOf, epochAt, gapWithUnit, heldOutOf, withUnit } from "./chart_metric.js";
import { pointAt } from "./draw/loss_line.js";
import { count } from "./draw/number.js";
import { markWords, stopLabel, stopWords } from "./marks.js";
import { difference } from "./twins.js";
import { epochs, percent, short } from "./words.js";

/** @typedef {import("./loss_scene.js").Scene} Scene */
/** @typedef {import("./loss_scene.js").Reading} Reading */
/** @typedef {import("./api.d.ts").RunSummary} RunSummary */
/** @typedef {import("./api.d.ts").LossCurve} LossCurve */
/** @typedef {import("./chart_metric.js").ChartMetric} ChartMetric */
/** @typedef {import("./draw/loss_line.js").LossLine} LossLine */

/** A term and what it is; and what is said instead, where there is time for more. What has no text is only said. @typedef {[term: string, text: string, said?: string]} Term */
/** What a point says, term by term. @typedef {{id: string, name: string, index: number, terms: Term[]}} Point */

/** @param {Scene} scene @param {Reading | null} reading @returns {Point | null} null if there is no such point any more */
export function pointOf(scene, reading) {
  const line = scene.drawing.lines.find(({ curve }) => curve.id === reading?.id);
  const run = scene.runs.find(({ id }) => id === reading?.id);
  if (!line || !run || !reading) return null;
  const { curve } = line;
  const index = pointAt(curve, reading.step);
  const own = scene.metric === "loss" ? lossTerms(line, index, run) : accuracyTerms(line, index);
  const best = bestTerms(scene, run, curve.mean[index], curve.step[index]);
  return { id: curve.id, name: run.name, index, terms: [...own, ...best, ...eventTerms(run, curve, index)] };
}

/** @param {LossLine} line @param {number} index @param {RunSummary} run @returns {Term[]} */
function lossTerms({ curve, smoothing, smoothed }, index, run) {
  const { step, mean, min, max } = curve;
  const first = index > 0 ? step[index - 1] + 1 : 1;
  const [isSum, loss] = [first < step[index], withUnit("loss", mean[index], run)];
  /** @type {Term[]} */
  const sum = isSum ? [["from … to", `${short(min[index])} … ${short(max[index])}`]] : [];
  return [
    ["step", isSum ? `${count(first)} – ${count(step[index])}` : count(step[index])],
    ...timeTerms(curve, index),
    [isSum ? "mean loss" : "loss", loss],
    ...sum,
    ...smoothedTerm(smoothing, short(smoothed[index])),
  ];
}

/** @param {LossLine} line @param {number} index @returns {Term[]} */
function accuracyTerms({ curve, smoothing, smoothed }, index) {
  return [
    ["step", count(curve.step[index])],
    ...timeTerms(curve, index),
    ["accuracy", percent(curve.mean[index])],
    ...smoothedTerm(smoothing, percent(smoothed[index])),
  ];
}

/** @param {LossCurve} curve @param {number} index @returns {Term[]} */
const timeTerms = ({ epoch, seconds: times }, index) => [
  ["epoch", epochs(epoch[index])],
  ["time", seconds(times[index])],
];

/** @param {boolean} smoothing @param {string} text @returns {Term[]} */
const smoothedTerm = (smoothing, text) => (smoothing ? [["smoothed", text]] : []);

/** The best possible and the gap; and the same on held-out samples, as last measured until then. @param {Scene} scene @param {RunSummary} run @param {number} value @param {number} step @returns {Term[]} */
function bestTerms({ metric, epochs: measured }, run, value, step) {
  const terms = gapTerms(metric, run, value, false);
  const rows = measured.get(run.id);
  const place = rows ? epochAt(rows, step) : -1;
  if (!rows || place < 0) return terms;
  const held_out = heldOutOf(metric, rows)[place];
  if (Number.isNaN(held_out) || !run.held_out_floor) return terms;
  const when = rows.step[place] < step ? `, epoch ${epochs(rows.epoch[place])}` : "";
  const text = withUnit(metric, held_out, run);
  return [...terms, ["held out", text, text + when], ...gapTerms(metric, run, held_out, true)];
}

/** @param {ChartMetric} metric @param {RunSummary} run @param {number} value @param {boolean} held_out @returns {Term[]} */
function gapTerms(metric, run, value, held_out) {
  const best = /** @type {number} */ (bestOf(metric, run, held_out));
  const of = held_out ? "held-out " : "";
  return [
    [`${of}best possible`, "", withUnit(metric, best, run)],
    [`${of}gap`, gapWithUnit(metric, value, best, run)],
  ];
}

/** What happened in the steps of a point; at the newest, all since. @param {RunSummary} run @param {LossCurve} curve @param {number} index @returns {Term[]} */
function eventTerms({ marks, stops }, { step }, index) {
  const before = index > 0 ? step[index - 1] : -1;
  const until = index === step.length - 1 ? Number.POSITIVE_INFINITY : step[index];
  // What was changed after step s bends the curve from step s + 1 on.
  const changed = marks.filter((mark) => mark.step >= before && mark.step <= until);
  const stopped = stops.filter((stop) => stop.step > before && stop.step <= until);
  /** @type {Term[]} */
  const terms = [];
  if (changed.length > 0) terms.push(["changed", changed.map(markWords).join(", ")]);
  if (stopped.length > 0) terms.push(["stopped", stopped.map(stopLabel).join(", "), stopped.map(stopWords).join(" ")]);
  return terms;
}

/** @param {Point} point */
export function spokenPoint({ name, terms }) {
  const said = terms.map(([term, text, said = text]) => `${term} ${forEars(said)}`);
  return `${name}: ${said.join(", ").replace("from … to", "from").replace(/\.$/, "")}.`;
}

/** @param {string} value */
const forEars = (value) => value.replace(" – ", " to ").replace(" … ", " to ").replace("−", "minus ");

/** "Run 1 at step 120: 0.1234 nats." of every line. @param {Scene} scene */
export function describeLines({ metric, drawing, runs }) {
  const newest = drawing.lines.flatMap(({ curve: { id, step, epoch, mean } }) => {
    const run = runs.find((one) => one.id === id);
    const last = step.length - 1;
    const place = metric === "loss" ? `step ${count(step[last])}` : `epoch ${epochs(epoch[last])}`;
    return run ? `${run.name} at ${place}: ${withUnit(metric, mean[last], run)}.` : [];
  });
  return newest.join(" ");
}

/** @param {number} value */
const seconds = (value) => `${value.toFixed(value < 10 ? 2 : 1)} s`;

/** A run in the legend: with what sets it apart from its twins. @param {RunSummary} run @param {RunSummary[]} runs */
export function legendText(run, runs) {
  const apart = difference(run, runs);
  return apart ? `${run.name} (${apart})` : run.name;
}

/** What the reader must know to read the lines rightly. @param {Scene} scene */
export function cautions({ metric, drawing, runs, outliers, units }) {
  const { lines } = drawing;
  const sentences = [];
  if (metric === "accuracy" && lines.length === 0)
    sentences.push("Accuracy is measured at the end of each epoch, and none is complete yet.");
  if (metric === "accuracy" && lines.length > 0)
    sentences.push(
      "A line is the mean over the batches of each epoch, as they were when trained on; held-out samples are measured at its end.",
    );
  if (units.length > 1)
    sentences.push(
      "Cross-entropy (nats) and squared error are drawn on one axis, but cannot be compared with each other.",
    );
  if (outliers && outliers.outside > 0)
    sentences.push(`${count(outliers.outside)} of ${count(outliers.all)} points lie outside and are not seen.`);
  if (outliers && outliers.outside === 0) sentences.push("No point lies outside.");
  if (lines.some(({ breaks }) => breaks.length > 0))
    sentences.push("✕ marks where a loss became NaN or infinite: there the line has a gap.");
  const drawn = runs.filter(({ id }) => lines.some(({ curve }) => curve.id === id));
  if (drawn.some(({ marks }) => marks.length > 0))
    sentences.push("A tick at the upper edge marks where a setting was changed.");
  if (drawn.some(({ stops }) => stops.length > 0)) sentences.push("⚑ marks where a run stopped of itself.");
  const nothing = lines.filter(({ curve, raw }) => !raw.some(Number.isFinite) && curve.mean.some(Number.isFinite));
  if (nothing.length > 0) sentences.push("A loss of 0 has no place on a logarithmic axis.");
  return sentences;
}
