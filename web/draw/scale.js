/**
 * From a value to its entry in a colour table (color.js): one scale for all of a column.
 * A diverging scale is symmetric about zero, out to the largest magnitude; a plain one goes from the lowest value to the highest.
 */

import { FIRST, LAST, MIDDLE, NOT_FINITE } from "./color.js";

/** @typedef {import("../api.d.ts").Scale} Scale */
/**
 * entry = floor(offset + gain · value)
 * @typedef {object} Norm
 * @property {number} low value at the ramp's first entry
 * @property {number} high value at its last
 * @property {number} offset half an entry more than the entry of value 0, so that floor rounds
 * @property {number} gain entries per unit; 0 where all values are one
 */

/** @param {Scale} scale quantiles of the column's finite numbers; NaN where there are none @param {boolean} diverging @returns {Norm} */
export function norm(scale, diverging) {
  const low = Number.isFinite(scale.min) ? scale.min : 0;
  const high = Number.isFinite(scale.max) ? scale.max : 0;
  return diverging ? aboutZero(Math.max(Math.abs(low), Math.abs(high))) : fromTo(low, high);
}

/** @param {number} magnitude @returns {Norm} */
function aboutZero(magnitude) {
  const gain = (LAST - MIDDLE) / magnitude;
  return { low: -magnitude, high: magnitude, offset: MIDDLE + 0.5, gain: Number.isFinite(gain) ? gain : 0 };
}

/** @param {number} low @param {number} high @returns {Norm} */
function fromTo(low, high) {
  const gain = (LAST - FIRST) / (high - low);
  if (!Number.isFinite(gain)) return { low, high, offset: MIDDLE + 0.5, gain: 0 };
  return { low, high, offset: FIRST + 0.5 - gain * low, gain };
}

/**
 * @param {Norm} norm @param {number} value
 * @returns {number} 0 for NaN and infinities, else 1 … 255
 */
export function entry(norm, value) {
  if (!Number.isFinite(value)) return NOT_FINITE;
  return Math.min(LAST, Math.max(FIRST, Math.floor(norm.offset + norm.gain * value)));
}

/** Where a value lies between the ends of the scale. @param {Norm} norm @param {number} value @returns {number} 0 … 1 */
export function place(norm, value) {
  const share = (value - norm.low) / (norm.high - norm.low);
  return Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0.5;
}
