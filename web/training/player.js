/**
 * Play: slice after slice of training, until it is stopped.
 *
 * It pulls: pausing is not requesting another slice. As fast as it can, slices are requested ahead: Python has the next one while
 * the page unpacks and draws the last, and waits for neither. Play continues in a hidden tab. At a chosen speed a slice holds the
 * steps that are due; the results are the same.
 */

import { createPace, MAX_SLICE } from "./pace.js";
import { createSchedule } from "./schedule.js";
import { MAX } from "./speed.js";

/** @import { Frame } from "../api.d.ts" */
/** @typedef {ReturnType<typeof createPace>} Pace */
/** The run to train, and its number of batches. @typedef {{id: string, batches: number}} Track */
/** Settings of a slice. @typedef {{steps: number, metrics: boolean, go_on: boolean}} Slice */
/**
 * One Play: its run, its number and its pace. `queue`: slices that are requested and not dealt with, the oldest first; `measures`:
 * whether one that is not answered measures the whole data set; `resumes`: whether the first is not requested.
 * @typedef {object} Turn
 * @property {string} id
 * @property {number} turn
 * @property {Pace} pace
 * @property {Promise<Frame>[]} queue
 * @property {boolean} measures
 * @property {boolean} resumes
 */
/**
 * @typedef {object} Outside
 * @property {(params: {id: string, steps: number, max_ms: number, metrics: boolean, go_on: boolean}) => Promise<Frame>} advance
 * @property {(frame: Frame, speed: number) => void} onFrame
 * @property {(id: string) => Promise<void>} between  periodic work
 * @property {() => number} speed  the chosen one, steps per second
 * @property {() => boolean} hidden  whether nobody sees the page
 * @property {() => number} now  a clock, milliseconds
 * @property {(ms: number) => Promise<unknown>} sleep
 */

/** @type {Pick<Outside, "speed" | "hidden" | "now" | "sleep">} */
const USUAL = {
  speed: () => MAX,
  hidden: () => false,
  now: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** Slices that Python has before it if they are requested ahead. Pause waits for all of them. */
const AHEAD = 2;

export class Player {
  #outside;
  #schedule;
  /** Each Play has its own number; a loop whose number is over stops and its frames are dropped. */
  #turn = 0;
  #finishing = false;
  /** Time of the latest answer. */
  #latest = 0;
  /** Resolves when no hold is left. @type {Promise<unknown>} */
  #held = Promise.resolve();
  /** Holds that are left. */
  #holds = 0;
  /** @type {Promise<unknown>} */
  #loop = Promise.resolve();

  /** @param {Omit<Outside, keyof typeof USUAL> & Partial<Outside>} outside */
  constructor(outside) {
    this.#outside = { ...USUAL, ...outside };
    this.#schedule = createSchedule(this.#outside);
  }

  /** @param {Track} track @returns {Promise<boolean>} whether every run stopped automatically */
  play(track) {
    this.#finishing = false;
    const started = this.#run(track);
    this.#loop = started.catch(() => {});
    return started;
  }

  /** End after the slices in progress. */
  finish() {
    this.#finishing = true;
    this.#schedule.wake();
    return this.#loop;
  }

  /** Pause requests until the returned function is called. */
  hold() {
    /** @type {(value: unknown) => void} */
    let release = () => {};
    const released = new Promise((resolve) => {
      release = resolve;
    });
    const others = this.#held;
    this.#holds++;
    this.#held = released.then(() => this.#holds--).then(() => others);
    return () => release(null);
  }

  /** End now; the slices in progress are trained, but not shown. */
  stop() {
    this.#turn++;
    this.#schedule.wake();
  }

  /** The speed has changed: look at once whether a step is due. */
  wake() {
    this.#schedule.wake();
  }

  /** @param {Track} track */
  async #run({ id, batches }) {
    const { now, speed } = this.#outside;
    const pace = createPace({ batches, now, speed });
    /** @type {Turn} */
    const mine = { id, turn: ++this.#turn, pace, queue: [], measures: false, resumes: true };
    this.#schedule.begin();
    const last = await this.#train(mine);
    if (last?.ended) return mine.turn === this.#turn;
    // Train one more step to measure the whole data set at the step on screen, unless that is slow or is done.
    if ((await this.#isTurnOf(mine)) && !isMeasuredAtItsStep(last) && pace.metricsAreCheap())
      await this.#slice(mine, { steps: 1, metrics: true, go_on: false });
    return false;
  }

  /** Train until Play ends; return the last frame. @param {Turn} mine */
  async #train(mine) {
    /** @type {Frame | null} */
    let last = null;
    while ((await this.#isTurnOf(mine)) && !this.#finishing) {
      if (mine.queue.length === 0) this.#request(mine);
      this.#requestAhead(mine);
      const slice = mine.queue.shift();
      if (!slice) {
        await this.#schedule.wait();
        continue;
      }
      last = await slice;
      if (last.ended) return last;
      if (mine.turn === this.#turn) await this.#outside.between(mine.id);
    }
    for (const slice of mine.queue) last = await slice;
    return last;
  }

  /** Wait until no hold is left; resolves to whether this Play continues. @param {Turn} mine */
  async #isTurnOf(mine) {
    for (let before; before !== this.#held; ) {
      before = this.#held;
      await before;
    }
    return mine.turn === this.#turn;
  }

  /** Request as many slices as Python may have before it. @param {Turn} mine */
  #requestAhead(mine) {
    if (mine.turn !== this.#turn || this.#finishing || this.#holds > 0) return;
    while (mine.queue.length < AHEAD && !mine.measures && mine.pace.mayAskAhead()) this.#request(mine);
  }

  /** Request the next slice, unless no step is due. @param {Turn} mine */
  #request(mine) {
    const steps = Math.min(mine.pace.steps(), this.#schedule.due());
    if (steps === 0) return;
    // Pressing Play resumes a run that stopped automatically.
    const slice = this.#slice(mine, { steps, metrics: mine.pace.metricsDue(), go_on: mine.resumes });
    slice.catch(() => {}); // of a slice ahead: the failure of the one before is reported
    mine.resumes = false;
    mine.queue.push(slice);
  }

  /**
   * Show the answer when it comes, in the order of requests: calls between two slices are answered after it.
   * @param {Turn} mine
   * @param {Slice} slice
   */
  async #slice(mine, slice) {
    const { advance, onFrame, now } = this.#outside;
    const { id, turn, pace } = mine;
    const asked = now();
    mine.measures ||= slice.metrics;
    const frame = await advance({ id, max_ms: MAX_SLICE, ...slice });
    if (slice.metrics) mine.measures = false;
    if (turn !== this.#turn) return frame;
    // Requested ahead, it waited for the one before.
    pace.learn(frame, slice.metrics, now() - Math.max(asked, this.#latest));
    this.#latest = now();
    this.#schedule.made(frame.slice_steps);
    if (!frame.ended) this.#requestAhead(mine); // before this one is unpacked
    onFrame(frame, pace.speed());
    return frame;
  }
}

/** Whether the whole data set is measured at the step of a frame. @param {Frame | null} frame */
const isMeasuredAtItsStep = (frame) => Boolean(frame?.metrics) && frame?.metrics?.step === frame?.step;
