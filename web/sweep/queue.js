/** The runs of a sweep that wait for a worker: each in order, and once more if its worker fails. */

/** Attempts for each run. */
const ATTEMPTS = 2;

export class Queue {
  /** @type {number[]} */
  #waiting;
  /** Failed attempts. @type {Map<number, number>} */
  #failed = new Map();

  /** @param {number} length */
  constructor(length) {
    this.#waiting = Array.from({ length }, (_, i) => i);
  }

  /** Return the next run, or undefined. */
  take = () => this.#waiting.shift();

  /** Put a run back whose worker could not start: no attempt was made. @param {number} run */
  putBack(run) {
    this.#waiting.unshift(run);
  }

  /** Note a failed attempt. @param {number} run @returns {boolean} whether there will be another one */
  fail(run) {
    const failed = (this.#failed.get(run) ?? 0) + 1;
    this.#failed.set(run, failed);
    if (failed >= ATTEMPTS) return false;
    this.#waiting.unshift(run);
    return true;
  }

  /** Empty the queue. @returns {number[]} the runs that will not be trained */
  clear() {
    const left = this.#waiting;
    this.#waiting = [];
    return left;
  }
}
