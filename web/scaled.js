/**
 * What has a colour scale of its own besides the two columns: what the optimizer remembers, what an update changed, and the parts of a
 * gradient by sample. Each is put together as a column is: some tensors and their quantiles. The same object has the same columns.
 */

import { quantiles } from "./draw/quantiles.js";
import { parts } from "./draw/tensor.js";

/** @typedef {import("./api.d.ts").Column} Column */
/** @typedef {import("./api.d.ts").OptimizerState} OptimizerState */
/** @typedef {import("./api.d.ts").SampleLens} SampleLens */
/** @typedef {import("./api.d.ts").Scale} Scale */
/** @typedef {import("./api.d.ts").StateVector} StateVector */
/** @typedef {import("./api.d.ts").Tensor} Tensor */
/** @typedef {NonNullable<import("./api.d.ts").Phases["changes"]>} Changes */

/**
 * @template {object} T @template R
 * @param {(object: T) => R} make @returns {(object: T) => R}
 */
function once(make) {
  /** @type {WeakMap<T, {made: R}>} */
  const known = new WeakMap();
  return (object) => {
    const found = known.get(object) ?? { made: make(object) };
    known.set(object, found);
    return found.made;
  };
}

/** @param {Tensor[]} tensors @returns {Column} */
function column(tensors) {
  const lists = tensors.map(({ data }) => data);
  const [min, p25, p50, p75, max] = quantiles(lists, [0, 0.25, 0.5, 0.75, 1]);
  return { tensors, scale: { min, p25, p50, p75, max } };
}

/** Each vector of the state is a column of its own: second moments are squares, of another size than first ones. */
export const stateColumns = once((/** @type {OptimizerState} */ { tensors, scales }) => {
  const vectors = /** @type {[StateVector, Scale][]} */ (Object.entries(scales));
  return new Map(
    vectors.map(([vector, scale]) => [
      vector,
      { tensors: tensors.filter(({ name }) => parts(name).vector === vector), scale },
    ]),
  );
});

/** Changes are so much smaller than what they change that they are a column by themselves. */
export const changesColumn = once((/** @type {Changes} */ changes) =>
  column(changes.map(({ name, change }) => ({ name, shape: [change.length], data: change }))),
);

/**
 * All of one gradient: its parts would not be seen to add up if they did not share a scale with their sum. The whole gradient stays when
 * samples are muted, so that colours stay as well.
 */
export const lensColumn = once((/** @type {SampleLens} */ { tensor, parts, gradient, left, muted }) =>
  column(
    [parts, left, ...(muted.length ? [gradient] : [])].map((data) => ({ name: tensor, shape: [data.length], data })),
  ),
);
