/** The losses of one run as a line of the chart. */

/** @import { LossCurve } from "../api.d.ts" */
/** Coordinates → pixels. @typedef {{x: (value: number) => number, y: (value: number) => number}} Place */
/** Quantity along the x axis. @typedef {"step" | "epoch" | "time"} Along */
/**
 * Values that cannot be drawn are NaN or infinite.
 * @typedef {object} LossLine
 * @property {LossCurve} curve
 * @property {Float64Array} x
 * @property {Float64Array} raw       mean losses
 * @property {Float64Array} main      the same, smoothed
 * @property {Float64Array} low       least loss of each point's steps
 * @property {Float64Array} high      greatest
 * @property {boolean} summed         whether points stand for several steps
 * @property {boolean} smoothing      whether main differs from raw
 * @property {number[]} breaks        where finite losses end: NaN or infinity
 */

/** Stronger smoothing hides everything new. */
export const MAX_SMOOTHING = 0.99;

/** @param {LossCurve} curve @param {Along} along @returns {LossLine} */
export function lossLine(curve, along) {
  const { step, epoch, seconds, min, mean, max, smoothed, smoothing } = curve;
  return {
    curve,
    x: { step, epoch, time: seconds }[along],
    raw: mean,
    main: smoothed,
    low: min,
    high: max,
    summed: step.length > 0 && step[step.length - 1] > step.length,
    smoothing: smoothing > 0,
    breaks: breaksOf(mean),
  };
}

/** Starts of the non-finite stretches. @param {Float64Array} losses @returns {number[]} */
function breaksOf(losses) {
  /** @type {number[]} */
  const found = [];
  losses.forEach((loss, i) => {
    if (!Number.isFinite(loss) && (i === 0 || Number.isFinite(losses[i - 1]))) found.push(i);
  });
  return found;
}

/**
 * Index of the point that contains a step, or of the last one.
 * @param {LossCurve} curve @param {number} step
 * @returns {number} -1 if there is no point
 */
export function pointAt({ step: steps }, step) {
  let [low, high] = [0, steps.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle] < step) low = middle + 1;
    else high = middle;
  }
  return high;
}

/**
 * The point of any line that lies nearest to a place on the screen.
 * @param {LossLine[]} lines
 * @param {Place} place  coordinates → pixels
 * @param {{x: number, y: number}} at         pixels
 * @param {number} reach                      pixels; what lies farther is not found
 * @returns {{id: string, step: number} | null}
 */
export function nearest(lines, place, at, reach) {
  /** @type {{id: string, step: number} | null} */
  let found = null;
  let least = reach;
  for (const { curve, x, main } of lines) {
    for (let i = 0; i < x.length; i++) {
      const distance = Math.hypot(place.x(x[i]) - at.x, place.y(main[i]) - at.y);
      // Nothing is less than NaN, which stands where no point is.
      if (distance < least) {
        least = distance;
        found = { id: curve.id, step: curve.step[i] };
      }
    }
  }
  return found;
}
