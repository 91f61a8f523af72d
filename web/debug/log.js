/** Counts for the debug panel: the last calls to Python, the last frames, and saves. */

/** @import { Method } from "../api.d.ts" */
/**
 * A call to Python that was answered; times in milliseconds since the page was opened.
 * @typedef {object} Call
 * @property {Method} method
 * @property {unknown} answer  the result, or the error
 * @property {boolean} failed
 * @property {number} start
 * @property {number} end
 */
/** A row of the panel. `steps`: of a slice of training, else null. @typedef {{method: string, ms: number, bytes: number, steps: number | null, failed: boolean}} Row */
/** Milliseconds of the last frames: mean and longest. @typedef {{count: number, mean: number, longest: number}} Frames */

export const MAX_CALLS = 50;
export const MAX_FRAMES = 60;
/** The call that reads a run in order to save it. */
const SAVE = "checkpoint";

export class Log {
  /** Newest first. @type {Row[]} */
  #calls = [];
  /** @type {number[]} */
  #frames = [];
  #saves = 0;

  /** @param {Call} call */
  addCall({ method, answer, failed, start, end }) {
    const steps = /** @type {{slice_steps?: number} | null} */ (answer)?.slice_steps ?? null;
    const row = { method, ms: end - start, bytes: failed ? 0 : sizeOf(answer), steps, failed };
    this.#calls = [row, ...this.#calls].slice(0, MAX_CALLS);
    if (method === SAVE && !failed) this.#saves += 1;
  }

  /** @param {number} ms  how long the page took to draw */
  addFrame(ms) {
    this.#frames = [ms, ...this.#frames].slice(0, MAX_FRAMES);
  }

  get calls() {
    return this.#calls;
  }

  /** Saves since the panel was opened. */
  get saves() {
    return this.#saves;
  }

  /** @returns {Frames} */
  get frames() {
    const count = this.#frames.length;
    const sum = this.#frames.reduce((total, ms) => total + ms, 0);
    return { count, mean: count ? sum / count : 0, longest: Math.max(0, ...this.#frames) };
  }
}

/** Return the bytes of an answer: those of its typed arrays, and of all else as JSON. @param {unknown} answer */
export function sizeOf(answer) {
  let arrays = 0;
  const rest = JSON.stringify(answer, (_, value) => {
    if (!ArrayBuffer.isView(value)) return value;
    arrays += value.byteLength;
    return undefined;
  });
  return arrays + new TextEncoder().encode(rest ?? "").length;
}
