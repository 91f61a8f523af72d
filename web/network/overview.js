/**
 * The largest magnitudes along an axis of a matrix.
 *
 * A line of pixels stands for all of it, and nothing large is left out.
 */

import { extent } from "../tensors/shape.js";
import { memoize } from "../ui/memo.js";

/** @import { Tensor } from "../api.d.ts" */
/** @import { Matrix } from "../heatmap/part.js" */

/** Overviews of a tensor of one frame, computed once for each axis and length in pixels. */
export const overview = memoize((/** @type {Tensor} */ tensor) => {
  /** @type {Map<string, Matrix>} */
  const made = new Map();
  return (/** @type {boolean} */ isVertical, /** @type {number} */ length) => {
    const key = `${isVertical}${length}`;
    const found = made.get(key) ?? largest(tensor, isVertical, length);
    made.set(key, found);
    return found;
  };
});

/** @param {Tensor} tensor @param {boolean} isVertical @param {number} length in pixels @returns {Matrix} */
function largest(tensor, isVertical, length) {
  const units = largestOfUnits(tensor, isVertical);
  const found = new Float64Array(length);
  for (let unit = 0; unit < units.length; unit++) {
    const from = Math.floor((unit * length) / units.length);
    const to = Math.max(from + 1, Math.floor(((unit + 1) * length) / units.length));
    for (let pixel = from; pixel < to; pixel++) if (isLarger(units[unit], found[pixel])) found[pixel] = units[unit];
  }
  return { shape: isVertical ? [length, 1] : [1, length], data: found };
}

/** The number of the largest magnitude in each row, or column. @param {Tensor} tensor @param {boolean} ofRows */
function largestOfUnits({ shape, data }, ofRows) {
  const [rows, columns] = extent(shape);
  const found = new Float64Array(ofRows ? rows : columns);
  for (let row = 0, i = 0; row < rows; row++)
    for (let column = 0; column < columns; column++, i++) {
      const unit = ofRows ? row : column;
      if (isLarger(data[i], found[unit])) found[unit] = data[i];
    }
  return found;
}

/** Compare magnitudes; a number that is not finite is larger than any. @param {number} value @param {number} than */
const isLarger = (value, than) => !(Math.abs(value) <= Math.abs(than)) && Number.isFinite(than);
