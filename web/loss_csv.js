/** The lines of the loss chart as a table for other programs. */

import { bestOf, epochAt, gapOf, heldOutOf, unitOf } from "./chart_metric.js";

/** @typedef {import("./loss_scene.js").Scene} Scene */
/** @typedef {import("./api.d.ts").EpochCurve} EpochCurve */
/** @typedef {import("./draw/loss_line.js").LossLine} LossLine */

/**
 * A line for every point, as RFC 4180 has it. Numbers are written so that they are read back exactly; accuracies are shares, from
 * 0 to 1. What was measured on held-out samples stands at the point in whose steps it was measured.
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
  return ["run", "step [updates]", "epoch [passes]", "time [s]", ...values, "unit"];
}

/** @param {LossLine} line @param {Pick<Scene, "metric" | "runs" | "epochs">} scene @returns {(string | number)[][]} */
function rowsOf({ curve, smoothed }, { metric, runs, epochs }) {
  const { id, step, epoch, seconds, min, mean, max } = curve;
  const run = runs.find((one) => one.id === id);
  const measured = epochs.get(id);
  if (!run) return [];
  const [best, held_out_best] = [bestOf(metric, run, false), bestOf(metric, run, true)];
  const [name, unit] = [quoted(run.name), metric === "loss" ? unitOf(metric, run) : "share"];
  const gap = (/** @type {number | null} */ value, /** @type {number | null} */ limit) =>
    value === null || limit === null ? "" : gapOf(metric, value, limit);
  return Array.from(step, (at, i) => {
    const own = metric === "loss" ? [min[i], mean[i], max[i]] : [mean[i]];
    const held_out = measured ? measuredIn(measured, i > 0 ? step[i - 1] : 0, at, heldOutOf(metric, measured)) : null;
    const others = [held_out ?? "", held_out_best ?? "", gap(held_out, held_out_best)];
    return [name, at, epoch[i], seconds[i], ...own, smoothed[i], best ?? "", gap(mean[i], best), ...others, unit];
  });
}

/** @param {EpochCurve} rows @param {number} after @param {number} until  steps @param {Float64Array} values @returns {number | null} null where nothing was measured */
function measuredIn(rows, after, until, values) {
  const place = epochAt(rows, until);
  return place >= 0 && rows.step[place] > after && !Number.isNaN(values[place]) ? values[place] : null;
}

/** A spreadsheet takes what begins like a formula for one, unless an apostrophe stands before it. @param {string} text */
function quoted(text) {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
