/** Colours and dashes of lines. */

/** Number of colours; further lines differ by dash. */
export const COLORS = 8;
const DASHES = [[], [10, 4], [3, 3], [10, 3, 3, 3], [16, 5], [6, 3], [2, 5], [16, 3, 3, 3, 3, 3]];

/**
 * Lines differ by more than their hue: neighbours by their dash too, and those that share a colour always.
 * @param {number} number
 */
export const dash = (number) => DASHES[(number + Math.floor(number / COLORS)) % DASHES.length];
