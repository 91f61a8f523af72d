/** One run's losses as a line in the coordinates of the chart. */

import { smooth } from "./smooth.js";

/** @typedef {import("../api.d.ts").LossCurve} LossCurve */
/** How losses are drawn. @typedef {{x: "step" | "epoch" | "time", log: boolean, smoothing: number}} Manner */
/**
 * Coordinates are what the axes show: with a logarithmic axis the log10 of a loss. What cannot be drawn is NaN or infinite.
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

/** @param {LossCurve} curve @param {Manner} manner @returns {LossLine} */
export function lossLine(curve, { x, log, smoothing }) {
  const { step, epoch, seconds, min, mean, max } = curve;
  const scale = (/** @type {Float64Array} */ losses) => (log ? losses.map(Math.log10) : losses);
  const smoothed = smooth(mean, smoothing);
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

/** The first of each stretch that is not finite. @param {Float64Array} losses @returns {number[]} */
function breaksOf(losses) {
  /** @type {number[]} */
  const found = [];
  losses.forEach((loss, i) => {
    if (!Number.isFinite(loss) && (i === 0 || Number.isFinite(losses[i - 1]))) found.push(i);
  });
  return found;
}

/**
 * The point that stands for a step: its first point that reaches so far, or its last.
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
 * @param {import("./chart.js").Place} place  coordinates → pixels
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
