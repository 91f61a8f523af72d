/** The part of the plane that a chart shows. */

/** @import { LossLine } from "./line.js" */
/** @typedef {[number, number]} Range  lowest and highest */

/** Margin above and below the lines, as a share of their range. */
const ROOM = 0.05;
/** Share of the points at each end that count as outliers. */
const TAIL = 0.05;

/** From zero to the farthest point. @param {{x: Float64Array}[]} lines @returns {Range} */
export function acrossRange(lines) {
  return [0, Math.max(0, ...lines.map(({ x }) => x[x.length - 1] ?? 0)) || 1];
}

/**
 * @param {LossLine[]} lines
 * @param {Range} across           what is shown of the other axis; the rest does not count
 * @param {{log: boolean, outliers: boolean}} manner  `outliers`: whether they are ignored
 * @param {number} [above]         room above the whole range, as a share of it
 * @returns {Range}
 */
export function upRange(lines, across, { log, outliers }, above = ROOM) {
  const range = outliers ? middleRange(lines, across, log) : wholeRange(lines, across, log);
  if (!range) return log ? [0.1, 1] : [0, 1];
  if (log) return roomyDecades(range);
  // The greatest number there is has nothing above it.
  const [low, high] = range.map((end) => Math.max(-Number.MAX_VALUE / 4, Math.min(Number.MAX_VALUE / 4, end)));
  const room = ROOM * (high - low) || high * ROOM || 1;
  // No loss goes below zero.
  return outliers ? [Math.max(0, low - room), high + room] : [0, high * (1 + above) || 1];
}

/** With room at both ends, on a logarithmic axis. @param {Range} range  above zero @returns {Range} */
function roomyDecades(range) {
  const [low, high] = range.map(Math.log10);
  const room = ROOM * (high - low) || ROOM;
  return [10 ** Math.max(-307, low - room), 10 ** Math.min(307, high + room)];
}

/** Whether an axis has a place for a value. @param {number} value @param {boolean} log */
export const isDrawn = (value, log) => Number.isFinite(value) && (!log || value > 0);

/** @param {LossLine[]} lines @param {Range} across @param {boolean} log @returns {Range | null} */
function wholeRange(lines, across, log) {
  const rows = lines.flatMap(({ x, raw, main, low, high, summed }) => {
    const [from, to] = within(x, across);
    return (summed ? [raw, main, low, high] : [raw, main]).map((row) => row.subarray(from, to));
  });
  const ends = rows.map((row) => endsOf(row, log));
  const [low, high] = [Math.min(...ends.map((end) => end[0])), Math.max(...ends.map((end) => end[1]))];
  return low <= high ? [low, high] : null;
}

/** The least and the greatest that are drawn. @param {Float64Array} values @param {boolean} log @returns {Range} */
function endsOf(values, log) {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!isDrawn(value, log)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** @param {LossLine[]} lines @param {Range} across @param {boolean} log @returns {Range | null} */
function middleRange(lines, across, log) {
  const values = pointsOf(lines, across, log).sort();
  if (values.length === 0) return null;
  return [quantile(values, TAIL), quantile(values, 1 - TAIL)];
}

/**
 * Count the points within the x range that lie outside the y range.
 * @param {LossLine[]} lines
 * @param {Range} across
 * @param {Range} up
 * @param {boolean} log
 * @returns {{outside: number, all: number}}
 */
export function outsideOf(lines, across, [low, high], log) {
  const values = pointsOf(lines, across, log);
  return { outside: values.filter((value) => value < low || value > high).length, all: values.length };
}

/** @param {LossLine[]} lines @param {Range} across @param {boolean} log @returns {Float64Array} */
function pointsOf(lines, across, log) {
  const parts = lines.map(({ x, raw }) => raw.subarray(...within(x, across)).filter((value) => isDrawn(value, log)));
  const values = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    values.set(part, offset);
    offset += part.length;
  }
  return values;
}

/** Between which points a line is in sight. @param {Float64Array} x ascending @param {Range} range @returns {[number, number]} from, and to before */
export function within(x, [low, high]) {
  const from = x.findIndex((at) => at >= low);
  if (from < 0) return [0, 0];
  const beyond = x.findIndex((at) => at > high);
  return [from, beyond < 0 ? x.length : beyond];
}

/** Between two neighbours it is interpolated. @param {Float64Array} sorted not empty @param {number} share */
function quantile(sorted, share) {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)];
  return below + (sorted[Math.ceil(place)] - below) * (place - Math.floor(place));
}

/**
 * The same middle or another, and a part of the width.
 * @param {Range} range
 * @param {number} middle
 * @param {number} factor
 * @returns {Range}
 */
export function scaled([low, high], middle, factor) {
  return [middle - (middle - low) * factor, middle + (high - middle) * factor];
}
