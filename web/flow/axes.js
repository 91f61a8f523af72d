/** Ranges of the plots of the gradient flow, and ticks on them. */

import { linearTicks, logTicks } from "../ui/ticks.js";

/** @import { Tick } from "../ui/ticks.js" */
/** @typedef {[low: number, high: number]} Range */
/** A kind of axis. `range`: fixed range; null to fit the data. @typedef {{log: boolean, range: Range | null, mark: number | null}} Axis */

/** About how many ticks there is room for. */
const TICKS = 4;

/**
 * @param {ArrayLike<number>[]} columns
 * @param {Axis} axis
 * @returns {Range} of what can be drawn
 */
export function rangeOf(columns, { log, range, mark }) {
  if (range) return range;
  const numbers = [...columns.flatMap((column) => Array.from(column)), ...(mark === null ? [] : [mark])]
    .map((value) => (log ? Math.log10(value) : value))
    .filter(Number.isFinite);
  if (numbers.length === 0) return log ? [0.1, 1] : [0, 1];
  const low = numbers.reduce((least, value) => Math.min(least, value));
  const high = numbers.reduce((most, value) => Math.max(most, value));
  const margin = Math.max(0.05 * (high - low), log ? 0.15 : 1e-12);
  const ends = [low - margin, high + margin];
  return /** @type {Range} */ (log ? ends.map((end) => 10 ** Math.max(-307, Math.min(307, end))) : ends);
}

/**
 * @param {Range} range
 * @param {boolean} log
 * @param {boolean} percent
 * @returns {Tick[]}
 */
export function ticksUp(range, log, percent) {
  if (log) {
    const [low, high] = range.map(Math.log10);
    return logTicks([low, high], TICKS).map(({ at, label }) => ({ at: 10 ** at, label }));
  }
  const ticks = linearTicks(range, TICKS, percent ? { unit: 0.01 } : {});
  return percent ? ticks.map(({ at, label }) => ({ at, label: `${label}%` })) : ticks;
}

/** @param {ArrayLike<number>} steps @returns {Range} */
export function stepRange(steps) {
  const [first, last] = [steps[0] ?? 0, steps[steps.length - 1] ?? 1];
  return first === last ? [first - 1, last + 1] : [first, last];
}

/** @param {Range} range @returns {Tick[]} */
export const ticksAcross = (range) => linearTicks(range, TICKS, { whole: true });

/**
 * Position of a value on a linear axis, from 0 to 1; NaN outside it.
 * @param {number} value
 * @param {Range} range
 * @param {boolean} log
 */
export function share(value, range, log) {
  const [low, high] = log ? range.map(Math.log10) : range;
  const at = ((log ? Math.log10(value) : value) - low) / (high - low);
  return at >= -1e-9 && at <= 1 + 1e-9 ? Math.max(0, Math.min(1, at)) : Number.NaN;
}
