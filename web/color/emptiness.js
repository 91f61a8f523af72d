/** Matrices that look empty: all zero, or so small on their scale that they have the colour of zero. */

import { MIDDLE } from "./palettes.js";
import { entry } from "./scale.js";

/** @import { Column, Numbers } from "../api.d.ts" */
/** @import { Part } from "./column_scale.js" */
/** @import { Norm } from "./scale.js" */

/** Entries of the first sixteenth of the scale, on either side of zero. */
const SIXTEENTH = 8;
/** Smallest matrix that is labelled. CSS pixels. */
const SMALLEST = { width: 56, height: 16 };

/** The largest magnitude; NaN if any number is not finite. @param {Numbers} data */
export function largestOf(data) {
  let largest = 0;
  for (let i = 0; i < data.length; i++) {
    const magnitude = Math.abs(data[i]);
    if (!(magnitude <= largest)) largest = magnitude;
    if (!(magnitude < Number.POSITIVE_INFINITY)) return Number.NaN;
  }
  return largest;
}

/**
 * @param {number} largest magnitude of a matrix
 * @param {Norm} norm its scale
 * @returns {string | null} "all 0", "≤ 4e-9", or null where it does not look empty
 */
export function emptiness(largest, norm) {
  if (largest === 0) return "all 0";
  if (Number.isNaN(largest)) return null; // such cells are marked
  const isCentred = norm.low === -norm.high; // a plain scale has no colour of zero
  if (!isCentred || !(entry(norm, largest) - MIDDLE < SIXTEENTH)) return null;
  return `≤ ${roundedUp(largest)}`;
}

/** To one digit, upwards, so that it is true. @param {number} value @returns {string} "4e-9", "0.004" */
function roundedUp(value) {
  const [mantissa, exponent] = value.toExponential(9).split("e");
  const rounded = Number(`${Math.ceil(Number(mantissa))}e${exponent}`);
  return rounded >= 1e-4 ? String(rounded) : rounded.toExponential(0);
}

/**
 * Names of the matrices that look empty; what is all zero hides nothing.
 * @param {Column} column
 * @param {(name: string) => Part} parts
 */
export const tooSmall = ({ tensors }, parts) =>
  tensors.flatMap(({ name, shape, data }) => {
    const isMatrix = shape.length === 2;
    const largest = isMatrix ? largestOf(data) : 0;
    return largest > 0 && emptiness(largest, parts(name).norm) ? [name] : [];
  });

/** Whether there is room for the label. @param {{width: number, height: number}} size CSS pixels */
export const hasRoom = ({ width, height }) => width >= SMALLEST.width && height >= SMALLEST.height;
