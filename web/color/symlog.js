/**
 * Symmetric logarithm: linear below a threshold, logarithmic above, zero at zero.
 * Webber (2013), "A bi-symmetric log transformation for wide-range data", Measurement Science and Technology 24(2), eq. 1, with the natural
 * logarithm in place of the decimal one: on a scale only ratios count.
 */

/** @param {number} value @param {number} threshold above 0: C in the paper */
export function symlog(value, threshold) {
  const ratio = Math.abs(value) / threshold;
  // Two float64 may be farther apart than the largest of them.
  const log = Number.isFinite(ratio) ? Math.log1p(ratio) : Math.log(Math.abs(value)) - Math.log(threshold);
  return Math.sign(value) * log;
}

/** @param {number} y @param {number} threshold @returns {number} the value that `symlog` takes to y */
export function symexp(y, threshold) {
  const ratio = Math.expm1(Math.abs(y));
  return Math.sign(y) * (Number.isFinite(ratio) ? threshold * ratio : Math.exp(Math.abs(y) + Math.log(threshold)));
}

/** Threshold as a share of the largest value, if both quartiles are zero. */
const SHARE = 1e-3;

/**
 * Return the threshold: the quartile farther from zero, so that at least half of the values lie in the linear part.
 * @param {{p25: number, p75: number}} quartiles @param {number} reach the largest magnitude on the scale
 * @returns {number} 0 where there is nothing but zero
 */
export function linearThreshold({ p25, p75 }, reach) {
  const quartile = Math.max(Math.abs(p25), Math.abs(p75));
  return Math.min(quartile > 0 ? quartile : SHARE * reach, reach);
}
