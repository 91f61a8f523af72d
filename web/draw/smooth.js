/** Smoothing of a noisy curve. */

/**
 * Exponential moving average, debiased, as TensorBoard draws it: s = w·s + (1 − w)·v from s = 0, shown as s ÷ (1 − wⁿ) after n values
 * (the bias correction of Kingma & Ba 2015, section 3). What is not finite is passed on and leaves no trace in the average.
 * @param {Float64Array} values
 * @param {number} weight  of what was before; 0 is no smoothing, and below 1
 * @returns {Float64Array}
 */
export function smooth(values, weight) {
  if (weight === 0) return values;
  let average = 0;
  let remaining = 1; // wⁿ
  return values.map((value) => {
    if (!Number.isFinite(value)) return value;
    average = weight * average + (1 - weight) * value;
    remaining *= weight;
    return average / (1 - remaining);
  });
}
