/**
 * Entries of a colour table on a symlog scale, found from the leading bits of a float32.
 * The lowest value of each entry is computed once. No logarithm is taken of any cell: the leading bits of a number say which
 * entry it has at least, and from there a comparison or two lead to its own.
 */

import { FIRST, LAST, NOT_FINITE } from "./palettes.js";

/**
 * @typedef {object} Steps
 * @property {Float64Array} bounds lowest value of each entry from the second on; NaN elsewhere, which nothing reaches
 * @property {Uint8Array} starts by a number's leading bits: the entry of the lowest number that begins with them, or one of the few below it
 */

/** Leading bits of a float32: its sign, its exponent and five bits of its mantissa, which part numbers that differ by a 32nd or more. */
const BITS = 14;
export const BELOW = 32 - BITS;
const HALF = 2 ** (BITS - 1);
/** From here on the exponent is all ones: infinities and NaN. */
const INFINITE = HALF - 2 ** (BITS - 9);

const one = new Float32Array(1);
const bits = new Uint32Array(one.buffer);

/** The leading bits of a magnitude. @param {number} magnitude */
function leading(magnitude) {
  one[0] = magnitude;
  return Math.min(bits[0] >>> BELOW, INFINITE);
}

/** A place on the axis of all bins, lowest numbers first: every number from there on has the bound below it. @param {number} bound */
function place(bound) {
  const at = leading(Math.abs(bound));
  // The bin of the bound itself is unspecified.
  return bound > 0 ? HALF + at + 1 : HALF - at;
}

/** @param {(entry: number) => number} lowest value that has the entry, for those above the first; rises with it @returns {Steps} */
export function steps(lowest) {
  const bounds = new Float64Array(LAST + 2).fill(Number.NaN);
  const starts = new Uint8Array(2 * HALF);
  for (let entry = FIRST + 1; entry <= LAST; entry++) bounds[entry] = lowest(entry);
  for (let entry = FIRST, from = 0; entry <= LAST; entry++) {
    const to = entry === LAST ? 2 * HALF : place(bounds[entry + 1]);
    starts.fill(entry, Math.max(0, from - HALF), Math.max(0, to - HALF)); // without a sign
    starts.fill(entry, Math.max(HALF, 2 * HALF - to), Math.max(HALF, 2 * HALF - from)); // with one, the lowest last
    from = to;
  }
  starts.fill(NOT_FINITE, INFINITE, HALF).fill(NOT_FINITE, HALF + INFINITE);
  return { bounds, starts };
}
