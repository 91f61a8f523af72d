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

/** @param {number} value @returns {string} with separators: "121,512" */
export function count(value) {
  return value.toLocaleString("en");
}
