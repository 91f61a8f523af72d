/** Sentences about an explained number, for the screen and for screen readers. */

import { cellKind, cellTitle, parts } from "../tensors/names.js";
import { count, formatNumber, spoken } from "../ui/number.js";

/** @import { Explanation } from "../api.d.ts" */
/** @import { ParameterView, Shown } from "../phases/state.js" */
/** @import { Place } from "./link.js" */

/** @type {ParameterView[]} */
const FACES = ["before", "change", "after"];
/** Digits that distinguish neighbouring numbers. */
/** @type {Record<string, number>} */
const ALL_DIGITS = { float32: 9, float64: 17 };

/** Position of a cell, counted from 1. @param {{row: number, col: number}} place @returns {string} "row 4 column 8" */
export const placeWords = ({ row, col }) => `row ${row + 1} column ${col + 1}`;

/** @param {Place} place @param {number} layers @returns {string} "Layer 2 weight gradient, row 4 column 8" */
export function cellName(place, layers) {
  const title = cellTitle(place.tensor, layers);
  const where = place.tensor === "loss" ? "" : `, ${placeWords(place)}`;
  return `${title[0].toUpperCase()}${title.slice(1)}${where}`;
}

/** A cell as shown: `value` is null if not computed yet; `why` not; `isChange`: the change of the last update; `isDifference`: from the numeric gradient. @typedef {Place & {value: number | null, isChange?: boolean, isDifference?: boolean, why?: string}} Valued */

/** @param {Valued} cell @param {number} layers @returns {string} "layer 2 weight gradient, row 4 column 8, minus 0.0142" */
export const spokenCell = ({ value, isChange, isDifference, why, ...place }, layers) =>
  `${cellTitle(place.tensor, layers)}, ${placeWords(place)}, ${isChange ? "changed by " : isDifference ? "differs by " : ""}${spokenValue(value, why)}`;

/** @param {number | null} value @param {string} [why] */
const spokenValue = (value, why = "not computed yet") => (value === null ? why : spoken(value, 3));

/** Describe the partner of a cell: its gradient, or the value it is the gradient of. @param {Valued} cell @param {number} layers @returns {string} "its weight, 0.31" */
export const spokenPartner = ({ tensor, value }, layers) =>
  `its ${parts(tensor).gradient ? "gradient" : cellKind(tensor, layers)}, ${spokenValue(value)}`;

/** Describe the update of a parameter. @param {NonNullable<Shown["update"]>} update @param {number} i @returns {string} "before 0.31, change 0.01, after 0.32" */
export const spokenUpdate = (update, i) => FACES.map((face) => `${face} ${spoken(update[face][i], 3)}`).join(", ");

/** Describe how well the sum agrees with the number. @param {Explanation} answer @returns {string} */
export function verdict({ cell, sum, difference, bound, dtype }) {
  if (!Number.isFinite(difference)) return "Numbers that are not finite cannot be compared.";
  const rounded = dtype === "float32" ? Math.fround(sum) : sum;
  if (rounded === cell.value) return `Equal to the number on the page, to the last digit of ${dtype}.`;
  const off = `The number on the page is ${formatNumber(cell.value, ALL_DIGITS[dtype])}: it differs by ${formatNumber(Math.abs(difference), 2)}.`;
  if (Math.abs(difference) > bound) return `${off} Rounding does not explain that.`;
  return `${off} That is rounding: ${dtype} may be off by up to ${formatNumber(bound, 2)} here.`;
}

/** @param {Explanation} answer @returns {string} "10 samples", "32 inputs and the bias", … */
export function summed({ over, count: terms }) {
  if (terms === 1) return "One product";
  return over ? `Sum of ${count(terms)} products` : `Sum of ${count(terms)} parts`;
}
