/** Histograms that share an axis. */

/** @import { Range } from "./axes.js" */
/** @typedef {{low: number, high: number, counts: ArrayLike<number>}} Histogram bins of one width from `low` to `high` */

/** Height of a ridge, in rows. */
export const RISE = 2.5;

/** @param {Histogram[]} histograms @returns {Range} where all of them have room */
export function commonRange(histograms) {
  const [low, high] = [Math.min(...histograms.map((it) => it.low)), Math.max(...histograms.map((it) => it.high))];
  return low < high ? [low, high] : [low - 0.5, high + 0.5];
}

/** Position of a value in a range, from 0 to 1. @param {Range} range @param {number} value */
export function shareIn([low, high], value) {
  // The distance of two numbers may be larger than the largest float64; that of their halves is not.
  const unit = Number.isFinite(high - low) ? 1 : 0.5;
  return (unit * value - unit * low) / (unit * high - unit * low || 1);
}

/**
 * A histogram as a ridge that stands on `base`, as high as its fullest bin.
 * @param {Histogram} histogram
 * @param {Range} range  of the axis
 * @param {number} base
 * @returns {[x: number[], y: number[]]}
 */
export function ridge({ low, high, counts }, range, base) {
  const highest = Math.max(1, ...Array.from(counts));
  const middles = Array.from(counts, (_, k) => (k + 0.5) / counts.length).map((at) => low * (1 - at) + high * at);
  const heights = Array.from(counts, (count) => base + (count / highest) * 0.95 * RISE);
  return [[low, ...middles, high].map((value) => shareIn(range, value)), [base, ...heights, base]];
}

/** At most `most` numbers from 0 to `count` - 1, evenly spread, the last among them. @param {number} count @param {number} most */
export function spread(count, most) {
  const picked = Math.min(count, most);
  return Array.from({ length: picked }, (_, i) => Math.round(((i + 1) * count) / picked - 1));
}
