/** Canvases over the cells of a matrix, drawn again only after a change. */

import { Directive, directive, PartType } from "../vendor/lit-html/directive.js";
import { html, noChange, nothing } from "../vendor/lit-html/lit-html.js";
import { isSameView } from "./part.js";

/** @import { Norm } from "../color/scale.js" */
/** @import { ElementPart, PartInfo } from "../vendor/lit-html/directive.js" */
/** @import { Matrix, View } from "./part.js" */
/** CSS pixels of a cell. @typedef {{across: number, down: number}} Pitch */
/** @typedef {{matrix: Matrix, table: Uint32Array, norm: Norm, view: View}} Drawing */
/** @typedef {(context: CanvasRenderingContext2D, drawing: Drawing, pitch: Pitch) => void} Paint */

/** Smallest cell with room for a stroke. CSS pixels. */
const SMALLEST = 5;

class Overlay extends Directive {
  /** @type {Drawing | null} */
  drawn = null;

  /** @param {PartInfo} part */
  constructor(part) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new TypeError("overlay() stands inside a canvas tag");
  }

  /** @param {[Drawing, Paint]} _ */
  render(..._) {
    return noChange;
  }

  /** @override @param {ElementPart} part @param {[Drawing, Paint]} how */
  update({ element }, [drawing, paint]) {
    if (!same(this.drawn, drawing)) draw(/** @type {HTMLCanvasElement} */ (element), drawing, paint);
    this.drawn = drawing;
    return noChange;
  }
}

/** @param {Drawing | null} before @param {Drawing} after */
function same(before, { matrix, table, norm, view }) {
  return (
    before?.matrix.data === matrix.data &&
    before.table === table &&
    before.norm === norm &&
    isSameView(before.view, view)
  );
}

/** @param {HTMLCanvasElement} canvas @param {Drawing} drawing @param {Paint} paint */
function draw(canvas, drawing, paint) {
  const { width, height, scale } = drawing.view;
  canvas.width = Math.round(width * scale); // which clears it
  canvas.height = Math.round(height * scale);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.scale(scale, scale);
  paint(context, drawing, pitchOf(drawing.view));
}

/** @param {View} view @returns {Pitch} */
const pitchOf = ({ rows, columns, width, height }) => ({ across: width / columns, down: height / rows });

const overlay = directive(Overlay);

/** Whether cells have room for a stroke. @param {View} view */
export function hasRoom(view) {
  const { across, down } = pitchOf(view);
  return Math.min(across, down) >= SMALLEST;
}

/**
 * The canvas of an overlay; nothing where cells are too small.
 * @param {Drawing} drawing
 * @param {Paint} paint
 * @param {{place: string, classes: string}} how  place as a style
 */
export function overlayOf(drawing, paint, { place, classes }) {
  if (!hasRoom(drawing.view)) return nothing;
  return html`<canvas class=${classes} aria-hidden="true" .style=${place} ${overlay(drawing, paint)}></canvas>`;
}
