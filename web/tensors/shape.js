/** Rows and columns of a tensor on screen. */

/** Rows and columns of a tensor on screen: a bias vector is one row. @param {number[]} shape @returns {[number, number]} */
export function extent(shape) {
  return shape.length === 1 ? [1, shape[0]] : [shape[0], shape[1]];
}

/** Whether a cell exists: the batch may have become shorter since the cell was pointed at. @param {{row: number, col: number}} cell @param {number[]} shape */
export function inside({ row, col }, shape) {
  const [rows, columns] = extent(shape);
  return row < rows && col < columns;
}
