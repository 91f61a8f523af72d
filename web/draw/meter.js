/**
 * How much of what it is to show a colour scale hides, and which one change would show most of it.
 *
 * Of the cells that are finite and not zero, those are hidden that have the colour of zero: they lie less than one colour step from it. A
 * plain palette hides alike what cannot be told from zero, or from the end that is nearest to zero. Clipped are those beyond the ends.
 */

import { parted } from "./color_scale.js";
import { entry, isBeyond } from "./scale.js";

/** @typedef {import("../api.d.ts").Column} Column */
/** @typedef {import("../api.d.ts").Tensor} Tensor */
/** @typedef {import("./color_scale.js").ColorScale} ColorScale */
/** @typedef {import("./color_scale.js").Part} Part */
/** @typedef {import("./scale.js").Norm} Norm */
/** Shares of the cells that are finite and not zero. @typedef {{hidden: number, clipped: number}} Meter */

/** Fewer hidden cells than this need no remedy, and one that leaves more than that share of them is none. */
const TOLERATED = 0.05;
const WORTHWHILE = 0.75;
/** Numbers of a tensor by which remedies are judged. */
const SAMPLE = 2048;

/** @type {Record<import("./color_scale.js").Scope, import("./color_scale.js").Scope[]>} */
const NARROWER = { column: ["layer", "tensor"], layer: ["tensor"], tensor: [] };

/** @param {Column} column @param {(name: string) => Part} parts of that column @returns {Meter} */
export function meter({ tensors }, parts) {
  const sum = { cells: 0, hidden: 0, clipped: 0 };
  for (const { name, data } of tensors) count(data, parts(name).norm, sum);
  return { hidden: sum.hidden / sum.cells || 0, clipped: sum.clipped / sum.cells || 0 };
}

/** @param {Float32Array} values @param {Norm} norm @param {{cells: number, hidden: number, clipped: number}} sum */
function count(values, norm, sum) {
  const isHidden = likeZero(norm);
  const { low, high } = norm;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === 0 || !Number.isFinite(value)) continue;
    sum.cells++;
    if (value < low || value > high) sum.clipped++;
    else if (isHidden(value)) sum.hidden++;
  }
}

/** Whether a cell can be told from zero, and from what lies farther out. @param {Norm} norm @param {number} value @returns {"seen" | "hidden" | "clipped"} */
export function sightOf(norm, value) {
  if (value === 0 || !Number.isFinite(value)) return "seen";
  if (isBeyond(norm, value)) return "clipped";
  return likeZero(norm)(value) ? "hidden" : "seen";
}

/** Whether a value that is on the scale has the colour of zero: `entry` of scale.js, without a search. @param {Norm} norm @returns {(value: number) => boolean} */
function likeZero(norm) {
  const zero = entry(norm, 0);
  const { offset, gain, steps } = norm;
  if (!steps) return (value) => Math.floor(offset + gain * value) === zero;
  const [from, to] = [steps.bounds[zero], steps.bounds[zero + 1]];
  return (value) => !(value < from || value >= to); // there is no bound before the first entry, nor after the last
}

/**
 * Four scales are tried, so of large tensors a sample has to do.
 * @param {Column} column @param {ColorScale} chosen @param {boolean} diverging @param {Meter} now
 * @returns {Partial<ColorScale> | null} the one change that leaves the fewest cells hidden; the first of equals
 */
export function remedy(column, chosen, diverging, now) {
  if (now.hidden < TOLERATED) return null;
  /** @type {Partial<ColorScale> | null} */
  let best = null;
  let least = WORTHWHILE * now.hidden;
  const sample = { ...column, tensors: column.tensors.map(sampled) };
  for (const change of changes(chosen)) {
    const { hidden } = meter(sample, parted(sample, { ...chosen, ...change }, diverging));
    if (hidden >= least) continue;
    best = change;
    least = hidden;
  }
  return best;
}

/** Every so manieth number, and the two that a scale ends at. @param {Tensor} tensor @returns {Tensor} */
function sampled(tensor) {
  const { data } = tensor;
  if (data.length <= SAMPLE) return tensor;
  // An odd stride comes by all columns of a matrix, of which there is often an even number.
  const stride = Math.ceil(data.length / SAMPLE) | 1;
  const count = Math.ceil(data.length / stride);
  const sample = new Float32Array(count + 2);
  for (let i = 0; i < count; i++) sample[i] = data[i * stride];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < data.length; i++) {
    if (data[i] < low && data[i] !== Number.NEGATIVE_INFINITY) low = data[i];
    if (data[i] > high && data[i] !== Number.POSITIVE_INFINITY) high = data[i];
  }
  sample.set([low, high], count);
  return { ...tensor, data: sample };
}

/** What shows more than a scale does now. @param {ColorScale} chosen @returns {Partial<ColorScale>[]} */
function changes({ scope, transform, clip }) {
  return [
    ...(transform === "linear" ? [/** @type {const} */ ({ transform: "symlog" })] : []),
    ...(clip ? [] : [{ clip: true }]),
    ...NARROWER[scope].map((narrower) => ({ scope: narrower })),
  ];
}
