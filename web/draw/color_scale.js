/**
 * How a column's numbers become colours, as the reader chooses: which numbers share a scale, whether it is linear, and where it ends.
 * The default is one scale for all of a column, linear, out to its largest magnitude.
 */

import { quantiles } from "./quantiles.js";
import { norm } from "./scale.js";
import { linearThreshold } from "./symlog.js";
import { parts } from "./tensor.js";

/** @typedef {import("../api.d.ts").Column} Column */
/** @typedef {import("../api.d.ts").Tensor} Tensor */
/** @typedef {import("../api.d.ts").Scale} Scale */
/** @typedef {import("./scale.js").Norm} Norm */
/** @typedef {"forward" | "backward"} Side one of the two columns of the page */
/** @typedef {Side | import("../api.d.ts").StateVector | "changes" | "lens"} Subject what has a scale that is chosen by itself */
/** @typedef {"column" | "layer" | "tensor"} Scope what has a scale of its own */
/** @typedef {{scope: Scope, transform: "linear" | "symlog", clip: boolean}} ColorScale `clip`: to the middle 96% of the numbers */
/**
 * Some of a column's tensors on one scale.
 * @typedef {object} Part
 * @property {number} min lowest number that it tells apart; NaN where there is none
 * @property {number} max the highest
 * @property {boolean} clipped whether there are numbers beyond these
 * @property {Norm} norm
 */

/** @type {Readonly<ColorScale>} */
const PLAIN = { scope: "column", transform: "linear", clip: false };
/** What is chosen at first. In the lens there is one tensor only. @type {Readonly<Record<Subject, ColorScale>>} */
export const USUAL = {
  forward: PLAIN,
  backward: PLAIN,
  velocity: PLAIN,
  first_moment: PLAIN,
  second_moment: PLAIN,
  changes: PLAIN,
  lens: { ...PLAIN, scope: "tensor" },
};
/** Where a clipped scale ends: quantiles. */
const CLIPPED = [0.02, 0.98];

/** What the tensors that share a scale have in common: the place that they belong to, their name, or nothing. @type {Record<Scope, (name: string) => string>} */
const KEYS = { column: () => "", layer: (name) => parts(name).place, tensor: (name) => name };

/**
 * @param {Column} column @param {ColorScale} chosen @param {boolean} diverging whether the palette has a middle, for zero
 * @returns {(name: string) => Part} of each of its tensors
 */
export function parted({ tensors, scale }, chosen, diverging) {
  /** @type {Map<string, Float32Array[]>} */
  const lists = new Map();
  const keyOf = KEYS[chosen.scope];
  for (const { name, data } of tensors) lists.set(keyOf(name), [...(lists.get(keyOf(name)) ?? []), data]);
  const known = lists.size === 1 ? scale : null;
  const parts = new Map([...lists].map(([key, data]) => [key, part(data, chosen, diverging, known)]));
  return (name) => /** @type {Part} */ (parts.get(keyOf(name)));
}

/** @param {Float32Array[]} lists @param {ColorScale} chosen @param {boolean} diverging @param {Scale | null} known what need not be counted again @returns {Part} */
function part(lists, { transform, clip }, diverging, known) {
  const bent = transform === "symlog";
  const { min, max, clipped, p25, p75 } = known && !clip ? { ...known, clipped: false } : spread(lists, clip, bent);
  const reach = Math.max(Math.abs(min), Math.abs(max));
  const threshold = bent ? linearThreshold({ p25, p75 }, reach) : 0;
  return { min, max, clipped, norm: norm({ min, max }, diverging, threshold) };
}

/**
 * @param {Float32Array[]} lists @param {boolean} clip @param {boolean} bent whether quartiles are wanted too
 * @returns {{min: number, max: number, clipped: boolean, p25: number, p75: number}}
 */
function spread(lists, clip, bent) {
  const shares = [0, 1, ...(clip ? CLIPPED : [0, 1]), ...(bent ? [0.25, 0.75] : [])];
  const [lowest, highest, low, high, p25, p75] = quantiles(lists, shares);
  // Where nearly all numbers are one and the same, usually zero, the others are all there is to see.
  const [min, max] = low < high ? [low, high] : [lowest, highest];
  return { min, max, clipped: min > lowest || max < highest, p25, p75 };
}
