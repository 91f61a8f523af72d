/** Round numbers along an axis, with labels. */

/** @typedef {{at: number, label: string}} Tick  where on the axis */
/** @import { Range } from "../chart/range.js" */

/**
 * @param {Range} range
 * @param {number} count      about how many there is room for
 * @param {object} [axis]
 * @param {boolean} [axis.whole]  whether there is nothing between whole numbers
 * @param {number} [axis.unit]    value of one unit: 60 for seconds shown in minutes
 * @returns {Tick[]}
 */
export function linearTicks([low, high], count, { whole = false, unit = 1 } = {}) {
  const step = Math.max(whole ? 1 : 0, roundAbove((high - low) / unit / Math.max(1, count)));
  const first = Math.ceil(low / unit / step);
  const last = Math.floor(high / unit / step);
  const digits = digitsFor(Math.max(Math.abs(first), Math.abs(last)) * step, step);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => {
    const value = (first + i) * step;
    return { at: value * unit, label: tickLabel(value, digits) };
  });
}

/**
 * @param {Range} range  log10 of what is shown
 * @param {number} count
 * @returns {Tick[]}
 */
export function logTicks([low, high], count) {
  // Within one decade or so, equal distances are easier to read than its two or three round numbers.
  if (high - low < 0.9) {
    return linearTicks([10 ** low, 10 ** high], count)
      .filter(({ at }) => at > 0)
      .map(({ at, label }) => ({ at: Math.log10(at), label }));
  }
  const stride = Math.ceil((high - low) / count);
  const factors = (high - low) * 3 <= count + 1 ? [1, 2, 5] : [1];
  const ticks = [];
  for (let decade = Math.floor(low / stride) * stride; decade <= high; decade += stride) {
    for (const factor of factors) {
      ticks.push({ at: decade + Math.log10(factor), label: tickLabel(Number(`${factor}e${decade}`), 1) });
    }
  }
  return ticks.filter(({ at }) => at >= low && at <= high);
}

/** Round up to the next of … 1, 2, 5, 10, 20 …. @param {number} value above 0 */
function roundAbove(value) {
  const exponent = Math.floor(Math.log10(value));
  const factor = [1, 2, 5, 10].find((candidate) => Number(`${candidate}e${exponent}`) >= value) ?? 10;
  return Number(`${factor}e${exponent}`);
}

/** Significant digits needed to distinguish neighbouring ticks. @param {number} largest @param {number} step */
function digitsFor(largest, step) {
  if (largest === 0) return 1;
  const digits = Math.floor(Math.log10(largest) + 1e-9) - Math.floor(Math.log10(step) + 1e-9) + 1;
  return Math.max(1, Math.min(15, digits));
}

/** 1500000 as "1.5M": labels of an axis have to stand side by side. @param {number} value @param {number} digits */
function tickLabel(value, digits) {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e15)) return value.toExponential(Math.max(0, digits - 1));
  const notation = size >= 1e4 ? "compact" : "standard";
  return value.toLocaleString("en", { notation, maximumSignificantDigits: digits, useGrouping: false });
}
