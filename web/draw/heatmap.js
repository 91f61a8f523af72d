/** A matrix as pixels: one per number, row by row, through a colour table. The screen enlarges them (network.css). */

import { FIRST, LAST, NOT_FINITE } from "./color.js";
import { bitsOf } from "./quantiles.js";
import { entry } from "./scale.js";
import { BELOW } from "./steps.js";

/** @typedef {import("./scale.js").Norm} Norm */

/**
 * The loops of every frame, over every number on the page: `entry` of scale.js written out.
 * @param {Uint32Array} pixels as many as `values`; overwritten
 * @param {ArrayLike<number>} values
 * @param {Uint32Array} table 256 pixels
 * @param {Norm} norm
 */
export function paint(pixels, values, table, norm) {
  if (!norm.steps) paintLinear(pixels, values, table, norm);
  else if (values instanceof Float32Array) paintSteps(pixels, values, table, norm.steps);
  else for (let i = 0; i < pixels.length; i++) pixels[i] = table[entry(norm, values[i])];
}

/** @param {Uint32Array} pixels @param {ArrayLike<number>} values @param {Uint32Array} table @param {Norm} norm */
function paintLinear(pixels, values, table, { offset, gain }) {
  for (let i = 0; i < pixels.length; i++) {
    const value = values[i];
    const t = offset + gain * value;
    if (t >= FIRST && t < LAST + 1)
      pixels[i] = table[t | 0]; // the common case; NaN fails it, and so does infinity unless gain is 0
    else if (!Number.isFinite(value)) pixels[i] = table[NOT_FINITE];
    else pixels[i] = table[t < FIRST ? FIRST : LAST];
  }
}

/** @param {Uint32Array} pixels @param {Float32Array} values @param {Uint32Array} table @param {import("./steps.js").Steps} steps */
function paintSteps(pixels, values, table, { bounds, starts }) {
  const bits = bitsOf(values);
  for (let i = 0; i < pixels.length; i++) {
    let at = starts[bits[i] >>> BELOW];
    at += Number(values[i] >= bounds[at + 1]); // about every second number needs it: without a branch that is hard to foresee
    while (values[i] >= bounds[at + 1]) at++;
    pixels[i] = table[at];
  }
}

/** Rows and columns of a tensor on screen: a bias vector is one row. @param {number[]} shape @returns {[number, number]} */
export function extent(shape) {
  return shape.length === 1 ? [1, shape[0]] : [shape[0], shape[1]];
}

/** Whether a cell is there: a batch may have become shorter since it was pointed at. @param {{row: number, col: number}} cell @param {number[]} shape */
export function inside({ row, col }, shape) {
  const [rows, columns] = extent(shape);
  return row < rows && col < columns;
}
