/** The part of a matrix that is shown: its numbers, one for each pixel of the canvas. */

/** @typedef {{shape: number[], data: ArrayLike<number>}} Matrix */
/**
 * The part that is shown, and its place on the page.
 * @typedef {object} View
 * @property {number} row the first one
 * @property {number} col the first one
 * @property {number} rows how many
 * @property {number} columns how many
 * @property {number} width CSS pixels
 * @property {number} height CSS pixels
 * @property {number} scale pixels of the screen in one CSS pixel
 * @property {boolean} [isMoving] the next numbers follow at once: out of sight none are drawn
 */

/** Pixels of the canvas: one for each number, but no more than the screen has there. @param {View} view @returns {[down: number, across: number]} */
export function pixelsOf({ rows, columns, width, height, scale }) {
  return [fewest(rows, height * scale), fewest(columns, width * scale)];
}

/** @param {number} numbers @param {number} room */
const fewest = (numbers, room) => Math.max(1, Math.min(numbers, Math.round(room)));

/**
 * Numbers of the pixels, row by row. A pixel that covers several cells has the number of the cell at its centre.
 * @param {ArrayLike<number>} data
 * @param {number} stride columns of the whole matrix
 * @param {View} view
 * @param {[down: number, across: number]} pixels
 * @returns {ArrayLike<number>}
 */
export function numbersOf(data, stride, view, [down, across]) {
  const { row, col, rows, columns } = view;
  if (across === columns && columns === stride && down === rows && rows * stride === data.length) return data;
  const numbers = new (data instanceof Float32Array ? Float32Array : Float64Array)(down * across);
  const columnAt = Uint32Array.from({ length: across }, (_, x) => col + centre(x, columns, across));
  for (let y = 0, i = 0; y < down; y++) {
    const start = (row + centre(y, rows, down)) * stride;
    for (let x = 0; x < across; x++) numbers[i++] = data[start + columnAt[x]];
  }
  return numbers;
}

/** The cell at the centre of a pixel. @param {number} pixel @param {number} cells @param {number} pixels */
const centre = (pixel, cells, pixels) => (cells === pixels ? pixel : Math.floor(((pixel + 0.5) * cells) / pixels));

/** @type {(keyof View)[]} */
const PLACE = ["row", "col", "rows", "columns", "width", "height", "scale"];

/** @param {View | undefined} before @param {View | undefined} after */
export function isSameView(before, after) {
  return before && after ? PLACE.every((part) => before[part] === after[part]) : before === after;
}
