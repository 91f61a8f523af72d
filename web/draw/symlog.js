/**
 * A logarithm for both signs, with zero at zero: in proportion to the value below a threshold, to its order of magnitude above.
 * Webber (2013), "A bi-symmetric log transformation for wide-range data", Measurement Science and Technology 24(2), eq. 1, with the natural
 * logarithm in place of the decimal one: on a scale only ratios count.
 */

/** @param {number} value @param {number} threshold above 0: C in the paper */
export const symlog = (value, threshold) => Math.sign(value) * Math.log1p(Math.abs(value) / threshold);

/** @param {number} y @param {number} threshold @returns {number} the value that `symlog` takes to y */
export const symexp = (y, threshold) => Math.sign(y) * threshold * Math.expm1(Math.abs(y));

/** Without a quartile that says how large the small numbers are, the threshold is this share of the largest. */
const SHARE = 1e-3;

/**
 * The threshold for some numbers: the quartile that lies farther from zero, so that at least half of them lie in the linear part.
 * @param {{p25: number, p75: number}} quartiles @param {number} reach the largest magnitude on the scale
 * @returns {number} 0 where there is nothing but zero
 */
export function linearThreshold({ p25, p75 }, reach) {
  const quartile = Math.max(Math.abs(p25), Math.abs(p75));
  return Math.min(quartile > 0 ? quartile : SHARE * reach, reach);
}
