/** Lines over the negative cells: the sign without a colour. */

import { takesBlack } from "../color/ink.js";
import { MIDDLE } from "../color/palettes.js";
import { entry } from "../color/scale.js";
import { extent } from "../tensors/shape.js";
import { overlayOf } from "./overlay.js";

/** @import { Drawing, Pitch } from "./overlay.js" */

/** Strength of the lines: the colour under them is what is read first. */
const ALPHA = 0.65;

/** @param {CanvasRenderingContext2D} context @param {Drawing} drawing @param {Pitch} pitch */
function hatch(context, { matrix: { shape, data }, table, norm, view }, { across, down }) {
  const [, stride] = extent(shape);
  const { row, col, rows, columns } = view;
  const lines = { black: new Path2D(), white: new Path2D() };
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      const value = data[(row + y) * stride + col + x];
      const pixel = table[entry(norm, value)];
      if (!(value < 0) || pixel === table[MIDDLE]) continue;
      const path = takesBlack(pixel) ? lines.black : lines.white;
      path.moveTo(x * across + 0.5, (y + 1) * down - 0.5);
      path.lineTo((x + 1) * across - 0.5, y * down + 0.5);
    }
  context.globalAlpha = ALPHA;
  for (const [color, path] of Object.entries(lines)) {
    context.strokeStyle = color;
    context.stroke(path);
  }
}

/**
 * The overlay of a matrix, over its canvas.
 * @param {Drawing} drawing
 * @param {string} place as a style
 */
export const hatchOver = (drawing, place) => overlayOf(drawing, hatch, { place, classes: "cells-crosses cells-hatch" });
