/**
 * Tensors on canvases, repainted only after a change.
 *
 * A canvas has one pixel for each number that is shown, and no more than the screen has there.
 */

import { extent } from "../tensors/shape.js";
import { Directive, directive, PartType } from "../vendor/lit-html/directive.js";
import { noChange } from "../vendor/lit-html/lit-html.js";
import { paint } from "./paint.js";
import { isSameView, numbersOf, pixelsOf } from "./part.js";
import { isInSight, watchSight } from "./sight.js";

/** @import { Norm } from "../color/scale.js" */
/** @import { ElementPart, PartInfo } from "../vendor/lit-html/directive.js" */
/** @import { Matrix, View } from "./part.js" */
/** The whole matrix without a view. @typedef {[matrix: Matrix, table: Uint32Array, norm: Norm, view?: View]} Drawing */

class Heatmap extends Directive {
  /** @type {Drawing | null} */
  drawn = null;
  /** The latest drawing, while the canvas is out of sight. @type {Drawing | null} */
  waiting = null;
  isWatched = false;
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
    const canvas = /** @type {HTMLCanvasElement} */ (element);
    this.waiting = null;
    if (same(this.drawn, drawing)) return noChange;
    if (drawing[3]?.isMoving && !this.isInSight(canvas)) this.waiting = drawing;
    else this.draw(canvas, drawing);
    return noChange;
  }

  /** @param {HTMLCanvasElement} canvas */
  isInSight(canvas) {
    if (!this.isWatched) watchSight(canvas, () => this.waiting && this.draw(canvas, this.waiting));
    this.isWatched = true;
    return isInSight(canvas);
  }

  /** @param {HTMLCanvasElement} canvas @param {Drawing} drawing */
  draw(canvas, drawing) {
    const [{ shape, data }, table, norm, view] = drawing;
    const [rows, columns] = extent(shape);
    const pixels = view ? pixelsOf(view) : /** @type {[number, number]} */ ([rows, columns]);
    const { context, image } = this.surface(canvas, pixels);
    const numbers = view ? numbersOf(data, columns, view, pixels) : data;
    paint(new Uint32Array(image.data.buffer), numbers, table, norm);
    context.putImageData(image, 0, 0);
    this.drawn = drawing;
    this.waiting = null;
  }

  /** @param {HTMLCanvasElement} canvas @param {[down: number, across: number]} pixels */
  surface(canvas, [down, across]) {
    this.context ??= /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
    if (this.image?.width !== across || this.image.height !== down) {
      canvas.width = across;
      canvas.height = down;
      this.image = this.context.createImageData(across, down);
    }
    return { context: this.context, image: /** @type {ImageData} */ (this.image) };
  }
}

/** @param {Drawing | null} before @param {Drawing} after */
function same(before, [matrix, table, norm, view]) {
  if (!before || before[0].data !== matrix.data || before[1] !== table) return false;
  const old = before[2];
  if (old.offset !== norm.offset || old.gain !== norm.gain || old.threshold !== norm.threshold) return false;
  return String(before[0].shape) === String(matrix.shape) && isSameView(before[3], view);
}

/** `<canvas ${heatmap(tensor, table, norm, view)}>` */
export const heatmap = directive(Heatmap);
