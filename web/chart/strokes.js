/** Drawing of the shapes of a loss chart with any pen, stroke by stroke. */

/** @import { LossLine } from "./line.js" */
/** @import { Box, Place } from "./shapes.js" */
/** Common interface of Path2D and SVG paths. @typedef {{moveTo(x: number, y: number): void, lineTo(x: number, y: number): void, closePath(): void}} Pen */

/** Pixels. */
const STAR = { points: 5, outer: 7, inner: 3 };

/**
 * A line with gaps; a point between two gaps is a dot, with round ends. Of the points in one column of pixels only the lowest
 * and the highest are seen, and drawn.
 * @param {Pen} pen
 * @param {Float64Array} x
 * @param {Float64Array} y
 * @param {number} end
 * @param {Place} place
 */
export function path(pen, x, y, end, place) {
  for (const [from, to] of stretches(end, (i) => Number.isFinite(y[i]))) {
    pen.moveTo(place.x(x[from]), place.y(y[from]));
    for (const [first, last] of columns(x, from, to, place)) {
      const [low, high] = [extreme(y, first, last, 1), extreme(y, first, last, -1)];
      const kept = new Set([Math.min(low, high), Math.max(low, high), ...(last === to ? [to] : [])]);
      for (const i of kept) pen.lineTo(place.x(x[i]), place.y(y[i]));
    }
  }
}

/**
 * Between least and greatest, stretch by stretch.
 * @param {Pen} pen
 * @param {LossLine} line
 * @param {Place} place
 */
export function band(pen, { x, low, high }, place) {
  for (const [from, to] of stretches(x.length, (i) => Number.isFinite(low[i]) && Number.isFinite(high[i]))) {
    const parts = columns(x, from, to, place);
    const tops = parts.map(([first, last]) => [last, extreme(high, first, last, -1)]);
    const bottoms = parts.map(([first, last]) => [last, extreme(low, first, last, 1)]).reverse();
    pen.moveTo(place.x(x[from]), place.y(high[from]));
    for (const [at, i] of tops) pen.lineTo(place.x(x[at]), place.y(high[i]));
    for (const [at, i] of bottoms) pen.lineTo(place.x(x[at]), place.y(low[i]));
    pen.lineTo(place.x(x[from]), place.y(low[from]));
    pen.closePath();
  }
}

/** Return the stretches in which a condition holds. @param {number} end @param {(i: number) => boolean} is @returns {[number, number][]} */
function stretches(end, is) {
  /** @type {[number, number][]} */
  const found = [];
  for (let i = 0; i < end; i++) {
    if (!is(i)) continue;
    const from = i;
    while (i + 1 < end && is(i + 1)) i++;
    found.push([from, i]);
  }
  return found;
}

/**
 * The points from…to, column of pixels by column: first and last of each.
 * @param {Float64Array} x
 * @param {number} from
 * @param {number} to
 * @param {Place} place
 * @returns {[number, number][]}
 */
function columns(x, from, to, place) {
  /** @type {[number, number][]} */
  const found = [];
  let latest = Number.NaN;
  for (let i = from; i <= to; i++) {
    const column = Math.floor(place.x(x[i]));
    if (column === latest) found[found.length - 1][1] = i;
    else found.push([i, i]);
    latest = column;
  }
  return found;
}

/**
 * Index of the least value (sign 1) or the greatest (sign -1).
 * @param {Float64Array} values
 * @param {number} first
 * @param {number} last
 * @param {1 | -1} sign
 */
function extreme(values, first, last, sign) {
  let found = first;
  for (let i = first + 1; i <= last; i++) if (sign * values[i] < sign * values[found]) found = i;
  return found;
}

/**
 * @param {Pen} pen
 * @param {number} x
 * @param {number} y
 * @param {(corner: number) => number} radius
 * @param {number} corners
 */
function polygon(pen, x, y, radius, corners) {
  for (let i = 0; i < corners; i++) {
    const angle = (2 * Math.PI * i) / corners - Math.PI / 2;
    const to = [x + radius(i) * Math.cos(angle), y + radius(i) * Math.sin(angle)];
    i === 0 ? pen.moveTo(to[0], to[1]) : pen.lineTo(to[0], to[1]);
  }
  pen.closePath();
}

/**
 * @param {Pen} pen
 * @param {number} x
 * @param {number} y
 */
export const dot = (pen, x, y) => polygon(pen, x, y, () => 3, 12);

/**
 * @param {Pen} pen
 * @param {number} x
 * @param {number} y
 */
export const star = (pen, x, y) => polygon(pen, x, y, (i) => (i % 2 === 0 ? STAR.outer : STAR.inner), 2 * STAR.points);

/**
 * Hangs from the upper edge.
 * @param {Pen} pen
 * @param {number} x
 * @param {Box} box
 */
export function tick(pen, x, { top }) {
  pen.moveTo(x, top);
  pen.lineTo(x, top + 10);
}

/**
 * Cross where a line ends in NaN or infinity.
 * @param {Pen} pen
 * @param {number} x
 * @param {number} y
 * @param {Box} box
 */
export function cross(pen, x, y, { top, height }) {
  const size = 4.5;
  const at = Math.max(top + size, Math.min(top + height - size, Number.isNaN(y) ? top : y));
  pen.moveTo(x - size, at - size);
  pen.lineTo(x + size, at + size);
  pen.moveTo(x - size, at + size);
  pen.lineTo(x + size, at - size);
}
