/** Speeds of Play: 1, 5, 20 or 100 steps a second, or as fast as it can. */

import { positive } from "../ui/format.js";
import { count } from "../ui/number.js";
import { remember, remembered } from "../ui/preferences.js";

/** Steps per second; Infinity is Max, as fast as it can. @type {readonly number[]} */
export const SPEEDS = [1, 5, 20, 100, Number.POSITIVE_INFINITY];
export const MAX = Number.POSITIVE_INFINITY;
/** Up to this speed every step is drawn. */
export const DRAWN_SPEED = 20;
/** The very first Play of a visitor, and any Play where less motion is wanted, if nothing was chosen. */
const FIRST = 20;
const REDUCED_MOTION = 5;
/** Below this share of the chosen speed, the page says what is reached. */
const KEPT = 0.9;
const KEY = "speed";

/** "20/s", "Max" @param {number} speed */
export const speedLabel = (speed) => (speed === MAX ? "Max" : `${speed}/s`);

/** "20 steps per second" @param {number} speed */
export function speedWords(speed) {
  if (speed === MAX) return "as fast as possible";
  return speed === 1 ? "1 step per second" : `${speed} steps per second`;
}

/** The next speed above or below, or the same where there is none. @param {number} speed @param {1 | -1} direction */
export const neighbourSpeed = (speed, direction) => SPEEDS[SPEEDS.indexOf(speed) + direction] ?? speed;

/**
 * The statistic: what is reached, beside the chosen speed if the machine cannot hold that.
 * @param {number} speed  chosen @param {number | null} reached  steps per second
 * @returns {string} "784", "20", "100/s · 64 reached", "–"
 */
export function reachedWords(speed, reached) {
  if (!reached) return "–";
  const text = reached < 10 ? positive(reached, 1) : count(Math.round(reached));
  if (speed === MAX) return text;
  return reached < KEPT * speed ? `${speedLabel(speed)} · ${text} reached` : String(speed);
}

/** @param {unknown} value  as it is stored @returns {number | null} */
const parsed = (value) => SPEEDS.find((speed) => storable(speed) === value) ?? null;
/** JSON knows no Infinity. @param {number} speed */
const storable = (speed) => (speed === MAX ? "max" : speed);

/**
 * The speed to begin with, and whether the visitor has never played.
 * @param {boolean} reducedMotion
 */
export function storedSpeed(reducedMotion) {
  const { speed, played } = remembered(KEY);
  const chosen = parsed(speed);
  const isFirst = chosen === null && played !== true;
  return { speed: chosen ?? (reducedMotion ? REDUCED_MOTION : isFirst ? FIRST : MAX), isFirst };
}

/** Remember the chosen speed. @param {number} speed */
export const rememberSpeed = (speed) => remember(KEY, { ...remembered(KEY), speed: storable(speed) });

/** Remember that the visitor has played. */
export const rememberPlayed = () => remember(KEY, { ...remembered(KEY), played: true });
