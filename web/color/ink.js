/** Ink: a text colour that can be read on a given colour. */

import { light } from "./oklab.js";

/** Relative luminance at which black and white have equal contrast, 4.58 to 1. */
const EVEN = 0.1791;

/** Whether black has more contrast than white on a pixel. Source: WCAG 2.2, "relative luminance" and "contrast ratio". @param {number} pixel @returns {boolean} */
export function takesBlack(pixel) {
  const [r, g, b] = [0, 8, 16].map((shift) => light(((pixel >>> shift) & 255) / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > EVEN;
}
