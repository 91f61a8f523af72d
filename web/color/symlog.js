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

/** Steps of a threshold within a power of ten, and the largest mantissa that is rounded to each. */
const ROUND = /** @type {const} */ ([
  [1, Math.sqrt(2)],
  [2, Math.sqrt(10)],
  [5, Math.sqrt(50)],
  [10, 10],
]);

/**
 * Return the threshold: the lower quartile of the magnitudes that are not zero, rounded to 1, 2 or 5 times a power of ten, so that it
 * seldom changes. The typical number then lies about a third of the way along its arm, whatever the sizes of the others.
 * @param {number} quartile 0 where there is nothing but zero
 */
export function roundedThreshold(quartile) {
  if (!(quartile > 0)) return 0;
  const power = Math.floor(Math.log10(quartile));
  const unit = Number(`1e${power}`); // 10 ** power is not exact
  const [step] = ROUND.find(([, most]) => quartile / unit <= most) ?? ROUND[3];
  return step * unit || quartile;
}
