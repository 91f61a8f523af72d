/**
 * Play: slice after slice of training, until it is stopped.
 *
 * It pulls: a slice is requested after the answer to the last one, so that pausing is not requesting another. It never waits
 * for drawing, and continues in a hidden tab. At a chosen speed a slice holds the steps that are due; the results are the same.
 */

import { createPace, MAX_SLICE } from "./pace.js";
import { createSchedule } from "./schedule.js";
import { MAX } from "./speed.js";

/** @import { Frame } from "../api.d.ts" */
/** The run to train, and its number of batches. @typedef {{id: string, batches: number}} Track */

/**
 * @param {object} outside
 * @param {(params: {id: string, steps: number, max_ms: number, metrics: boolean, go_on: boolean}) => Promise<Frame>} outside.advance
 * @param {(frame: Frame, speed: number) => void} outside.onFrame
 * @param {(id: string) => Promise<void>} outside.between  periodic work
 * @param {() => number} [outside.speed]  the chosen one, steps per second
 * @param {() => boolean} [outside.hidden]  whether nobody sees the page
 * @param {() => number} [outside.now]  a clock, milliseconds
 * @param {(ms: number) => Promise<unknown>} [outside.sleep]
 */
export function createPlayer(outside) {
  const { advance, onFrame, between, speed = () => MAX, hidden = () => false } = outside;
  const { now = () => performance.now(), sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms)) } = outside;
  const schedule = createSchedule({ speed, now, hidden, sleep });
  // Each Play has its own number; a loop whose number is over stops and its frames are dropped.
  let turn = 0;
  let finishing = false;
  /** Resolves when no hold is left. @type {Promise<unknown>} */
  let held = Promise.resolve();
  /** @type {Promise<unknown>} */
  let loop = Promise.resolve();

  /** @param {Track} track @param {number} mine */
  async function run({ id, batches }, mine) {
    const pace = createPace({ batches, now, speed });
    // Pressing Play resumes a run that stopped automatically.
    let go_on = true;
    let isMeasured = false;
    schedule.begin();
    while ((await isTurnOf(mine)) && !finishing) {
      const steps = Math.min(pace.steps(), schedule.due());
      if (steps === 0) {
        await schedule.wait();
        continue;
      }
      const frame = await slice(id, mine, pace, { steps, metrics: pace.metricsDue(), go_on });
      if (frame.ended) return mine === turn;
      isMeasured = isMeasuredAtItsStep(frame);
      go_on = false;
      if (mine === turn) await between(id);
    }
    // Train one more step to measure the whole data set at the step on screen, unless that is slow or is done.
    if ((await isTurnOf(mine)) && !isMeasured && pace.metricsAreCheap())
      await slice(id, mine, pace, { steps: 1, metrics: true, go_on: false });
    return false;
  }

  /** Wait until no hold is left; resolves to whether this Play continues. @param {number} mine */
  async function isTurnOf(mine) {
    for (let before; before !== held; ) {
      before = held;
      await before;
    }
    return mine === turn;
  }

  /**
   * @param {string} id
   * @param {number} mine
   * @param {ReturnType<typeof createPace>} pace
   * @param {{steps: number, metrics: boolean, go_on: boolean}} slice
   */
  async function slice(id, mine, pace, slice) {
    const asked = now();
    const frame = await advance({ id, max_ms: MAX_SLICE, ...slice });
    if (mine !== turn) return frame;
    pace.learn(frame, slice.metrics, now() - asked);
    schedule.made(frame.slice_steps);
    onFrame(frame, pace.speed());
    return frame;
  }

  return {
    /** @param {Track} track @returns {Promise<boolean>} whether every run stopped automatically */
    play(track) {
      finishing = false;
      const started = run(track, ++turn);
      loop = started.catch(() => {});
      return started;
    },
    /** End after the slice in progress. */
    finish() {
      finishing = true;
      schedule.wake();
      return loop;
    },
    /** Pause requests until the returned function is called. */
    hold() {
      /** @type {(value: unknown) => void} */
      let release = () => {};
      const released = new Promise((resolve) => {
        release = resolve;
      });
      const others = held;
      held = released.then(() => others);
      return () => release(null);
    },
    /** End now; the slice in progress is trained, but not shown. */
    stop() {
      turn++;
      schedule.wake();
    },
    /** The speed has changed: look at once whether a step is due. */
    wake: schedule.wake,
  };
}

/** Whether the whole data set is measured at the step of a frame. @param {Frame} frame */
const isMeasuredAtItsStep = ({ metrics, step }) => Boolean(metrics) && metrics?.step === step;
