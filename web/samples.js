/** The samples of the data set that is on screen, by index, fetched as they are needed. */

/** @typedef {import("./rpc.js").Client["call"]} Call */
/** @typedef {import("./api.d.ts").Sample} Sample */

/** A data set up to this size is fetched whole: then every batch of a running training can be named. */
const WHOLE = 2000;
/** Of a larger one, the samples of a batch are fetched singly, if they are not more than this. */
const SINGLY = 64;
export const PAGE = 50;

/** @param {Call} call */
export function createSamples(call) {
  /** @type {Map<number, Sample>} */
  let known = new Map();

  const fetch = async (/** @type {number} */ start, /** @type {number} */ count) => {
    const samples = await call("inspect_samples", { start, count });
    for (const sample of samples) known.set(sample.index, sample);
    return samples;
  };

  return {
    /** Another data set: forget, and fetch a small one whole. @param {number} size */
    async open(size) {
      known = new Map();
      const samples = await fetch(0, size <= WHOLE ? size : PAGE);
      return samples.slice(0, PAGE);
    },
    /** @param {number} start */
    page: (start) => fetch(start, PAGE),
    /** The samples of a batch in its order, or none where one of them is not known. @param {Int32Array} batch */
    of(batch) {
      const samples = Array.from(batch, (index) => known.get(index));
      return samples.every((sample) => sample !== undefined) ? /** @type {Sample[]} */ (samples) : [];
    },
    /** Make sure that `of(batch)` knows them. @param {Int32Array} batch */
    async learn(batch) {
      const missing = [...batch].filter((index) => !known.has(index));
      if (missing.length <= SINGLY) await Promise.all(missing.map((index) => fetch(index, 1)));
    },
  };
}
