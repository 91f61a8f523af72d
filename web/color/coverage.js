/**
 * Coverage of a colour scale: the share of cells that it hides, and the change that would show most.
 *
 * Of the finite, nonzero cells, those with the colour of zero are hidden (less than one colour step from it; in a sequential palette,
 * from the end nearest to zero), and those beyond the ends are clipped.
 */

import { parted } from "./column_scale.js";
import { entry, isBeyond } from "./scale.js";

/** @import { Column, Numbers, Tensor } from "../api.d.ts" */
/** @import { ColorScale, Moving, Part, Scope } from "./column_scale.js" */
/** @import { Norm } from "./scale.js" */
/** Shares of the cells that are finite and not zero. @typedef {{hidden: number, clipped: number}} Coverage */

/** Minimum share of hidden cells for a suggestion, and maximum share of them that it may leave hidden. */
const TOLERATED = 0.05;
const WORTHWHILE = 0.75;
/** Sample size of a tensor for comparing suggestions, and while training plays. */
const SAMPLE = 2048;

/** @type {Record<Scope, Scope[]>} */
const NARROWER = { column: ["layer", "tensor"], layer: ["tensor"], tensor: [] };

/**
 * While training plays, of a sample of large tensors; else exact.
 * @param {Moving} column
 * @param {(name: string) => Part} parts of that column
 * @returns {Coverage}
 */
export function coverage({ tensors, steady }, parts) {
  const sum = { cells: 0, hidden: 0, clipped: 0 };
  for (const { name, data } of tensors) count(data, parts(name).norm, sum, steady ? strideOf(data) : 1);
  return { hidden: sum.hidden / sum.cells || 0, clipped: sum.clipped / sum.cells || 0 };
}

/** Distance of sampled values. An odd one visits all columns of a matrix, whose number is often even. @param {Numbers} data */
const strideOf = (data) => (data.length <= SAMPLE ? 1 : Math.ceil(data.length / SAMPLE) | 1);

/**
 * @param {Numbers} values
 * @param {Norm} norm
 * @param {{cells: number, hidden: number, clipped: number}} sum
 * @param {number} stride the number of values that each one stands for
 */
function count(values, norm, sum, stride) {
  const isHidden = likeZero(norm);
  const { low, high } = norm;
  for (let i = 0; i < values.length; i += stride) {
    const value = values[i];
    if (value === 0 || !Number.isFinite(value)) continue;
    sum.cells += stride;
    if (value < low || value > high) sum.clipped += stride;
    else if (isHidden(value)) sum.hidden += stride;
  }
}

/** Whether a cell is distinguishable from zero and within the scale. @param {Norm} norm @param {number} value @returns {"seen" | "hidden" | "clipped"} */
export function visibilityOf(norm, value) {
  if (value === 0 || !Number.isFinite(value)) return "seen";
  if (isBeyond(norm, value)) return "clipped";
  return likeZero(norm)(value) ? "hidden" : "seen";
}

/** Whether a value that is on the scale has the colour of zero: `entry` of scale.js, without a search. @param {Norm} norm @returns {(value: number) => boolean} */
function likeZero(norm) {
  const zero = entry(norm, 0);
  const { unit, offset, gain, steps } = norm;
  if (!steps) return (value) => Math.floor(offset + gain * (unit * value)) === zero;
  const [from, to] = [steps.bounds[zero], steps.bounds[zero + 1]];
  return (value) => !(value < from || value >= to); // there is no bound before the first entry, nor after the last
}

/**
 * Suggest a change, based on a sample of large tensors because four scales are tried.
 * @param {Column} column
 * @param {ColorScale} chosen
 * @param {boolean} diverging
 * @param {Coverage} now
 * @returns {Partial<ColorScale> | null} the one change that leaves the fewest cells hidden; the first of equals
 */
export function suggestion(column, chosen, diverging, now) {
  if (now.hidden < TOLERATED) return null;
  /** @type {Partial<ColorScale> | null} */
  let best = null;
  let least = WORTHWHILE * now.hidden;
  const sample = { scale: column.scale, tensors: column.tensors.map(sampled) };
  for (const change of changes(chosen)) {
    const { hidden } = coverage(sample, parted(sample, { ...chosen, ...change }, diverging));
    if (hidden >= least) continue;
    best = change;
    least = hidden;
  }
  return best;
}

/** Sample a tensor: every n-th value, and its extremes. @param {Tensor} tensor @returns {Tensor} */
function sampled(tensor) {
  const { data } = tensor;
  if (data.length <= SAMPLE) return tensor;
  const stride = strideOf(data);
  const count = Math.ceil(data.length / stride);
  const sample = data instanceof Float64Array ? new Float64Array(count + 2) : new Float32Array(count + 2);
  for (let i = 0; i < count; i++) sample[i] = data[i * stride];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < data.length; i++) {
    if (data[i] < low && data[i] !== Number.NEGATIVE_INFINITY) low = data[i];
    if (data[i] > high && data[i] !== Number.POSITIVE_INFINITY) high = data[i];
  }
  sample.set([low, high], count);
  return { ...tensor, data: sample };
}

/** Changes that show more than the current scale. @param {ColorScale} chosen @returns {Partial<ColorScale>[]} */
function changes({ scope, transform, clip }) {
  return [
    ...(transform === "linear" ? [/** @type {const} */ ({ transform: "symlog" })] : []),
    ...(clip ? [] : [{ clip: true }]),
    ...NARROWER[scope].map((narrower) => ({ scope: narrower })),
  ];
}
