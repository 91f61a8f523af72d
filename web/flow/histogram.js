/** Histograms as bars and as ridges: SVG paths in a unit square (line_plot.js). */

import { rounded, SIDE } from "./line_plot.js";

/** @typedef {{low: number, high: number, counts: ArrayLike<number>}} Histogram bins of one width from `low` to `high` */
/** @typedef {[low: number, high: number]} Range */

/** Height of a ridge, in rows. */
const RISE = 2.5;

/** @param {Histogram} histogram @returns {string} its bars, from its own end to its own end */
export function bars({ counts }) {
  const highest = Math.max(1, ...Array.from(counts));
  const width = SIDE / counts.length;
  const parts = Array.from(counts, (count, i) => {
    const top = rounded(SIDE * (1 - count / highest));
    return count > 0 ? `M${rounded(i * width)} ${SIDE}V${top}H${rounded((i + 1) * width)}V${SIDE}Z` : "";
  });
  return parts.join("");
}

/** @param {Histogram[]} histograms @returns {Range} where all of them have room */
export function commonRange(histograms) {
  const [low, high] = [Math.min(...histograms.map((it) => it.low)), Math.max(...histograms.map((it) => it.high))];
  return low < high ? [low, high] : [low - 0.5, high + 0.5];
}

/**
 * @param {Histogram[]} histograms  the oldest first: it stands farthest behind, on top
 * @param {Range} range
 * @returns {{path: string, base: number}[]} each as high as its fullest bin; `base`: where it stands, from 0 on top to 1
 */
export function ridges(histograms, [low, high]) {
  const row = SIDE / (histograms.length - 1 + RISE);
  // The distance of two numbers may be larger than the largest float64; that of their halves is not.
  const unit = Number.isFinite(high - low) ? 1 : 0.5;
  const distance = (/** @type {number} */ from, /** @type {number} */ to) => unit * to - unit * from;
  const place = (/** @type {number} */ value) => rounded((distance(low, value) / distance(low, high)) * SIDE);
  return histograms.map((histogram, i) => {
    const base = row * (RISE + i);
    const highest = Math.max(1, ...Array.from(histogram.counts));
    const points = Array.from(histogram.counts, (count, k) => {
      const share = (k + 0.5) / histogram.counts.length;
      const middle = histogram.low * (1 - share) + histogram.high * share;
      return `L${place(middle)} ${rounded(base - (count / highest) * 0.95 * RISE * row)}`;
    });
    const ends = [`M${place(histogram.low)} ${rounded(base)}`, `L${place(histogram.high)} ${rounded(base)}`];
    return { path: [ends[0], ...points, ends[1]].join(""), base: base / SIDE };
  });
}

/** At most `most` numbers from 0 to `count` - 1, evenly spread, the last among them. @param {number} count @param {number} most */
export function spread(count, most) {
  const picked = Math.min(count, most);
  return Array.from({ length: picked }, (_, i) => Math.round(((i + 1) * count) / picked - 1));
}
