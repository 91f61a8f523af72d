/**
 * Mapping of values to entries of a colour table (palettes.js).
 * A diverging scale is symmetric about zero, out to the larger of its two ends; a plain one goes from the lower to the higher.
 * Colours follow the value itself, or its symmetric logarithm (symlog.js); values beyond the ends have the colour of the end.
 */

import { FIRST, LAST, MIDDLE, NOT_FINITE } from "./palettes.js";
import { steps } from "./steps.js";
import { symexp, symlog } from "./symlog.js";

/** @import { Steps } from "./steps.js" */

/** Beyond this, and below its inverse, quotients and differences of two numbers may be out of float64's range. Float32 never is. */
const LARGE = 2 ** 900;

/** @typedef {{min: number, max: number}} Ends */
/**
 * Linear: entry = floor(offset + gain · unit · value).
 * @typedef {object} Norm
 * @property {number} low value at the ramp's first entry
 * @property {number} high value at its last
 * @property {number} offset half an entry more than the entry of value 0, so that floor rounds
 * @property {number} unit 1; a power of two for numbers so large or small that their quotients are not finite
 * @property {number} gain entries per unit, or per unit of the logarithm; 0 where all values are one
 * @property {number} threshold of symlog; 0 on a linear scale
 * @property {Steps | null} steps of a symlog scale
 */

/**
 * @param {Ends} ends lowest and highest finite number to distinguish; NaN without any
 * @param {boolean} diverging
 * @param {number} [threshold] of symlog; 0 for a linear scale
 * @returns {Norm}
 */
export function norm({ min, max }, diverging, threshold = 0) {
  const low = Number.isFinite(min) ? min : 0;
  const high = Number.isFinite(max) ? max : 0;
  const reach = Math.max(Math.abs(low), Math.abs(high));
  return diverging
    ? between([-reach, reach], threshold, MIDDLE, reach * unitFor(reach))
    : between([low, high], threshold, FIRST, high * unitFor(reach) - low * unitFor(reach));
}

/** @param {number} reach the largest magnitude */
function unitFor(reach) {
  if (reach > LARGE) return 2 ** -200;
  return reach < 1 / LARGE && reach > 0 ? 2 ** 200 : 1;
}

/**
 * @param {[number, number]} ends  the lowest number and the highest
 * @param {number} threshold
 * @param {number} anchor an entry whose value is known: the middle of a diverging table, which is zero, or the first of a plain one
 * @param {number} extent from the anchor's value to the highest, times the unit
 * @returns {Norm}
 */
function between([low, high], threshold, anchor, extent) {
  const bent = threshold > 0;
  const unit = bent ? 1 : unitFor(Math.max(Math.abs(low), Math.abs(high)));
  const at = anchor === MIDDLE ? 0 : low * unit;
  const gain = (LAST - anchor) / (bent ? symlog(high, threshold) - symlog(at, threshold) : extent);
  if (!Number.isFinite(gain)) return { low, high, unit, offset: MIDDLE + 0.5, gain: 0, threshold: 0, steps: null };
  const offset = anchor + 0.5 - gain * (bent ? symlog(at, threshold) : at);
  const lowest = (/** @type {number} */ entry) => symexp((entry - offset) / gain, threshold);
  return { low, high, unit, offset, gain, threshold, steps: bent ? steps(lowest) : null };
}

/**
 * @param {Norm} norm @param {number} value
 * @returns {number} 0 for NaN and infinities, else 1 … 255
 */
export function entry({ unit, offset, gain, steps }, value) {
  if (!Number.isFinite(value)) return NOT_FINITE;
  if (steps) return stepOf(steps.bounds, value);
  return Math.min(LAST, Math.max(FIRST, Math.floor(offset + gain * (unit * value))));
}

/** @param {Float64Array} bounds @param {number} value */
function stepOf(bounds, value) {
  let [from, to] = [FIRST, LAST];
  while (from < to) {
    const middle = (from + to + 1) >> 1;
    if (value >= bounds[middle]) from = middle;
    else to = middle - 1;
  }
  return from;
}

/** Position of a value between the ends of the scale. @param {Norm} norm @param {number} value @returns {number} 0 … 1 */
export function place({ low, high, unit, threshold }, value) {
  const along = (/** @type {number} */ x) => (threshold > 0 ? symlog(x, threshold) : x * unit);
  const share = (along(value) - along(low)) / (along(high) - along(low));
  return Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0.5;
}

/** Whether a value lies beyond the ends of the scale. @param {Norm} norm @param {number} value */
export const isBeyond = ({ low, high }, value) => Number.isFinite(value) && (value < low || value > high);
