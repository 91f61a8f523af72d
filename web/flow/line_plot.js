/** Lines and bars in a unit square, from left to right and from bottom to top, for a plot of any size. */

import { linearTicks, logTicks } from "../ui/ticks.js";

/** @typedef {[low: number, high: number]} Range */
/** A kind of axis. `range`: fixed range; null to fit the data. @typedef {{log: boolean, range: Range | null, mark: number | null}} Axis */

/** The sides of a drawing, in its own units. */
export const SIDE = 1000;
/** About how many ticks there is room for. */
const TICKS = 5;

/**
 * @param {ArrayLike<number>[]} columns
 * @param {Axis} axis
 * @returns {Range} of what can be drawn, in terms of the axis: log10 of it, if that is logarithmic
 */
export function rangeOf(columns, { log, range, mark }) {
  if (range) return range;
  const numbers = [...columns.flatMap((column) => Array.from(column)), ...(mark === null ? [] : [mark])]
    .map((value) => (log ? Math.log10(value) : value))
    .filter(Number.isFinite);
  if (numbers.length === 0) return log ? [-1, 0] : [0, 1];
  const low = numbers.reduce((least, value) => Math.min(least, value));
  const high = numbers.reduce((most, value) => Math.max(most, value));
  const margin = Math.max(0.05 * (high - low), log ? 0.15 : 1e-12);
  return [low - margin, high + margin];
}

/**
 * Position of a value on the axis; NaN outside it.
 * @param {number} value
 * @param {Range} range
 * @param {boolean} log
 */
export function share(value, [low, high], log) {
  const at = ((log ? Math.log10(value) : value) - low) / (high - low);
  return at >= -1e-9 && at <= 1 + 1e-9 ? Math.max(0, Math.min(1, at)) : Number.NaN;
}

/**
 * @param {Range} range
 * @param {boolean} log
 * @param {boolean} percent
 * @returns {{at: number, label: string}[]} with their shares
 */
export function ticksUp(range, log, percent) {
  const ticks = log ? logTicks(range, TICKS) : linearTicks(range, TICKS, percent ? { unit: 0.01 } : {});
  return ticks.map(({ at, label }) => ({ at: share(at, range, false), label: percent ? `${label}%` : label }));
}

/** @param {ArrayLike<number>} steps @returns {Range} */
export function stepRange(steps) {
  const [first, last] = [steps[0] ?? 0, steps[steps.length - 1] ?? 1];
  return first === last ? [first - 1, last + 1] : [first, last];
}

/** @param {Range} range @returns {{at: number, label: string}[]} */
export const ticksAcross = (range) =>
  linearTicks(range, TICKS, { whole: true }).map(({ at, label }) => ({ at: share(at, range, false), label }));

/**
 * @param {ArrayLike<number>} steps
 * @param {ArrayLike<number>} values
 * @param {Range} across
 * @param {Range} up
 * @param {boolean} log
 * @returns {string} an SVG path; it is broken where there is no number, and a point alone is a dot
 */
export function pathOf(steps, values, across, up, log) {
  const parts = [];
  let isDrawing = false;
  for (let i = 0; i < values.length; i++) {
    const x = share(steps[i], across, false);
    const y = share(values[i], up, log);
    if (Number.isNaN(y)) {
      isDrawing = false;
      continue;
    }
    const place = `${rounded(x * SIDE)} ${rounded((1 - y) * SIDE)}`;
    const isAlone = !isDrawing && Number.isNaN(share(values[i + 1] ?? Number.NaN, up, log));
    parts.push(isDrawing ? `L${place}` : `M${place}`, isAlone ? "h.01" : "");
    isDrawing = true;
  }
  return parts.join("");
}

/** @param {number} value */
export const rounded = (value) => Math.round(value * 10) / 10;
