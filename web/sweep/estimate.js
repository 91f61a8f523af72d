/** The time that a sweep takes: from measured steps of its networks, then from its own progress. */

import { count } from "../ui/number.js";

/** A network as measured: milliseconds of a step, and of a run without its steps. @typedef {{parameters: number, step: number, run: number}} Measured */
/** @typedef {{parameters: number, steps: number}} Work */

/** Without a measurement all steps take as long. @type {Measured[]} */
const UNKNOWN = [{ parameters: 1, step: 1, run: 0 }];
/** Share of the work from which its own speed counts. */
const TELLING = 0.03;
/** Workers that the page makes at most: each has a whole Python, about 100 MB. */
const MAX_WORKERS = 8;

/** How many workers train: one for each core but one, which stays with the page. @param {number} cores @param {number} runs */
export const workersFor = (cores, runs) => Math.max(1, Math.min(cores - 1, MAX_WORKERS, runs));

/** The measured network nearest in size. @param {Measured[]} measured @param {number} parameters */
function nearest(measured, parameters) {
  const distance = (/** @type {Measured} */ each) => Math.abs(Math.log(each.parameters / parameters));
  return measured.reduce((best, each) => (distance(each) < distance(best) ? each : best));
}

/** Milliseconds of one worker for the steps of a run. @param {Measured[]} measured @param {Work} work @param {number} [done]  how many of them */
function timeOf(measured, { parameters, steps }, done = steps) {
  const { step, run } = nearest(measured, parameters);
  return done * step + (done < steps ? 0 : run);
}

/** Networks whose steps are to be measured: the smallest, the middle and the largest. @template {Work} W @param {W[]} runs @returns {W[]} */
export function samplesOf(runs) {
  const sizes = new Map(runs.map((run) => [run.parameters, run]));
  const sorted = [...sizes.values()].sort((a, b) => a.parameters - b.parameters);
  return [...new Set([0, (sorted.length - 1) >> 1, sorted.length - 1].map((i) => sorted[i]))].filter(Boolean);
}

/**
 * Seconds that a sweep takes from its start.
 * @param {Measured[]} measured
 * @param {Work[]} runs
 * @param {{workers: number, startMs: number}} pool  startMs: the time in which a worker starts
 * @returns {number | null} null if nothing has been measured
 */
export function secondsFor(measured, runs, { workers, startMs }) {
  if (measured.length === 0 || runs.length === 0) return null;
  const times = runs.map((run) => timeOf(measured, run));
  const longest = Math.max(...times);
  return (startMs + Math.max(longest, times.reduce((sum, time) => sum + time, 0) / workers)) / 1000;
}

/**
 * Seconds that are left.
 * @param {Measured[]} measured
 * @param {(Work & {step: number})[]} runs  step: updates so far; `steps` of a run that has ended
 * @param {{elapsed: number, first: number | null}} clock  seconds since the start, and those expected in all at that time
 * @returns {number | null}
 */
export function secondsLeft(measured, runs, { elapsed, first }) {
  const known = measured.length > 0 ? measured : UNKNOWN;
  const all = runs.reduce((sum, run) => sum + timeOf(known, run), 0);
  const done = runs.reduce((sum, run) => sum + timeOf(known, run, run.step), 0);
  if (done < all * TELLING) return first === null ? null : Math.max(0, first - elapsed);
  return (elapsed * (all - done)) / done;
}

/** "less than 5 s", "about 40 s", "about 1 min 30 s", "about 12 min", "about 2 h 10 min" @param {number} seconds */
export function aboutTime(seconds) {
  if (seconds < 5) return "less than 5 s";
  if (seconds < 57.5) return `about ${5 * Math.round(seconds / 5)} s`;
  const tens = Math.round(seconds / 10);
  if (tens < 60) return `about ${joined(Math.floor(tens / 6), "min", 10 * (tens % 6), "s")}`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `about ${minutes} min`;
  const rounded = 10 * Math.round(seconds / 600);
  return `about ${joined(Math.floor(rounded / 60), "h", rounded % 60, "min")}`;
}

/** "1 min", "1 min 30 s" */
const joined = (/** @type {number} */ large, /** @type {string} */ unit, /** @type {number} */ small, of = "") =>
  small === 0 ? `${count(large)} ${unit}` : `${count(large)} ${unit} ${small} ${of}`;
