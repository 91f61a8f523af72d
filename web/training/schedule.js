/**
 * The moments at which steps are due at a chosen speed.
 *
 * A late step is made up for, but never in a burst that one could not follow: while the page is seen, a slow speed owes at most one
 * step. In a hidden tab timers come once a second or once a minute, and nothing is drawn: there all that is due is made at once.
 */

import { DRAWN_SPEED, MAX } from "./speed.js";

/** Longest delay that is made up for, milliseconds: at a fast speed, and in a hidden tab. */
const LATE = 250;
const LATE_HIDDEN = 61_000;
/** Steps that are drawn one by one keep this share of their distance. */
const APART = 0.5;
/** Rounding is no delay: milliseconds. */
const EXACT = 1e-6;

/**
 * @param {object} outside
 * @param {() => number} outside.speed  steps per second; Infinity without a limit
 * @param {() => number} outside.now    a clock, milliseconds
 * @param {() => boolean} outside.hidden  whether nobody sees the page
 * @param {(ms: number) => Promise<unknown>} outside.sleep
 */
export function createSchedule({ speed, now, hidden, sleep }) {
  /** The moment for which the last step was due, and that at which it was made. */
  let [last, made] = [0, 0];
  let wake = () => {};

  const interval = () => 1000 / speed();
  const isStepwise = () => speed() <= DRAWN_SPEED && !hidden();

  /** Milliseconds until a step is due; 0 or less if one is. */
  function rest() {
    const apart = isStepwise() ? made + APART * interval() : 0;
    return Math.max(last + interval(), apart) - now();
  }

  return {
    /** Play begins: the first step is due at once. */
    begin() {
      last = now() - interval();
      made = last;
    },

    /** Number of steps that are due. */
    due() {
      if (speed() === MAX) return MAX;
      if (rest() > EXACT) return 0;
      return isStepwise() ? 1 : Math.max(1, Math.floor((now() - last + EXACT) / interval()));
    },

    /** @param {number} steps  number of steps that were made */
    made(steps) {
      if (steps === 0) return;
      made = now();
      const late = hidden() ? LATE_HIDDEN : isStepwise() ? interval() : LATE;
      last = speed() === MAX ? made : Math.max(last + steps * interval(), made - late);
    },

    /** Wait until a step is due, or for `wake`. */
    async wait() {
      const woken = new Promise((resolve) => {
        wake = () => resolve(undefined);
      });
      await Promise.race([sleep(Math.max(0, rest())), woken]);
    },

    /** Look again at once: Play has ended, or has another speed. */
    wake: () => wake(),
  };
}
