/** Numbers in cells: with as many digits as there is room for. */

import { plain } from "../ui/number.js";

/** Width of a character, and space beside the text. CSS pixels. */
const CHARACTER = 6.1;
const BESIDE = 5;
/** Narrowest cell with a number, and the cell with room for the digits of float64. */
const NARROWEST = 36;
const WIDE = 96;

/**
 * The first of three digits, two digits, and one digit with exponent that fits; nothing if none does.
 * @param {number} value
 * @param {number} width of the cell in CSS pixels
 * @param {boolean} [isDouble] whether it has the digits of float64
 * @returns {string} "−.0155", "2.4e-5", "−8e-6", "12", "NaN", "∞"
 */
export function cellText(value, width, isDouble = false) {
  if (width < NARROWEST) return "";
  const most = isDouble && width >= WIDE ? 6 : 3;
  const texts = Array.from({ length: most - 1 }, (_, i) => short(value, most - i));
  const fits = (/** @type {string} */ text) => text.length * CHARACTER <= width - BESIDE;
  return [...texts, power(value)].find(fits) ?? "";
}

/** @param {number} value @param {number} digits */
const short = (value, digits) => plain(value, digits).replace(/^(−?)0\./, "$1.");

/** One digit with its exponent. @param {number} value */
function power(value) {
  if (value === 0 || !Number.isFinite(value)) return plain(value, 1);
  return value.toExponential(0).replace("e+", "e").replace(/^-/, "−");
}
