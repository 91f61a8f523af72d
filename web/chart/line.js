/** The losses of one run as a line in the coordinates of the chart. */

/** @import { LossCurve } from "../api.d.ts" */
/** @import { Place } from "./shapes.js" */
/** Coordinates of a line. @typedef {{x: "step" | "epoch" | "time", log: boolean}} Manner */
/**
 * Coordinates are what the axes show: with a logarithmic axis the log10 of a loss. Values that cannot be drawn are NaN or infinite.
 * @typedef {object} LossLine
 * @property {LossCurve} curve
 * @property {Float64Array} x
 * @property {Float64Array} raw       mean losses
 * @property {Float64Array} main      the same, smoothed
 * @property {Float64Array} low       least loss of each point's steps
 * @property {Float64Array} high      greatest
 * @property {Float64Array} smoothed  losses as `main` shows them, without a logarithm
 * @property {boolean} summed         whether points stand for several steps
 * @property {boolean} smoothing      whether main differs from raw
 * @property {number[]} breaks        where finite losses end: NaN or infinity
 */

/** Stronger smoothing hides everything new. */
export const MAX_SMOOTHING = 0.99;

/** @param {LossCurve} curve @param {Manner} manner @returns {LossLine} */
export function lossLine(curve, { x, log }) {
  const { step, epoch, seconds, min, mean, max, smoothed, smoothing } = curve;
  const scale = (/** @type {Float64Array} */ losses) => (log ? losses.map(Math.log10) : losses);
  return {
    curve,
    x: { step, epoch, time: seconds }[x],
    raw: scale(mean),
    main: scale(smoothed),
    low: scale(min),
    high: scale(max),
    smoothed,
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
