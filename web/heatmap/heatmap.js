/** Tensors on canvases: one pixel for each number, repainted only after a change. */

import { extent } from "../tensors/shape.js";
import { Directive, directive, PartType } from "../vendor/lit-html/directive.js";
import { noChange } from "../vendor/lit-html/lit-html.js";
import { paint } from "./paint.js";

/** @import { Norm } from "../color/scale.js" */
/** @import { ElementPart, PartInfo } from "../vendor/lit-html/directive.js" */
/** @typedef {{shape: number[], data: ArrayLike<number>}} Matrix */
/** @typedef {[matrix: Matrix, table: Uint32Array, norm: Norm]} Drawing */

class Heatmap extends Directive {
  /** @type {Drawing | null} */
  drawn = null;
  /** @type {CanvasRenderingContext2D | null} */
  context = null;
  /** @type {ImageData | null} */
  image = null;

  /** @param {PartInfo} part */
  constructor(part) {
    super(part);
    if (part.type !== PartType.ELEMENT)
      throw new TypeError("heatmap() stands inside a canvas tag, beside its attributes");
  }

  /** @param {Drawing} _ */
  render(..._) {
    return noChange;
  }

  /** @override @param {ElementPart} part @param {Drawing} drawing */
  update({ element }, drawing) {
    if (!same(this.drawn, drawing)) this.draw(/** @type {HTMLCanvasElement} */ (element), drawing);
    this.drawn = drawing;
    return noChange;
  }

  /** @param {HTMLCanvasElement} canvas @param {Drawing} drawing */
  draw(canvas, [{ shape, data }, table, norm]) {
    const { context, image } = this.surface(canvas, extent(shape));
    paint(new Uint32Array(image.data.buffer), data, table, norm);
    context.putImageData(image, 0, 0);
  }

  /** @param {HTMLCanvasElement} canvas @param {[number, number]} extent rows, columns */
  surface(canvas, [rows, columns]) {
    this.context ??= /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
    if (this.image?.width !== columns || this.image.height !== rows) {
      canvas.width = columns;
      canvas.height = rows;
      this.image = this.context.createImageData(columns, rows);
    }
    return { context: this.context, image: /** @type {ImageData} */ (this.image) };
  }
}

/** @param {Drawing | null} before @param {Drawing} after */
function same(before, [matrix, table, norm]) {
  if (!before || before[0].data !== matrix.data || before[1] !== table) return false;
  const old = before[2];
  if (old.offset !== norm.offset || old.gain !== norm.gain || old.threshold !== norm.threshold) return false;
  return String(before[0].shape) === String(matrix.shape);
}

/** `<canvas ${heatmap(tensor, table, norm)}>` */
export const heatmap = directive(Heatmap);
