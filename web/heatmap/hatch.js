/** Lines over the negative cells: the sign without a colour. */

import { takesBlack } from "../color/ink.js";
import { MIDDLE } from "../color/palettes.js";
import { entry } from "../color/scale.js";
import { extent } from "../tensors/shape.js";
import { Directive, directive, PartType } from "../vendor/lit-html/directive.js";
import { html, noChange, nothing } from "../vendor/lit-html/lit-html.js";
import { isSameView } from "./part.js";

/** @import { Norm } from "../color/scale.js" */
/** @import { ElementPart, PartInfo } from "../vendor/lit-html/directive.js" */
/** @import { Matrix, View } from "./part.js" */
/** @typedef {[matrix: Matrix, table: Uint32Array, norm: Norm, view: View]} Drawing */

/** Smallest cell with room for a line. CSS pixels. */
const SMALLEST = 5;

/** Strength of the lines: the colour under them is what is read first. */
const ALPHA = 0.65;

class Hatch extends Directive {
  /** @type {Drawing | null} */
  drawn = null;

  /** @param {PartInfo} part */
  constructor(part) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new TypeError("hatch() stands inside a canvas tag");
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
function draw(canvas, [{ shape, data }, table, norm, view]) {
  const [, stride] = extent(shape);
  const { row, col, rows, columns, scale } = view;
  const { across, down } = pitchOf(view);
  canvas.width = Math.round(view.width * scale); // which clears it
  canvas.height = Math.round(view.height * scale);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.scale(scale, scale);
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

/** @param {View} view */
const pitchOf = ({ rows, columns, width, height }) => ({ across: width / columns, down: height / rows });

/** @param {Drawing | null} before @param {Drawing} after */
function same(before, [matrix, table, norm, view]) {
  return before?.[0].data === matrix.data && before[1] === table && before[2] === norm && isSameView(before[3], view);
}

const hatch = directive(Hatch);

/**
 * The overlay of a matrix, over its canvas; nothing where cells are too small.
 * @param {Drawing} drawing
 * @param {string} place as a style
 */
export function hatchOver(drawing, place) {
  const { across, down } = pitchOf(drawing[3]);
  if (Math.min(across, down) < SMALLEST) return nothing;
  return html`<canvas class="cells-crosses cells-hatch" aria-hidden="true" .style=${place} ${hatch(...drawing)}></canvas>`;
}
