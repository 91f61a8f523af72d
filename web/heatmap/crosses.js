/** Crosses over the cells that are not finite, each in a frame of its own. */

import { takesBlack } from "../color/ink.js";
import { MIDDLE, NOT_FINITE } from "../color/palettes.js";
import { extent } from "../tensors/shape.js";
import { nothing } from "../vendor/lit-html/lit-html.js";
import { hasRoom, overlayOf } from "./overlay.js";

/** @import { Drawing, Pitch } from "./overlay.js" */

/** The colour of zero, which the surface has too. @param {number} pixel */
const cssOf = (pixel) => `rgb(${pixel & 255} ${(pixel >>> 8) & 255} ${(pixel >>> 16) & 255})`;

/** @param {CanvasRenderingContext2D} context @param {Drawing} drawing @param {Pitch} pitch */
function strike(context, { matrix: { shape, data }, table, view }, pitch) {
  const [, stride] = extent(shape);
  const { row, col, rows, columns } = view;
  const path = { frames: new Path2D(), strokes: new Path2D() };
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++)
      if (!Number.isFinite(data[(row + y) * stride + col + x])) cross(path, x * pitch.across, y * pitch.down, pitch);
  context.strokeStyle = cssOf(table[MIDDLE]);
  context.stroke(path.frames);
  context.strokeStyle = takesBlack(table[NOT_FINITE]) ? "#000" : "#fff";
  context.stroke(path.strokes);
}

/**
 * @param {{frames: Path2D, strokes: Path2D}} path
 * @param {number} x
 * @param {number} y
 * @param {Pitch} pitch
 */
function cross({ frames, strokes }, x, y, { across, down }) {
  frames.rect(x, y, across, down); // without it a block of such cells would be one surface
  const size = Math.min(across, down) - 3;
  const [left, top] = [x + (across - size) / 2, y + (down - size) / 2];
  strokes.moveTo(left, top);
  strokes.lineTo(left + size, top + size);
  strokes.moveTo(left + size, top);
  strokes.lineTo(left, top + size);
}

/**
 * The overlay of a matrix, over its canvas.
 * @param {Drawing} drawing
 * @param {string} place as a style
 */
export function crossesOver(drawing, place) {
  if (!hasRoom(drawing.view) || !hasAny(drawing.matrix.data)) return nothing;
  return overlayOf(drawing, strike, { place, classes: "cells-crosses" });
}

/** @param {ArrayLike<number>} data */
function hasAny(data) {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return true;
  return false;
}
