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

/**
 * In 3 to 5 significant digits whatever its size, with four decimals where a loss usually is.
 * @param {number} value @returns {string} "0.1234", "12.35", "12346", "1.23e-7", "1.23e+25", "−∞"
 */
export function brief(value) {
  // Rounding may cross a limit: 9.99996 has the decimals of 10.
  const size = Math.abs(Number(value.toPrecision(5)));
  if (size === 0) return "0.0000";
  if (!(size < Number.POSITIVE_INFINITY)) return formatNumber(value, 3);
  if (size < 1e-4 || size >= 1e5) return value.toExponential(2).replace(/^-/, "−");
  if (size < 0.01 || size >= 10) return formatNumber(value, size < 0.01 ? 3 : size < 1000 ? 4 : 5);
  return value.toFixed(4).replace(/^-/, "−");
}

/**
 * The format of legends and readouts: plain from 0.0001 up to 100,000, else with an exponent.
 * @param {number} value @param {number} digits significant ones
 * @returns {string} "0", "−0.0123", "12300", "−2.24e34", "4e-9", "∞", "NaN"
 */
export function plain(value, digits) {
  const rounded = Number(value.toPrecision(digits));
  const size = Math.abs(rounded);
  if (size === 0 || !(size < Number.POSITIVE_INFINITY)) return formatNumber(value, digits);
  if (size >= 1e-4 && size < 1e5)
    return (size >= 1000 ? String(rounded) : rounded.toPrecision(digits)).replace(/^-/, "−");
  return exponential(rounded, digits - 1);
}

/** @param {number} value @param {number} decimals */
const exponential = (value, decimals) => value.toExponential(decimals).replace("e+", "e").replace(/^-/, "−");

/** Letters for which a narrow legend has room. */
const ROOM = 6;

/** In two digits, or one if these have more than six letters. @param {number} value @returns {string} "−0.086", "4.1e-5", "−3e-4" */
export const tight = (value) =>
  [plain(value, 2), exponential(value, 1), exponential(value, 0)].find(({ length }) => length <= ROOM) ??
  exponential(value, 0);

/** Format with a minus sign as long as a plus. @param {number} value @param {number} digits */
export const formatNumber = (value, digits) => significant(value, digits).replace(/^-/, "−");

/** Format with its sign, unless it is 0. @param {number} value @param {number} digits */
export const signed = (value, digits) => (value > 0 ? `+${formatNumber(value, digits)}` : formatNumber(value, digits));

/** Format a constant, without trailing zeros. @param {number} value @param {number} digits */
export const trimmed = (value, digits) =>
  formatNumber(Number(value.toPrecision(digits)), digits)
    .replace(/(\.\d*?)0+(?=e|$)/, "$1")
    .replace(/\.(?=e|$)/, "");

/** Format for screen readers: "minus 0.0142", "1.2 times 10 to the minus 7". @param {number} value @param {number} digits */
export function spoken(value, digits) {
  const [mantissa, exponent] = significant(value, digits).replace("∞", "infinity").split("e");
  const power = exponent ? ` times 10 to the ${exponent.replace("+", "")}` : "";
  return `${mantissa}${power}`.replaceAll("-", "minus ");
}

/**
 * As `toFixed`, but a half goes away from 0 always: 1.45 is a half, though the nearest binary fraction is a little less.
 * @param {number} value @param {number} digits
 */
export function fixed(value, digits) {
  const scaled = Number((Math.abs(value) * 10 ** digits).toPrecision(15));
  return ((Math.sign(value) * Math.floor(scaled + 0.5)) / 10 ** digits).toFixed(digits);
}

/** Maximum number of digits that distinguish two numbers. */
const MAX_DIGITS = 6;

/**
 * Round, but never to a taken value: few is not 0, nearly all is not all.
 * @param {number} value
 * @param {number} digits as many as needed, from this on
 * @param {(rounded: number) => boolean} isTaken whether a rounded number says more than that it is near
 * @returns {string | null} null if `MAX_DIGITS` are not enough
 */
export function nearly(value, digits, isTaken) {
  for (let places = digits; places <= MAX_DIGITS; places++) {
    const text = fixed(value, places);
    if (Number(text) === value || !isTaken(Number(text))) return text;
  }
  return null;
}

/** Made once: `toLocaleString` needs one at each call, and takes longer. */
const GROUPED = new Intl.NumberFormat("en");

/** @param {number} value @returns {string} with separators: "121,512" */
export function count(value) {
  return GROUPED.format(value);
}
