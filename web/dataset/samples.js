/** Samples of the dataset by index, fetched when they are needed. */

/** @typedef {Client["call"]} Call */
/** @import { Sample } from "../api.d.ts" */
/** @import { Client } from "../engine/client.js" */

/** Data sets up to this size are fetched whole, so that every batch during Play has its samples. */
const WHOLE = 2000;
/** The most samples that one call returns: MAX_ROWS in data.py. */
const ROWS = 1000;
/** Maximum number of samples of a batch that are fetched singly from a larger data set. */
const SINGLY = 64;
export const PAGE = 50;

/** @param {Call} call */
export function createSamples(call) {
  /** @type {Map<number, Sample>} */
  let known = new Map();
  /** Number of samples. The index after the last is the typed sample, another one each time. */
  let length = 0;

  async function fetch(/** @type {number} */ start, /** @type {number} */ count) {
    const starts = Array.from({ length: Math.ceil(count / ROWS) }, (_, i) => start + i * ROWS);
    const parts = starts.map((first) =>
      call("inspect_samples", { start: first, count: Math.min(ROWS, start + count - first) }),
    );
    const samples = (await Promise.all(parts)).flat();
    for (const sample of samples) known.set(sample.index, sample);
    return samples;
  }

  return {
    /** Open another data set; fetch a small one whole. @param {number} size */
    async open(size) {
      known = new Map();
      length = size;
      const samples = await fetch(0, size <= WHOLE ? size : PAGE);
      return samples.slice(0, PAGE);
    },
    /** @param {number} start */
    page: (start) => fetch(start, PAGE),
    /** Return the samples of a batch in order, or none if one is missing. @param {Int32Array} batch */
    of(batch) {
      const samples = Array.from(batch, (index) => known.get(index));
      return samples.every((sample) => sample !== undefined) ? /** @type {Sample[]} */ (samples) : [];
    },
    /** Fetch missing samples of a batch. @param {Int32Array} batch */
    async learn(batch) {
      const missing = [...batch].filter((index) => !known.has(index) || index >= length);
      if (missing.length <= SINGLY) await Promise.all(missing.map((index) => fetch(index, 1)));
    },
  };
}
