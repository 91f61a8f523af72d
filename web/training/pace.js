/** The length of a slice, the speed that is reached, and when the whole data set is measured. */

import { createCosts } from "../ui/throttle.js";
import { DRAWN_SPEED, MAX } from "./speed.js";

/** @import { Frame } from "../api.d.ts" */

/** Milliseconds that a slice should take: a little less than a picture stays, when Play is as fast as it can. */
const SLICE = 36;
/** A slice ends after this even if its guess was wrong, so that Pause is answered in time. */
export const MAX_SLICE = 50;
/** Maximum number of steps in a slice. */
const MAX_STEPS = 100_000;
/** Steps per second are counted over at least this time, milliseconds: a browser's clock may stand still for 100. */
const COUNTED = 250;
/** The same at a chosen speed, where few steps come in that time. */
const COUNTED_SLOW = 1000;
/** Measuring the whole data set may take this share of the time, and comes at most this often. */
const METRICS_SHARE = 0.05;
const METRICS_EVERY = 250;

/**
 * @param {object} play
 * @param {number} play.batches
 * @param {() => number} play.now  a clock, milliseconds
 * @param {() => number} play.speed  the chosen one, steps per second
 */
export function createPace({ batches, now, speed }) {
  let steps = 10;
  const reached = createCounter(now, speed);
  let metricsTime = now();
  /** Milliseconds spent on the current measurement; null between two. @type {number | null} */
  let spent = null;
  /** Costs of a step, of the rest of a slice (such as its frame), and of measuring the whole data set. */
  const [step, beside, measuring] = [createCosts(), createCosts(), createCosts()];
  // Measuring a batch is part of its step. The minimum is closest to the true cost: other load only adds to it.
  const metricsCost = () => Math.min(measuring.median() ?? Infinity, batches * (step.least() ?? Infinity));

  /**
   * @param {Frame} frame
   * @param {boolean} metrics
   * @param {number} elapsed
   */
  function learnMeasuring(frame, metrics, elapsed) {
    if (metrics) spent = Math.max(0, elapsed - frame.slice_ms);
    else if (spent !== null) spent += elapsed;
    if (spent === null || frame.measuring) return;
    measuring.add(spent);
    [metricsTime, spent] = [now(), null];
  }

  /** Least time between two measurements: at a slow speed every step is measured, if that costs little. */
  const metricsEvery = () =>
    Math.max(
      speed() > DRAWN_SPEED ? METRICS_EVERY : Math.min(METRICS_EVERY, 900 / speed()),
      metricsCost() / METRICS_SHARE,
    );

  return {
    steps: () => steps,
    /** Steps per second; 0 before enough time has passed. */
    speed: reached.value,
    metricsDue: () => spent === null && now() - metricsTime > metricsEvery(),
    /** Whether a slice may be requested before the last one is answered: Pause has to wait for both. */
    mayAskAhead: () => speed() === MAX && spent === null && (step.median() ?? Infinity) < MAX_SLICE,
    metricsAreCheap: () => metricsCost() < MAX_SLICE,
    /**
     * @param {Frame} frame
     * @param {boolean} metrics
     * @param {number} elapsed  milliseconds from question to answer
     */
    learn(frame, metrics, elapsed) {
      const done = frame.slice_steps;
      const isPlain = !metrics && spent === null;
      learnMeasuring(frame, metrics, elapsed);
      if (done === 0) return;
      reached.add(done);
      step.add(frame.slice_ms, done);
      if (isPlain) beside.add(elapsed - frame.slice_ms);
      // A slice may train as long as its frame takes to make. Never more than doubled or halved at
      // a time: one slow slice says little.
      const target = Math.min(MAX_SLICE, Math.max(SLICE, beside.median() ?? 0));
      const fitting = Math.min(2 * done, Math.max(0.5 * done, target / (step.median() ?? 0)));
      steps = Math.min(MAX_STEPS, Math.max(1, Math.round(fitting)));
    },
  };
}

/**
 * Count steps per second.
 * @param {() => number} now  a clock, milliseconds
 * @param {() => number} speed  the chosen one
 */
function createCounter(now, speed) {
  let value = 0;
  let chosen = speed();
  /** Steps counted since `since`; at a chosen speed from the end of the first slice on. */
  let [counted, since] = [0, chosen === MAX ? now() : Number.NaN];

  return {
    value: () => value,
    /** @param {number} done  steps */
    add(done) {
      if (chosen !== speed() || Number.isNaN(since)) {
        [chosen, counted, since] = [speed(), 0, now()];
        return;
      }
      counted += done;
      const passed = now() - since;
      if (passed < (chosen === MAX ? COUNTED : COUNTED_SLOW)) return;
      value = (1000 * counted) / passed;
      [counted, since] = [0, now()];
    },
  };
}
