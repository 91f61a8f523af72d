/** The loss chart in words, for eyes and ears. */

import { pointAt } from "./draw/loss_line.js";
import { count } from "./draw/number.js";
import { unitOf } from "./loss_scene.js";
import { markWords } from "./marks.js";
import { difference } from "./twins.js";
import { epochs, short } from "./words.js";

/** @typedef {import("./loss_scene.js").Scene} Scene */
/** @typedef {import("./loss_scene.js").Reading} Reading */
/** @typedef {import("./api.d.ts").RunSummary} RunSummary */

/** What a point says, term by term. @typedef {{id: string, name: string, index: number, terms: [string, string][]}} Point */

/** @param {Scene} scene @param {Reading | null} reading @returns {Point | null} null if there is no such point any more */
export function pointOf({ drawing, runs }, reading) {
  const line = drawing.lines.find(({ curve }) => curve.id === reading?.id);
  const run = runs.find(({ id }) => id === reading?.id);
  if (!line || !run || !reading) return null;
  const { curve } = line;
  const index = pointAt(curve, reading.step);
  const first = index > 0 ? curve.step[index - 1] + 1 : 1;
  const step = curve.step[index];
  /** @type {[string, string][]} */
  const terms = [
    ["step", first < step ? `${count(first)} – ${count(step)}` : count(step)],
    ["epoch", epochs(curve.epoch[index])],
    ["time", seconds(curve.seconds[index])],
    [first < step ? "mean loss" : "loss", `${short(curve.mean[index])} ${unitOf(run)}`],
  ];
  if (first < step) terms.push(["from … to", `${short(curve.min[index])} … ${short(curve.max[index])}`]);
  if (line.smoothing) terms.push(["smoothed", short(line.smoothed[index])]);
  // What was changed after step s bends the curve from step s + 1 on.
  const changed = run.marks.filter((mark) => mark.step >= first - 1 && mark.step <= step);
  if (changed.length > 0) terms.push(["changed", changed.map(markWords).join(", ")]);
  return { id: curve.id, name: run.name, index, terms };
}

/** @param {Point} point */
export function spokenPoint({ name, terms }) {
  const said = terms.map(([term, value]) => `${term} ${value.replace(" – ", " to ").replace(" … ", " to ")}`);
  return `${name}: ${said.join(", ").replace("from … to", "from")}.`;
}

/** @param {number} value */
const seconds = (value) => `${value.toFixed(value < 10 ? 2 : 1)} s`;

/** A run in the legend: with what sets it apart from its twins. @param {RunSummary} run @param {RunSummary[]} runs */
export function legendText(run, runs) {
  const apart = difference(run, runs);
  return apart ? `${run.name} (${apart})` : run.name;
}

/** What the reader must know to read the lines rightly. @param {Scene} scene */
export function cautions({ drawing, outliers, units }) {
  const { lines } = drawing;
  const sentences = [];
  if (units.length > 1)
    sentences.push(
      "Cross-entropy (nats) and squared error are drawn on one axis, but cannot be compared with each other.",
    );
  if (outliers && outliers.outside > 0)
    sentences.push(`${count(outliers.outside)} of ${count(outliers.all)} points lie outside and are not seen.`);
  if (outliers && outliers.outside === 0) sentences.push("No point lies outside.");
  if (lines.some(({ breaks }) => breaks.length > 0))
    sentences.push("✕ marks where a loss became NaN or infinite: there the line has a gap.");
  if (Object.values(drawing.marks).some((marks) => marks.length > 0))
    sentences.push("A tick at the upper edge marks where a setting was changed.");
  const nothing = lines.filter(({ curve, raw }) => !raw.some(Number.isFinite) && curve.mean.some(Number.isFinite));
  if (nothing.length > 0) sentences.push("A loss of 0 has no place on a logarithmic axis.");
  return sentences;
}
