/** Sentences about the loss chart, for the screen and for screen readers. */

import { unitAt } from "../config/units.js";
import { markWords, stopLabel, stopWords } from "../runs/events_text.js";
import { difference } from "../runs/twins_text.js";
import { epochs, percent, positive, short } from "../ui/format.js";
import { count } from "../ui/number.js";
import { pointAt } from "./line.js";
import { bestOf, epochAt, gapWithUnit, heldOutOf, withUnit } from "./metric.js";

/** @import { LossCurve, RunSummary } from "../api.d.ts" */
/** @import { LossLine } from "./line.js" */
/** @import { ChartMetric } from "./metric.js" */
/** @import { Reading, Scene } from "./scene.js" */

/** A term, its text, and the spoken text if different. A term without text is only spoken. @typedef {[term: string, text: string, spoken?: string]} Term */
/** The terms of a point. @typedef {{id: string, name: string, index: number, terms: Term[]}} Point */

/** @param {Scene} scene @param {Reading | null} reading @returns {Point | null} null if the point no longer exists */
export function pointOf(scene, reading) {
  const line = scene.drawing.lines.find(({ curve }) => curve.id === reading?.id);
  const run = scene.runs.find(({ id }) => id === reading?.id);
  if (!line || !run || !reading) return null;
  const { curve } = line;
  const index = pointAt(curve, reading.step);
  const own = scene.metric === "loss" ? lossTerms(line, index, run) : accuracyTerms(line, index);
  const best = bestTerms(scene, run, curve.mean[index], { step: curve.step[index], first: firstOf(curve, index) });
  return { id: curve.id, name: run.name, index, terms: [...own, ...best, ...eventTerms(run, curve, index)] };
}

/** The first step that a point stands for. @param {LossCurve} curve @param {number} index */
const firstOf = ({ step }, index) => (index > 0 ? step[index - 1] + 1 : 1);

/**
 * @param {LossLine} line
 * @param {number} index
 * @param {RunSummary} run
 * @returns {Term[]}
 */
function lossTerms({ curve, smoothing, main }, index, run) {
  const { step, mean, min, max } = curve;
  const first = firstOf(curve, index);
  const [isSum, loss] = [first < step[index], withUnit("loss", mean[index], unitAt("loss", run, step[index], first))];
  /** @type {Term[]} */
  const sum = isSum ? [["from … to", `${short(min[index])} … ${short(max[index])}`]] : [];
  return [
    ["step", isSum ? `${count(first)} – ${count(step[index])}` : count(step[index])],
    ...timeTerms(curve, index),
    [isSum ? "mean loss" : "loss", loss],
    ...sum,
    ...smoothedTerm(smoothing, short(main[index])),
  ];
}

/** @param {LossLine} line @param {number} index @returns {Term[]} */
function accuracyTerms({ curve, smoothing, main }, index) {
  return [
    ["step", count(curve.step[index])],
    ...timeTerms(curve, index),
    ["accuracy", percent(curve.mean[index])],
    ...smoothedTerm(smoothing, percent(main[index])),
  ];
}

/** @param {LossCurve} curve @param {number} index @returns {Term[]} */
const timeTerms = ({ epoch, seconds: times }, index) => [
  ["epoch", epochs(epoch[index])],
  ["time", seconds(times[index])],
];

/** @param {boolean} smoothing @param {string} text @returns {Term[]} */
const smoothedTerm = (smoothing, text) => (smoothing ? [["smoothed", text]] : []);

/** Steps averaged by a value, or the step of its measurement. @typedef {{step: number, first?: number}} Steps */

/**
 * Best possible value and gap, also on held-out samples as last measured before.
 * @param {Scene} scene
 * @param {RunSummary} run
 * @param {number} value
 * @param {Steps} at
 * @returns {Term[]}
 */
function bestTerms({ metric, epochs: measured }, run, value, at) {
  const terms = gapTerms(metric, run, { value, held_out: false }, at);
  const rows = measured.get(run.id);
  const place = rows ? epochAt(rows, at.step) : -1;
  if (!rows || place < 0) return terms;
  const [held_out, step] = [heldOutOf(metric, rows)[place], rows.step[place]];
  if (Number.isNaN(held_out) || !run.held_out_floor) return terms;
  const when = step < at.step ? `, epoch ${epochs(rows.epoch[place])}` : "";
  const text = withUnit(metric, held_out, unitAt(metric, run, step));
  return [
    ...terms,
    ["held out", text, text + when],
    ...gapTerms(metric, run, { value: held_out, held_out: true }, { step }),
  ];
}

/**
 * @param {ChartMetric} metric
 * @param {RunSummary} run
 * @param {{value: number, held_out: boolean}} measured
 * @param {Steps} at
 * @returns {Term[]}
 */
