/** The 1-3-10 ladder of learning rates: 0.01, 0.03, 0.1, 0.3, 1 and so on. */

const LOWEST = -9;
const HIGHEST = 3;
const RUNGS = Array.from({ length: HIGHEST - LOWEST + 1 }, (_, k) => LOWEST + k)
  .flatMap((exponent) => [`1e${exponent}`, `3e${exponent}`])
  .slice(0, -1)
  .map(Number);

/**
 * The next rung above or below a value.
 * @param {number} value
 * @param {1 | -1} direction
 * @returns {string | null} null where the ladder ends, or if the value is no number
 */
export function neighbour(value, direction) {
  const rungs = direction > 0 ? RUNGS : RUNGS.toReversed();
  // Next to a rung is not on it, but rounding is no distance.
  const next = rungs.find((rung) => (rung - value) * direction > Math.abs(value) * 1e-9);
  return next === undefined ? null : String(next);
}
