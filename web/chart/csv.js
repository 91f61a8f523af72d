/** The lines of the loss chart as CSV. */

import { unitAt } from "../config/units.js";
import { bestOf, epochAt, gapOf, heldOutOf } from "./metric.js";

/** @import { EpochCurve } from "../api.d.ts" */
/** @import { LossLine } from "./line.js" */
/** @import { Scene } from "./scene.js" */

/**
 * A line for every point, as RFC 4180 has it. Numbers are written so that they are read back exactly; accuracies are shares, from
 * 0 to 1. Held-out measurements are in the row of the point whose steps contain them.
 * @param {Pick<Scene, "metric" | "units" | "runs" | "epochs"> & {drawing: {lines: LossLine[]}}} scene
 * @returns {string}
 */
export function lossCsv(scene) {
  const rows = [header(scene), ...scene.drawing.lines.flatMap((line) => rowsOf(line, scene))];
  return rows.map((row) => `${row.join(",")}\r\n`).join("");
}

/** @param {Pick<Scene, "metric" | "units">} scene */
function header({ metric, units }) {
  const own = metric === "loss" ? ["min loss", "mean loss", "max loss"] : ["mean accuracy of the epoch's batches"];
  const best = ["best possible", "gap", `held-out ${metric}`, "held-out best possible", "held-out gap"];
  const unit = metric === "loss" ? units.join(" or ") : "share";
  const values = [...own, `smoothed ${metric}`, ...best].map((name) => `${name} [${unit}]`);
  return ["run id", "run", "step [updates]", "epoch [passes]", "time [s]", ...values, "unit"].map(quoted);
}

/** @param {LossLine} line @param {Pick<Scene, "metric" | "runs" | "epochs">} scene @returns {(string | number)[][]} */
function rowsOf({ curve, main }, { metric, runs, epochs }) {
  const { id, step, epoch, seconds, min, mean, max } = curve;
  const run = runs.find((one) => one.id === id);
  const measured = epochs.get(id);
  if (!run) return [];
  const [key, name] = [quoted(id), quoted(run.name)];
  const gap = (/** @type {number | null} */ value, /** @type {number | null} */ limit) =>
    value === null || limit === null ? "" : gapOf(metric, value, limit);
  return Array.from(step, (at, i) => {
    const before = i > 0 ? step[i - 1] : 0;
    const first = metric === "loss" ? before + 1 : at;
    const best = bestOf(metric, run, false, { step: at, first });
    const own = metric === "loss" ? [min[i], mean[i], max[i]] : [mean[i]];
    const held_out = measured ? measuredIn(measured, before, at, heldOutOf(metric, measured)) : null;
    const held_out_best = bestOf(metric, run, true, { step: at, first });
    const others = [held_out ?? "", held_out_best ?? "", gap(held_out, held_out_best)];
    const unit = quoted(metric === "loss" ? unitAt(metric, run, at, first) : "share");
    return [key, name, at, epoch[i], seconds[i], ...own, main[i], best ?? "", gap(mean[i], best), ...others, unit];
  });
}

/**
 * @param {EpochCurve} rows
 * @param {number} after
 * @param {number} until  steps
 * @param {Float64Array} values
 * @returns {number | null} null where nothing was measured
 */
function measuredIn(rows, after, until, values) {
  const place = epochAt(rows, until);
  return place >= 0 && rows.step[place] > after && !Number.isNaN(values[place]) ? values[place] : null;
}

/** The signs that begin a formula: also in full width, small, raised and lowered. */
const SIGNS = "=+\\-@＝﹦⁼₌⩴⩵⩶＋﹢⁺₊－﹣⁻₋＠﹫";
/** A cell begins with the text, and within it too: readers that separate by ";" do not see the quotes behind a ",". */
const FORMULA = new RegExp(`(^|[,;|])(?=[^\\p{L}\\p{N}_,;|]*[${SIGNS}])|^(?=[\\t\\r])`, "gu");

/** An apostrophe stands before all that a spreadsheet could take for a formula, whatever it separates cells by. @param {string} text */
const quoted = (text) => `"${text.replace(FORMULA, "$1'").replaceAll('"', '""')}"`;
