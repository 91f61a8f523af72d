/**
 * Play: slice after slice of training, until it is stopped.
 *
 * It pulls: a slice is requested after the answer to the last one, so that pausing is not requesting another. It never waits
 * for drawing, and continues in a hidden tab.
 */

import { createCosts } from "../ui/throttle.js";

/** @import { Frame } from "../api.d.ts" */
/** The run to train, and its number of batches. @typedef {{id: string, batches: number}} Track */

/** Milliseconds that a slice should take: about a frame of the screen. */
const SLICE = 16;
/** A slice ends after this even if its guess was wrong, so that Pause is answered in time. */
const MAX_SLICE = 50;
/** Maximum number of steps in a slice. */
const MAX_STEPS = 100_000;
/** Steps per second are counted over at least this time, milliseconds: a browser's clock may stand still for 100. */
const COUNTED = 250;
/** Measuring the whole data set may take this share of the time, and comes at most this often. */
const METRICS_SHARE = 0.05;
const METRICS_EVERY = 250;

/**
 * @param {object} outside
 * @param {(params: {id: string, steps: number, max_ms: number, metrics: boolean, go_on: boolean}) => Promise<Frame>} outside.advance
 * @param {(frame: Frame, speed: number) => void} outside.onFrame
 * @param {(id: string) => Promise<void>} outside.between  periodic work
 * @param {() => number} [outside.now]  a clock, milliseconds
 */
export function createPlayer({ advance, onFrame, between, now = () => performance.now() }) {
  // Each Play has its own number; a loop whose number is over stops and its frames are dropped.
  let turn = 0;
  let finishing = false;
  /** Resolves when no hold is left. @type {Promise<unknown>} */
  let held = Promise.resolve();
  /** @type {Promise<unknown>} */
  let loop = Promise.resolve();

  /** @param {Track} track @param {number} mine */
  async function run({ id, batches }, mine) {
    const pace = createPace(batches, now);
    // Pressing Play resumes a run that stopped automatically.
    let go_on = true;
    while ((await isTurnOf(mine)) && !finishing) {
      const { ended } = await slice(id, mine, pace, { steps: pace.steps(), metrics: pace.metricsDue(), go_on });
      if (ended) return mine === turn;
      go_on = false;
      if (mine === turn) await between(id);
    }
    // Train one more step to measure the whole data set at the step on screen, unless that is slow.
    if ((await isTurnOf(mine)) && pace.metricsAreCheap())
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
    },
  };
}

/**
 * Steps per slice, speed, and the schedule of measurements of the whole data set.
 * @param {number} batches
 * @param {() => number} now  a clock, milliseconds
 */
function createPace(batches, now) {
  let steps = 10;
  let speed = 0;
  /** Steps counted since `since`. */
  let [counted, since] = [0, now()];
  let metricsTime = since;
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

  /** @param {number} done  steps */
  function learnSpeed(done) {
    counted += done;
    const passed = now() - since;
    if (passed < COUNTED) return;
    speed = (1000 * counted) / passed;
    [counted, since] = [0, now()];
  }

  return {
    steps: () => steps,
    /** Steps per second; 0 before enough time has passed. */
    speed: () => speed,
    metricsDue: () => spent === null && now() - metricsTime > Math.max(METRICS_EVERY, metricsCost() / METRICS_SHARE),
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
      learnSpeed(done);
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
