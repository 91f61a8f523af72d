/** The confusion matrix in numbers that can be coloured: counts, or shares of the true class. */

/** Quantity shown by colour: number of samples, or share of the true class. @typedef {"count" | "share"} Measure */
/**
 * One cell.
 * @typedef {object} Taken
 * @property {number} count samples of one class that are taken for one class
 * @property {number} of samples of that class
 * @property {number} share 0 … 1; 0 where there are none
 */

/**
 * @param {Int32Array} counts row by row; rows are true classes
 * @param {number} classes
 * @param {number} row
 * @param {number} col
 * @returns {Taken}
 */
export function taken(counts, classes, row, col) {
  const count = counts[row * classes + col];
  const of = counts.subarray(row * classes, (row + 1) * classes).reduce((sum, number) => sum + number, 0);
  return { count, of, share: of > 0 ? count / of : 0 };
}

/**
 * Return the values to colour, and the value of the strongest colour.
 * @param {Int32Array} counts
 * @param {number} classes
 * @param {Measure} measure
 * @returns {{data: ArrayLike<number>, most: number}}
 */
export function measured(counts, classes, measure) {
  if (measure === "count") return { data: counts, most: counts.reduce((most, number) => Math.max(most, number), 0) };
  const data = new Float32Array(counts.length);
  for (let row = 0; row < classes; row++) {
    const { of } = taken(counts, classes, row, 0);
    for (let i = row * classes; of > 0 && i < (row + 1) * classes; i++) data[i] = counts[i] / of;
  }
  return { data, most: 1 };
}
