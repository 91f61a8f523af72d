/** Bars of classes: probabilities or outputs, which of them are shown, and their numbers. */

import { formatNumber } from "../ui/number.js";

/** @import { Numbers } from "../api.d.ts" */
/** @typedef {{name: string, value: number, isRight: boolean, isTop: boolean}} Row */
/** @typedef {{rows: Row[], others: {count: number, value: number} | null}} Bars  `others`: left-out classes and their sum */

/** Up to this many classes all are shown, in their order. */
const ALL = 6;
/** Shown classes where there are more. */
const SOME = 5;

/** Convert logits into probabilities as losses.py does; null if one is not finite. @param {Numbers} logits @returns {Float64Array | null} */
export function softmax(logits) {
  const list = Array.from(logits);
  if (!list.every(Number.isFinite)) return null;
  const largest = Math.max(...list);
  const exps = list.map((logit) => Math.exp(logit - largest));
  const sum = exps.reduce((total, each) => total + each, 0);
  return Float64Array.from(exps, (each) => each / sum);
}

/**
 * Choose the classes to show: all, or the largest ones and always the right one.
 * @param {Numbers} values @param {string[]} names @param {string | null} right
 * @param {number} [most]  rows of room, at least 2; the line of the others is one
 * @returns {Bars}
 */
export function barsOf(values, names, right, most = ALL) {
  const top = largest(values);
  const row = (/** @type {number} */ j) => ({
    name: names[j],
    value: values[j],
    isRight: names[j] === right,
    isTop: j === top,
  });
  const all = Array.from(values, (_, j) => j);
  if (values.length <= Math.min(ALL, most)) return { rows: all.map(row), others: null };
  const order = all.toSorted((i, j) => values[j] - values[i]);
  const shown = order.slice(0, Math.max(1, Math.min(SOME, most - 1)));
  const place = right === null ? -1 : names.indexOf(right);
  if (place >= 0 && !shown.includes(place)) shown[shown.length - 1] = place;
  const others = all.filter((j) => !shown.includes(j));
  const sum = others.reduce((total, j) => total + values[j], 0);
  return { rows: shown.map(row), others: { count: others.length, value: sum } };
}

/** Index of the largest value, the first of equal ones; -1 if one is NaN. @param {Numbers} values */
export function largest(values) {
  let best = 0;
  for (let j = 0; j < values.length; j++) {
    if (Number.isNaN(values[j])) return -1;
    if (values[j] > values[best]) best = j;
  }
  return best;
}

/** A probability in two digits: ".48", "1.00", "<.01". @param {number} share */
export function share(share) {
  if (share >= 0.995) return "1.00";
  return share < 0.005 ? "<.01" : share.toFixed(2).slice(1);
}

/** An output in two significant digits. @param {number} value */
export const output = (value) => formatNumber(value, 2);

/** Lengths of bars of outputs, 0 … 1: their magnitudes, the largest is 1. @param {Numbers} values @returns {(value: number) => number} */
export function lengthsOf(values) {
  const most = Math.max(...Array.from(values, Math.abs));
  return (value) => (most > 0 && Number.isFinite(most) ? Math.abs(value) / most : 0);
}
