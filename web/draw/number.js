/** Numbers as text. */

/**
 * @param {number} value @param {number} digits significant ones
 * @returns {string} "-0.00123", "1.23e-7", "0", "NaN", "∞", "-∞"
 */
export function significant(value, digits) {
  if (value === 0) return "0";
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  return value.toPrecision(digits);
}

/** With a minus sign as long as a plus. @param {number} value @param {number} digits */
export const shown = (value, digits) => significant(value, digits).replace(/^-/, "−");

/** With its sign in any case, unless it is 0. @param {number} value @param {number} digits */
export const signed = (value, digits) => (value > 0 ? `+${shown(value, digits)}` : shown(value, digits));

/** A constant, without zeros at its end. @param {number} value @param {number} digits */
export const trimmed = (value, digits) =>
  shown(Number(value.toPrecision(digits)), digits)
    .replace(/(\.\d*?)0+(?=e|$)/, "$1")
    .replace(/\.(?=e|$)/, "");

/** For ears: "minus 0.0142", "1.2 times 10 to the minus 7". @param {number} value @param {number} digits */
export function spoken(value, digits) {
  const [mantissa, exponent] = significant(value, digits).replace("∞", "infinity").split("e");
  const power = exponent ? ` times 10 to the ${exponent.replace("+", "")}` : "";
  return `${mantissa}${power}`.replaceAll("-", "minus ");
}

/** @param {number} value @returns {string} with separators: "121,512" */
export function count(value) {
  return value.toLocaleString("en");
}
