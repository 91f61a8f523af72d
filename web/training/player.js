/**
 * Play: slice after slice of training, until it is stopped.
 *
 * It pulls: pausing is not requesting another slice. As fast as it can, one slice is requested ahead, so that Python never waits
 * for the page to unpack and draw the last one. It never waits for drawing either, and continues in a hidden tab. At a chosen
 * speed a slice holds the steps that are due; the results are the same.
 */

import { createPace, MAX_SLICE } from "./pace.js";
import { createSchedule } from "./schedule.js";
import { MAX } from "./speed.js";

/** @import { Frame } from "../api.d.ts" */
/** @typedef {ReturnType<typeof createPace>} Pace */
/** @typedef {ReturnType<typeof createQueue>} Queue */
/** The run to train, and its number of batches. @typedef {{id: string, batches: number}} Track */
/** A slice that is requested, and whether the whole data set is measured after it. @typedef {{metrics: boolean, frame: Promise<Frame>}} Request */

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
  /** Time of the latest answer. */
  let latest = 0;
  /** Resolves when no hold is left. @type {Promise<unknown>} */
  let held = Promise.resolve();
  /** @type {Promise<unknown>} */
  let loop = Promise.resolve();

  /** @param {Track} track @param {number} mine */
  async function run({ id, batches }, mine) {
    const pace = createPace({ batches, now, speed });
    const slices = createQueue({ request: requesting(id, mine, pace), mayAskAhead: pace.mayAskAhead });
    schedule.begin();
    const last = await trained(id, mine, slices);
    if (last?.ended) return mine === turn;
    if ((await isTurnOf(mine)) && !isMeasuredAtItsStep(last)) await measured(id, mine, pace);
    return false;
  }

  /** Train until Play ends; return the last frame. @param {string} id @param {number} mine @param {Queue} slices */
  async function trained(id, mine, slices) {
    /** @type {Frame | null} */
    let last = null;
    while ((await isTurnOf(mine)) && !finishing) {
      const next = slices.next();
      if (!next) {
        await schedule.wait();
        continue;
      }
      last = await next;
      if (last.ended) return last;
      if (mine === turn) await between(id);
    }
    return (await slices.ahead()) ?? last;
  }

  /** Train one more step to measure the whole data set at the step on screen, unless that is slow. @param {string} id @param {number} mine @param {Pace} pace */
  async function measured(id, mine, pace) {
    if (pace.metricsAreCheap()) await answered(id, mine, pace, { steps: 1, metrics: true, go_on: false });
  }

  /**
   * Return a function that requests the next slice; null if no step is due.
   * @param {string} id
   * @param {number} mine
   * @param {Pace} pace
   * @returns {() => Request | null}
   */
  function requesting(id, mine, pace) {
    // Pressing Play resumes a run that stopped automatically.
    let go_on = true;
    return () => {
      const steps = Math.min(pace.steps(), schedule.due());
      if (steps === 0) return null;
      const metrics = pace.metricsDue();
      const frame = answered(id, mine, pace, { steps, metrics, go_on });
      frame.catch(() => {}); // of a slice ahead: the failure of the one before is reported
      go_on = false;
      return { metrics, frame };
    };
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
   * Show the answer when it comes, in the order of requests: calls between two slices are answered after it.
   * @param {string} id
   * @param {number} mine
   * @param {Pace} pace
   * @param {{steps: number, metrics: boolean, go_on: boolean}} slice
   */
  async function answered(id, mine, pace, slice) {
    const asked = now();
    const frame = await advance({ id, max_ms: MAX_SLICE, ...slice });
    if (mine !== turn) return frame;
    // Requested ahead, it waited for the one before.
    pace.learn(frame, slice.metrics, now() - Math.max(asked, latest));
    latest = now();
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
    /** End after the slices in progress. */
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
    /** End now; the slices in progress are trained, but not shown. */
    stop() {
      turn++;
      schedule.wake();
    },
    /** The speed has changed: look at once whether a step is due. */
    wake: schedule.wake,
  };
}

/**
 * Slices in their order, one of them requested ahead if that may be.
 * @param {{request: () => Request | null, mayAskAhead: () => boolean}} outside
 */
function createQueue({ request, mayAskAhead }) {
  /** @type {Request | null} */
  let ahead = null;
  return {
    /** The next frame, if a step is due. */
    next() {
      const slice = ahead ?? request();
      ahead = slice && !slice.metrics && mayAskAhead() ? request() : null;
      return slice?.frame;
    },
    /** The frame of the slice that is requested ahead, if any. */
    ahead: () => ahead?.frame,
  };
}

/** Whether the whole data set is measured at the step of a frame. @param {Frame | null} frame */
const isMeasuredAtItsStep = (frame) => Boolean(frame?.metrics) && frame?.metrics?.step === frame?.step;
