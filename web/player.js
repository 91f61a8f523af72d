/**
 * Play: slice after slice of training, until somebody says stop.
 *
 * It pulls: a slice is asked for when the last one has been answered, so to pause is not to ask again. It never waits for
 * drawing, and goes on in a hidden tab.
 */

/** @typedef {import("./api.d.ts").Frame} Frame */
/** The run to be played, and how many batches its data make. @typedef {{id: string, batches: number}} Track */

/** Milliseconds that a slice should take: about a frame of the screen. */
const SLICE = 16;
/** A slice ends after this even if its guess was wrong, so that Pause is answered in time. */
const LONGEST_SLICE = 50;
/** Measuring the whole data set may take this share of the time, and comes at most this often. */
const METRICS_SHARE = 0.05;
const METRICS_EVERY = 250;

/**
 * @param {object} outside
 * @param {(params: {id: string, steps: number, max_ms: number, metrics: boolean, go_on: boolean}) => Promise<Frame>} outside.advance
 * @param {(frame: Frame, speed: number) => void} outside.onFrame
 * @param {(id: string) => Promise<void>} outside.between  what else is to be done now and then
 */
export function createPlayer({ advance, onFrame, between }) {
  // Each Play has its own number; a loop whose number is over stops and its frames are dropped.
  let turn = 0;
  let finishing = false;
  /** @type {Promise<unknown>} */
  let loop = Promise.resolve();

  /** @param {Track} track @param {number} mine */
  async function run({ id, batches }, mine) {
    const pace = createPace(batches);
    // Who presses Play lets a run go on that has stopped of itself.
    let go_on = true;
    while (mine === turn && !finishing) {
      const { slice_steps, measuring } = await slice(id, mine, pace, {
        steps: pace.steps(),
        metrics: pace.metricsDue(),
        go_on,
      });
      if (slice_steps === 0 && !measuring) return mine === turn;
      go_on = false;
      if (mine === turn) await between(id);
    }
    // One step more, and the whole data set is measured at the step on screen; where that is slow, the last measure has to do.
    if (mine === turn && pace.metricsAreCheap()) await slice(id, mine, pace, { steps: 1, metrics: true, go_on: false });
    return false;
  }

  /**
   * @param {string} id @param {number} mine @param {ReturnType<typeof createPace>} pace
   * @param {{steps: number, metrics: boolean, go_on: boolean}} slice
   * @returns {Promise<Frame>} without a step, and with nothing left to measure, when all has stopped of itself
   */
  async function slice(id, mine, pace, slice) {
    const asked = performance.now();
    const frame = await advance({ id, max_ms: LONGEST_SLICE, ...slice });
    if (mine !== turn) return frame;
    pace.learn(frame, slice.metrics, performance.now() - asked);
    onFrame(frame, pace.speed());
    return frame;
  }

  return {
    /** @param {Track} track @returns {Promise<boolean>} whether it ended of itself */
    play(track) {
      finishing = false;
      const started = run(track, ++turn);
      loop = started.catch(() => {});
      return started;
    },
    /** End after the slice under way. */
    finish() {
      finishing = true;
      return loop;
    },
    /** End now: what is under way is trained, but not shown. */
    stop() {
      turn++;
    },
  };
}

/**
 * How many steps make a slice, how fast it goes, and when the whole data set is measured again.
 * @param {number} batches
 */
function createPace(batches) {
  let steps = 10;
  let speed = 0;
  let lastTime = performance.now();
  let metricsTime = lastTime;
  /** Milliseconds. */
  let metricsCost = Number.POSITIVE_INFINITY;
  /** Milliseconds that the measurement under way has taken; null between two. @type {number | null} */
  let spent = null;

  return {
    steps: () => steps,
    speed: () => speed,
    metricsDue: () =>
      spent === null && performance.now() - metricsTime > Math.max(METRICS_EVERY, metricsCost / METRICS_SHARE),
    metricsAreCheap: () => metricsCost < LONGEST_SLICE,
    /** @param {Frame} frame @param {boolean} metrics @param {number} elapsed  milliseconds from question to answer */
    learn(frame, metrics, elapsed) {
      const now = performance.now();
      const done = frame.slice_steps;
      if (metrics) spent = Math.max(0, elapsed - frame.slice_ms);
      else if (spent !== null) spent += elapsed;
      if (spent !== null && !frame.measuring) {
        [metricsTime, metricsCost, spent] = [now, spent, null];
      }
      if (done === 0) return;
      // To measure a batch is part of a step with it. The least is nearest: what else the machine does comes on top.
      metricsCost = Math.min(metricsCost, (batches * frame.slice_ms) / done);
      const latest = (1000 * done) / Math.max(now - lastTime, 0.1);
      speed = speed === 0 ? latest : speed + 0.1 * (latest - speed);
      lastTime = now;
      // Where a frame itself is long in the making, the training in it may be as long. Never more than doubled or halved at
      // a time: one slow slice says little.
      const target = metrics ? SLICE : Math.min(LONGEST_SLICE, Math.max(SLICE, elapsed - frame.slice_ms));
      const fitting = done * Math.min(2, Math.max(0.5, target / Math.max(frame.slice_ms, 0.1)));
      steps = Math.min(100_000, Math.max(1, Math.round(fitting)));
    },
  };
}
