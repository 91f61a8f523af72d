/** Sentences about an explained number, for eyes and ears. */

import { count, shown, spoken } from "./draw/number.js";
import { cellKind, cellTitle, parts } from "./draw/tensor.js";

/** @typedef {import("./api.d.ts").Explanation} Explanation */
/** @typedef {import("./why_link.js").Place} Place */

/** @type {import("./phases.js").Face[]} */
const FACES = ["before", "change", "after"];
/** As many as tell two neighbouring float32 apart. */
const ALL_DIGITS = 9;

/** @param {Place} place @param {number} layers @returns {string} "Layer 2 weight gradient [3, 7]", indices as NumPy takes them */
export function cellName({ tensor, row, col }, layers) {
  const title = cellTitle(tensor, layers);
  const indices = tensor.endsWith("biases") ? col : tensor === "sample_losses" ? row : `${row}, ${col}`;
  return `${title[0].toUpperCase()}${title.slice(1)}${tensor === "loss" ? "" : ` [${indices}]`}`;
}

/** A cell as it is shown: without a value it is not computed yet; of a parameter, what its last update added to it. @typedef {Place & {value: number | null, isChange?: boolean}} Valued */

/** @param {Valued} cell @param {number} layers @returns {string} "layer 2 weight gradient, row 3 column 7, minus 0.0142" */
export const spokenCell = ({ tensor, row, col, value, isChange }, layers) =>
  `${cellTitle(tensor, layers)}, row ${row} column ${col}, ${isChange ? "changed by " : ""}${spokenValue(value)}`;

/** @param {number | null} value */
const spokenValue = (value) => (value === null ? "not computed yet" : spoken(value, 3));

/** The gradient of a cell, or what it is the gradient of. @param {Valued} cell @param {number} layers @returns {string} "its weight, 0.31" */
export const spokenPartner = ({ tensor, value }, layers) =>
  `its ${parts(tensor).gradient ? "gradient" : cellKind(tensor, layers)}, ${spokenValue(value)}`;

/** What an update did to a parameter. @param {NonNullable<import("./phases.js").Shown["update"]>} update @param {number} i @returns {string} "before 0.31, change 0.01, after 0.32" */
export const spokenUpdate = (update, i) => FACES.map((face) => `${face} ${spoken(update[face][i], 3)}`).join(", ");

/** How well the sum and the number agree. @param {Explanation} answer @returns {string} */
export function verdict({ cell, sum, difference, bound, dtype }) {
  if (!Number.isFinite(difference)) return "Numbers that are not finite cannot be compared.";
  const rounded = dtype === "float32" ? Math.fround(sum) : sum;
  if (rounded === cell.value) return `Equal to the number on the page, to the last digit of ${dtype}.`;
  const off = `The number on the page is ${shown(cell.value, ALL_DIGITS)}: it differs by ${shown(Math.abs(difference), 2)}.`;
  if (Math.abs(difference) > bound) return `${off} Rounding does not explain that.`;
  return `${off} That is rounding: ${dtype} may be off by up to ${shown(bound, 2)} here.`;
}

/** @param {Explanation} answer @returns {string} "10 samples", "32 inputs and the bias", … */
export function summed({ over, count: terms }) {
  if (terms === 1) return "One product";
  return over ? `The sum of ${count(terms)} products` : `The sum of ${count(terms)} parts`;
}
