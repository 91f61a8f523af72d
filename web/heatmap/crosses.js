/** Crosses over the cells that are not finite, each in a frame of its own. */

import { takesBlack } from "../color/ink.js";
import { MIDDLE, NOT_FINITE } from "../color/palettes.js";
import { extent } from "../tensors/shape.js";
import { Directive, directive, PartType } from "../vendor/lit-html/directive.js";
import { html, noChange, nothing } from "../vendor/lit-html/lit-html.js";
import { isSameView } from "./part.js";

/** @import { ElementPart, PartInfo } from "../vendor/lit-html/directive.js" */
/** @import { Matrix, View } from "./part.js" */
/** CSS pixels of a cell. @typedef {{across: number, down: number}} Pitch */
/** @typedef {[matrix: Matrix, table: Uint32Array, view: View]} Drawing */

/** The colour of zero, which the surface has too. @param {number} pixel */
const cssOf = (pixel) => `rgb(${pixel & 255} ${(pixel >>> 8) & 255} ${(pixel >>> 16) & 255})`;

/** Smallest cell with room for a cross. CSS pixels. */
const SMALLEST = 5;

class Crosses extends Directive {
  /** @type {Drawing | null} */
  drawn = null;

  /** @param {PartInfo} part */
  constructor(part) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new TypeError("crosses() stands inside a canvas tag");
  }

  /** @param {Drawing} _ */
  render(..._) {
    return noChange;
  }

  /** @override @param {ElementPart} part @param {Drawing} drawing */
  update({ element }, drawing) {
    if (!same(this.drawn, drawing)) draw(/** @type {HTMLCanvasElement} */ (element), drawing);
    this.drawn = drawing;
    return noChange;
  }
}

/** @param {HTMLCanvasElement} canvas @param {Drawing} drawing */
function draw(canvas, [{ shape, data }, table, view]) {
  const [, stride] = extent(shape);
  const { row, col, rows, columns, scale } = view;
  const pitch = pitchOf(view);
  canvas.width = Math.round(view.width * scale); // which clears it
  canvas.height = Math.round(view.height * scale);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.scale(scale, scale);
  const path = { frames: new Path2D(), strokes: new Path2D() };
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++)
      if (!Number.isFinite(data[(row + y) * stride + col + x])) cross(path, x * pitch.across, y * pitch.down, pitch);
  context.strokeStyle = cssOf(table[MIDDLE]);
  context.stroke(path.frames);
  context.strokeStyle = takesBlack(table[NOT_FINITE]) ? "#000" : "#fff";
  context.stroke(path.strokes);
}

/** @param {View} view @returns {Pitch} */
const pitchOf = ({ rows, columns, width, height }) => ({ across: width / columns, down: height / rows });

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

/** @param {Drawing | null} before @param {Drawing} after */
function same(before, [matrix, table, view]) {
  return before && before[0].data === matrix.data && before[1] === table && isSameView(before[2], view);
}

const crosses = directive(Crosses);

/**
 * The overlay of a matrix, over its canvas.
 * @param {Matrix} matrix
 * @param {Uint32Array} table
 * @param {View} view
 * @param {string} place as a style
 */
export function crossesOver(matrix, table, view, place) {
  const { across, down } = pitchOf(view);
  if (Math.min(across, down) < SMALLEST || !hasAny(matrix.data)) return nothing;
  return html`<canvas class="cells-crosses" aria-hidden="true" .style=${place} ${crosses(matrix, table, view)}></canvas>`;
}

/** @param {ArrayLike<number>} data */
function hasAny(data) {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return true;
  return false;
}
