/**
 * Exact quantiles without sorting, from a histogram over the leading bits of float32 numbers.
 *
 * The bits are sign, exponent and the first three of the mantissa, so that a bin is narrow where numbers are small, and one huge
 * number does not throw the others together. Only the bins that are asked for are sorted.
 */

/** Leading bits that are counted by, and how many there are below them. */
const BITS = 12;
const BELOW = 32 - BITS;
const HALF = 2 ** (BITS - 1);
/** Infinities and NaN, whose exponent is all ones, lie in this many bins at either end. */
const NOT_FINITE = 2 ** (BITS - 9);

const counts = new Uint32Array(2 * HALF);

/** @import { Numbers } from "../api.d.ts" */

/** The bits of each number. @param {Float32Array} values */
export const bitsOf = ({ buffer, byteOffset, length }) => new Uint32Array(buffer, byteOffset, length);

/**
 * Bins in the order of the numbers in them: negative ones are stored with their magnitude, so all their bits turn; of the others the sign's.
 * Without a branch, which signs would take at random.
 * @param {number} bits
 */
const bin = (bits) => (bits >>> BELOW) ^ (((bits >> 31) & (2 * HALF - 1)) | HALF);

/**
 * The quantile q of n finite numbers lies at place q (n − 1) of their sorted order, interpolated linearly between neighbours: definition 7
 * of Hyndman & Fan (1996), as in analysis.py.
 * @param {Numbers[]} lists whose finite numbers count
 * @param {number[]} shares 0 … 1
 * @returns {number[]} NaN where there is no finite number
 */
export function quantiles(lists, shares) {
  return lists.every((list) => list instanceof Float32Array) ? counted(lists, shares) : sorted(lists, shares);
}

/** Quantiles of float64 values, which fit into no such bins. @param {Numbers[]} lists @param {number[]} shares */
function sorted(lists, shares) {
  const finite = Float64Array.from(lists.flatMap((list) => [...list.filter(Number.isFinite)])).sort();
  if (finite.length === 0) return shares.map(() => Number.NaN);
  return shares.map((share) => share * (finite.length - 1)).map((place) => between(place, (rank) => finite[rank]));
}

/** @param {number} place in the sorted order @param {(rank: number) => number} at */
function between(place, at) {
  const [below, above, share] = [at(Math.floor(place)), at(Math.ceil(place)), place % 1];
  if (below === above) return below;
  const distance = above - below; // of the two largest float64 of different signs it is infinite
  return Number.isFinite(distance) ? below + distance * share : below * (1 - share) + above * share;
}

/** @param {Float32Array[]} lists @param {number[]} shares */
function counted(lists, shares) {
  counts.fill(0);
  for (const list of lists) {
    const bits = bitsOf(list);
    for (let i = 0; i < bits.length; i++) counts[bin(bits[i])]++;
  }
  let last = -1;
  for (let i = NOT_FINITE; i < counts.length - NOT_FINITE; i++) last += counts[i];
  if (last < 0) return shares.map(() => Number.NaN);
  const places = shares.map((share) => share * last);
  const ranks = new Set(places.flatMap((place) => [Math.floor(place), Math.ceil(place)]));
  const numbers = ranked(lists, Uint32Array.from(ranks).sort());
  return places.map((place) => between(place, (rank) => numbers.get(rank) ?? Number.NaN));
}

/** The numbers at these ranks of the sorted order. @param {Float32Array[]} lists @param {Uint32Array} ranks ascending @returns {Map<number, number>} */
function ranked(lists, ranks) {
  /** @type {Map<number, number>} */
  const found = new Map();
  let before = 0; // numbers in lower bins
  for (let i = NOT_FINITE, next = 0; next < ranks.length; i++) {
    const after = before + counts[i];
    const sorted = ranks[next] < after ? sortedBin(lists, i) : null;
    for (; sorted && ranks[next] < after; next++) found.set(ranks[next], sorted[ranks[next] - before]);
    before = after;
  }
  return found;
}

/** @param {Float32Array[]} lists @param {number} wanted */
function sortedBin(lists, wanted) {
  const found = new Float32Array(counts[wanted]);
  const leading = wanted < HALF ? 2 * HALF - 1 - wanted : wanted - HALF;
  let end = 0;
  for (const list of lists) {
    const bits = bitsOf(list);
    for (let i = 0; i < bits.length && end < found.length; i++)
      if (bits[i] >>> BELOW === leading) found[end++] = list[i];
  }
  return found.sort();
}

/** The lower quartile of the magnitudes that are finite and not zero; 0 without any. @param {Numbers[]} lists @returns {number} */
export function magnitudeQuartile(lists) {
  return quantiles(lists.map(magnitudes), [0.25])[0] || 0;
}

/** @param {Numbers} values @returns {Numbers} */
function magnitudes(values) {
  const found = values instanceof Float64Array ? new Float64Array(values.length) : new Float32Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) found[count++] = Math.abs(values[i]);
  return found.subarray(0, count);
}

/** How many are NaN or infinite. @param {Numbers[]} lists @returns {number} */
export function countNotFinite(lists) {
  let count = 0;
  for (const list of lists) for (let i = 0; i < list.length; i++) if (!Number.isFinite(list[i])) count++;
  return count;
}
