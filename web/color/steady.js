/**
 * Steady colour scales while training plays, so that colours do not flicker from step to step.
 *
 * The ends and the threshold of symlog follow outwards at once. They shrink, in one step, only after the largest magnitude has stayed
 * under half of the end for some painted passes and some time. When training stands still, scales are exact and none of this is used.
 */

import { roundedThreshold } from "./symlog.js";

/** @typedef {{min: number, max: number, quartile: number}} Measured lowest and highest number, and the quartile that the threshold comes from */
/** @typedef {{min: number, max: number, threshold: number}} Held */
/** Tensors that share a scale have a key. @typedef {(key: string, measured: Measured) => Held} Steady */

/** Painted passes, and milliseconds: at a slow speed the first would take long, at full speed they are over at once. */
const PASSES = 30;
const TIME = 1500;
/** Share of what is held under which it is too large. */
const SMALL = 0.5;

/** @param {() => number} [now] a clock, milliseconds @returns {Steady} of one column, for one Play */
export function createSteady(now = () => performance.now()) {
  /** @type {Map<string, Held & {ends: Patience, bend: Patience}>} */
  const scales = new Map();

  return (key, { min, max, quartile }) => {
    const threshold = roundedThreshold(quartile);
    const last = scales.get(key);
    if (!last || !Number.isFinite(min)) {
      scales.set(key, { min, max, threshold, ends: createPatience(now), bend: createPatience(now) });
      return { min, max, threshold };
    }
    const isShrinking = last.ends.isOver(reach({ min, max }) < SMALL * reach(last));
    if (isShrinking) Object.assign(last, { min, max });
    else Object.assign(last, { min: lower(last.min, min), max: higher(last.max, max) });
    if (last.bend.isOver(quartile < SMALL * last.threshold) || isShrinking || threshold > last.threshold)
      last.threshold = threshold;
    return { min: last.min, max: last.max, threshold: last.threshold };
  };
}

/** @param {{min: number, max: number}} ends */
const reach = ({ min, max }) => Math.max(Math.abs(min), Math.abs(max));
/** The one that is a number, where the other is none. @param {number} a @param {number} b */
const lower = (a, b) => (a < b ? a : b);
/** @param {number} a @param {number} b */
const higher = (a, b) => (a > b ? a : b);

/** Whether something has been so for long enough. @typedef {ReturnType<typeof createPatience>} Patience */
/** @param {() => number} now */
function createPatience(now) {
  let [passes, since] = [0, 0];
  return {
    /** Count one painted pass. @param {boolean} isSo @returns {boolean} */
    isOver(isSo) {
      if (!isSo) passes = 0;
      else if (passes++ === 0) since = now();
      const isOver = passes >= PASSES && now() - since >= TIME;
      if (isOver) passes = 0;
      return isOver;
    },
  };
}
