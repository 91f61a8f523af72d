/** Axes of the parallel coordinates: where a value stands, and the ticks. */

import { linearTicks, logTicks } from "../ui/ticks.js";

/** @typedef {{at: number, label: string}} Tick  at: 0 at the foot, 1 at the top */
/** @typedef {{isLog: boolean, ticks: Tick[], place: (value: any) => number | null}} Axis  place: null where a value has none */

/** From this ratio of the largest to the smallest value on, distances are factors. */
const LOG_RATIO = 8;
/** Values up to this number each have a tick. */
const MAX_OWN = 7;
/** About as many ticks otherwise. */
const TICKS = 5;

/** @param {unknown} value @returns {value is number} */
export const isFiniteNumber = (value) => typeof value === "number" && Number.isFinite(value);

/**
 * @param {unknown[]} values  different ones
 * @param {(value: any) => string} words
 * @param {boolean} [own]     whether each value has a tick of its own, if they are few
 * @returns {Axis}
 */
export function axisOf(values, words, own = true) {
  const numbers = values.filter(isFiniteNumber);
  if (own && numbers.length < values.length) return named(values, words);
  if (numbers.length === 0) return { isLog: false, ticks: [], place: () => null };
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const isLog = low > 0 && high / low >= LOG_RATIO;
  const scaled = isLog ? Math.log10 : (/** @type {number} */ value) => value;
  /** @type {[number, number]} */
  const range = [scaled(low), scaled(high)];
  const share = (/** @type {number} */ value) => (high > low ? (value - range[0]) / (range[1] - range[0]) : 0.5);
  const place = (/** @type {unknown} */ value) => (isFiniteNumber(value) ? share(scaled(value)) : null);
  const isOwn = high === low || (own && numbers.length <= MAX_OWN);
  const each = isOwn ? numbers.map((value) => ({ at: scaled(value), label: words(value) })) : round(range, isLog);
  return { isLog, ticks: each.map(({ at, label }) => ({ at: share(at), label })), place };
}

/** @param {[number, number]} range @param {boolean} isLog */
const round = (range, isLog) => (isLog ? logTicks(range, TICKS) : linearTicks(range, TICKS));

/** Values that are no numbers, at equal distances. @param {unknown[]} values @param {(value: any) => string} words @returns {Axis} */
function named(values, words) {
  const keys = values.map((value) => JSON.stringify(value));
  const at = (/** @type {number} */ i) => (values.length > 1 ? i / (values.length - 1) : 0.5);
  const place = (/** @type {unknown} */ value) => {
    const i = keys.indexOf(JSON.stringify(value));
    return i < 0 ? null : at(i);
  };
  const stride = Math.ceil(values.length / MAX_OWN);
  const ticks = values.map((value, i) => ({ at: at(i), label: words(value) })).filter((_, i) => i % stride === 0);
  return { isLog: false, ticks, place };
}
