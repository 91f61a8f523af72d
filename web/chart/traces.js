/** Bands and lines of the loss chart, as series of uPlot. */

import { ofRun } from "../ui/of_run.js";
import { isDrawn, within } from "./range.js";

/** @import uPlot from "../vendor/uplot/uPlot.esm.js" */
/** @import { Scene } from "./scene.js" */
/**
 * A series of uPlot.
 * @typedef {object} Trace
 * @property {"floor" | "band" | "raw" | "line" | "held_out"} kind
 * @property {string} id  of the run, or ""
 * @property {number} number  of its colour and dash
 * @property {Float64Array} x
 * @property {Float64Array} y
 * @property {Float64Array} [low]  of a band
 */

const KINDS = /** @type {const} */ (["floor", "band", "raw", "line", "held_out"]);

/** From back to front. @param {Scene} scene @returns {Trace[]} */
export function tracesOf({ drawing: { lines, colors, held_out, floor, across } }) {
  /** @type {Trace[]} */
  const found = lines.flatMap((line) => {
    const { curve, x, raw, main, low, high, summed, smoothing } = line;
    const run = { id: curve.id, number: ofRun(colors, curve.id) ?? 0 };
    const others = ofRun(held_out, curve.id);
    // The newest single step is a dot beside points that average many: as a line it would look like a jump.
    const end = summed && smoothing ? x.length - 1 : x.length;
    return [
      ...(summed ? [{ kind: /** @type {const} */ ("band"), ...run, x, y: high, low }] : []),
      ...(smoothing ? [{ kind: /** @type {const} */ ("raw"), ...run, x, y: raw }] : []),
      { kind: /** @type {const} */ ("line"), ...run, x: x.subarray(0, end), y: main.subarray(0, end) },
      ...(others ? [{ kind: /** @type {const} */ ("held_out"), ...run, ...others }] : []),
    ];
  });
  const [from, y] = [Math.max(across[0], floor?.from ?? across[0]), floor?.y ?? Number.NaN];
  const level = { kind: /** @type {const} */ ("floor"), id: "", number: 0, x: Float64Array.of(from, across[1]), y: Float64Array.of(y, y) }; // biome-ignore format: one row
  const all = floor && from < across[1] ? [level, ...found] : found;
  // uPlot draws axes only where there is a series.
  if (all.length === 0) all.push({ ...level, kind: "line", x: new Float64Array(), y: new Float64Array() });
  return all.toSorted((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
}

/** The points in sight, and one more on both sides. @param {Trace[]} traces @param {Scene} scene @returns {uPlot.AlignedData} */
export function dataOf(traces, { drawing, log }) {
  const rows = traces.map(({ x, y }) => {
    const [from, to] = within(x, drawing.across);
    const part = (/** @type {Float64Array} */ row) => row.subarray(Math.max(0, from - 1), to + 1);
    return [part(x), gapped(part(y), log)];
  });
  return /** @type {any} */ ([null, ...rows]);
}

/** With null where nothing is drawn. @param {Float64Array} values @param {boolean} log @returns {Float64Array | (number | null)[]} */
const gapped = (values, log) =>
  values.every((value) => isDrawn(value, log))
    ? values
    : Array.from(values, (value) => (isDrawn(value, log) ? value : null));

/** Points between two gaps, where a line has no length. @param {uPlot} plot @param {number} at */
export function lonely(plot, at) {
  const values = /** @type {any} */ (plot.data)[at][1];
  if (!Array.isArray(values)) return null;
  return values.flatMap((value, i) =>
    value !== null && (values[i - 1] ?? null) === null && (values[i + 1] ?? null) === null ? [i] : [],
  );
}
