/** Pixels of a matrix: one for each number, row by row, through a colour table. */

import { FIRST, LAST, NOT_FINITE } from "../color/palettes.js";
import { entry } from "../color/scale.js";
import { BELOW } from "../color/steps.js";
import { bitsOf } from "../tensors/quantiles.js";

/** @import { Norm } from "../color/scale.js" */
/** @import { Steps } from "../color/steps.js" */

/**
 * The loops of every frame, over every number on the page: `entry` of color/scale.js written out.
 * @param {Uint32Array} pixels as many as `values`; overwritten
 * @param {ArrayLike<number>} values
 * @param {Uint32Array} table 256 pixels
 * @param {Norm} norm
 */
export function paint(pixels, values, table, norm) {
  if (!norm.steps && norm.unit === 1) paintLinear(pixels, values, table, norm);
  else if (norm.steps && values instanceof Float32Array) paintSteps(pixels, values, table, norm.steps);
  else for (let i = 0; i < pixels.length; i++) pixels[i] = table[entry(norm, values[i])];
}

/**
 * @param {Uint32Array} pixels
 * @param {ArrayLike<number>} values
 * @param {Uint32Array} table
 * @param {Norm} norm
 */
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

/**
 * @param {Uint32Array} pixels
 * @param {Float32Array} values
 * @param {Uint32Array} table
 * @param {Steps} steps
 */
function paintSteps(pixels, values, table, { bounds, starts }) {
  const bits = bitsOf(values);
  for (let i = 0; i < pixels.length; i++) {
    let at = starts[bits[i] >>> BELOW];
    at += Number(values[i] >= bounds[at + 1]); // about every second number needs it: without a branch that is hard to foresee
    while (values[i] >= bounds[at + 1]) at++;
    pixels[i] = table[at];
  }
}
