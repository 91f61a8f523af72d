/**
 * Colour scales of a column, as chosen: shared by which tensors, linear or symlog, clipped or not.
 * The default is one scale for all of a column, symlog, out to its largest magnitude.
 */

import { parts } from "../tensors/names.js";
import { countNotFinite, magnitudeQuartile, quantiles } from "../tensors/quantiles.js";
import { norm } from "./scale.js";
import { roundedThreshold } from "./symlog.js";

/** @import { Column, Numbers, Scale, StateVector, Tensor } from "../api.d.ts" */
/** @import { Norm } from "./scale.js" */
/** @import { Held, Steady } from "./steady.js" */
/** @typedef {Column & {steady?: Steady}} Moving a column, and while training plays what keeps its scales steady */
/** @typedef {"forward" | "backward"} Side one of the two columns of the page */
/** @typedef {Side | StateVector | "changes" | "lens"} Subject what has a scale that is chosen by itself */
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
const BENT = { scope: "column", transform: "symlog", clip: false };
/** Default scales. The lens has one tensor only. @type {Readonly<Record<Subject, ColorScale>>} */
export const USUAL = {
  forward: BENT,
  backward: BENT,
  changes: BENT,
  lens: { ...BENT, scope: "tensor" },
};
/** Default scale of a vector of an optimizer's state. */
export const USUAL_STATE = BENT;
/** Quantiles at the ends of a clipped scale. */
const CLIPPED = [0.02, 0.98];

/** Key of the tensors that share a scale: their place, their name, or nothing. @type {Record<Scope, (name: string) => string>} */
const KEYS = { column: () => "", layer: (name) => parts(name).place, tensor: (name) => name };

/**
 * @param {Moving} column
 * @param {ColorScale} chosen
 * @param {boolean} diverging whether the palette has a middle, for zero
 * @returns {(name: string) => Part} of each of its tensors
 */
export function parted({ tensors, scale, steady = exact }, chosen, diverging) {
  /** @type {Map<string, Numbers[]>} */
  const lists = new Map();
  const keyOf = KEYS[chosen.scope];
  for (const { name, data } of tensors) lists.set(keyOf(name), [...(lists.get(keyOf(name)) ?? []), data]);
  const known = lists.size === 1 ? scale : null;
  const parts = new Map(
    [...lists].map(([key, data]) => {
      const { clipped, ...measured } = measure(data, chosen, known);
      return [key, part(steady(keyIn(chosen, key), measured), clipped, diverging)];
    }),
  );
  return (name) => /** @type {Part} */ (parts.get(keyOf(name)));
}

/** A scale is held as long as its choice. @param {ColorScale} chosen @param {string} key */
const keyIn = ({ scope, transform, clip }, key) => [scope, transform, clip, key].join();

/** Scales of numbers that stand still. @type {Steady} */
const exact = (_, { min, max, quartile }) => ({ min, max, threshold: roundedThreshold(quartile) });

/**
 * @param {Numbers[]} lists
 * @param {ColorScale} chosen
 * @param {Scale | null} known what need not be counted again
 */
function measure(lists, { transform, clip }, known) {
  const { min, max, clipped } = known && !clip ? { ...known, clipped: false } : spread(lists, clip);
  const quartile = transform === "linear" ? 0 : (known?.magnitude_p25 ?? magnitudeQuartile(lists));
  return { min, max, clipped, quartile };
}

/**
 * @param {Held} held
 * @param {boolean} clipped
 * @param {boolean} diverging
 * @returns {Part}
 */
function part({ min, max, threshold }, clipped, diverging) {
  const reach = Math.max(Math.abs(min), Math.abs(max));
  const bend = Math.min(threshold, reach) || 0;
  return { min, max, clipped, norm: norm({ min, max }, diverging, bend) };
}

/**
 * @param {Numbers[]} lists
 * @param {boolean} clip
 * @returns {{min: number, max: number, clipped: boolean}}
 */
function spread(lists, clip) {
  const [lowest, highest, low, high] = quantiles(lists, [0, 1, ...(clip ? CLIPPED : [0, 1])]);
  // If nearly all values are equal, usually zero, use the others.
  const [min, max] = low < high ? [low, high] : [lowest, highest];
  return { min, max, clipped: min > lowest || max < highest };
}

/** Some tensors put together as a column is. @param {Tensor[]} tensors @returns {Column} */
export function columnOf(tensors) {
  const lists = tensors.map(({ data }) => data);
  const [min, p25, p50, p75, max] = quantiles(lists, [0, 0.25, 0.5, 0.75, 1]);
  const [magnitude_p25, not_finite] = [magnitudeQuartile(lists), countNotFinite(lists)];
  return { tensors, scale: { min, p25, p50, p75, max, magnitude_p25, not_finite } };
}