function gapTerms(metric, run, { value, held_out }, { step, first }) {
  const [best, unit] = [bestOf(metric, run, held_out, { step, first }), unitAt(metric, run, step, first)];
  if (best === null) return [];
  const of = held_out ? "held-out " : "";
  return [
    [`${of}best possible`, "", withUnit(metric, best, unit)],
    [`${of}gap`, gapWithUnit(metric, value, best, unit)],
  ];
}

/**
 * Events in the steps of a point; the newest point has all later ones.
 * @param {RunSummary} run
 * @param {LossCurve} curve
 * @param {number} index
 * @returns {Term[]}
 */
function eventTerms({ marks, stops, best_step }, { step }, index) {
  const before = index > 0 ? step[index - 1] : -1;
  const until = index === step.length - 1 ? Number.POSITIVE_INFINITY : step[index];
  // A change after step s affects the curve from step s + 1 on.
  const changed = marks.filter((mark) => mark.step >= before && mark.step <= until);
  const stopped = stops.filter((stop) => stop.step > before && stop.step <= until);
  /** @type {Term[]} */
  const terms = [];
  if (best_step !== null && best_step > before && best_step <= until)
    terms.push(["best", "★ epoch", "epoch of the run"]);
  if (changed.length > 0) terms.push(["changed", changed.map(markWords).join(", ")]);
  if (stopped.length > 0) terms.push(["stopped", stopped.map(stopLabel).join(", "), stopped.map(stopWords).join(" ")]);
  return terms;
}

/** @param {Point} point */
export function spokenPoint({ name, terms }) {
  const parts = terms.map(([term, text, spoken = text]) => `${term} ${forSpeech(spoken)}`);
  return `${name}: ${parts.join(", ").replace("from … to", "from").replace(/\.$/, "")}.`;
}

/** @param {string} value */
const forSpeech = (value) => value.replace(" – ", " to ").replace(" … ", " to ").replace("−", "minus ");

/** "Run 1 at step 120: 0.1234 nats." of every line. @param {Scene} scene */
export function describeLines({ metric, drawing, runs }) {
  const newest = drawing.lines.flatMap(({ curve }) => {
    const { step, epoch, mean } = curve;
    const run = runs.find(({ id }) => id === curve.id);
    const last = step.length - 1;
    const place = metric === "loss" ? `step ${count(step[last])}` : `epoch ${epochs(epoch[last])}`;
    return run ? `${run.name} at ${place}: ${withUnit(metric, mean[last], unitAt(metric, run, step[last]))}.` : [];
  });
  return newest.join(" ");
}

/** @param {number} value */
const seconds = (value) => `${positive(value, value < 10 ? 2 : 1)} s`;

/** Label of a run in the legend, with its difference from its twins. @param {RunSummary} run @param {RunSummary[]} runs */
export function legendText(run, runs) {
  const apart = difference(run, runs);
  return apart ? `${run.name} (${apart})` : run.name;
}

/** Return notes needed to read the lines correctly. @param {Scene} scene */
export function cautions({ metric, drawing, runs, outliers, units }) {
  const { lines } = drawing;
  const sentences = [];
  if (metric === "accuracy" && lines.length === 0)
    sentences.push("Accuracy is measured at the end of each epoch, and none is complete yet.");
  if (metric === "accuracy" && lines.length > 0)
    sentences.push(
      "Each point is the mean over the batches of an epoch, before their updates; held-out samples are measured at its end.",
    );
  if (units.length > 1)
    sentences.push(
      "Cross-entropy (nats) and squared error are drawn on one axis, but cannot be compared with each other.",
    );
  if (outliers && outliers.outside > 0)
    sentences.push(`${count(outliers.outside)} of ${count(outliers.all)} points are out of view.`);
  if (outliers && outliers.outside === 0) sentences.push("No points are out of view.");
  if (lines.some(({ breaks }) => breaks.length > 0))
    sentences.push("✕ marks where a loss became NaN or infinite; the line has a gap there.");
  const drawn = runs.filter(({ id }) => lines.some(({ curve }) => curve.id === id));
  if (drawn.some(({ marks }) => marks.length > 0)) sentences.push("▾ marks a changed setting.");
  if (drawn.some(({ stops }) => stops.length > 0)) sentences.push("⚑ marks where a run stopped by itself.");
  const nothing = lines.filter(({ curve, raw }) => !raw.some(Number.isFinite) && curve.mean.some(Number.isFinite));
  if (nothing.length > 0) sentences.push("A loss of 0 cannot be shown on a logarithmic axis.");
  return sentences;
}
