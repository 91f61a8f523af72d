/** The shapes of a loss chart drawn on a canvas. */

import { LABEL_SIZE } from "./labels.js";

/** @import { Box, Ink, Shape } from "./shapes.js" */

/**
 * @param {CanvasRenderingContext2D} context  in the pixels of the page
 * @param {Shape[]} shapes
 * @param {Box} box
 * @param {Ink} ink
 */
export function paint(context, shapes, box, ink) {
  const inside = new Path2D();
  inside.rect(box.left, box.top, box.width, box.height);
  for (const shape of shapes) {
    context.save();
    if (shape.clipped) context.clip(inside);
    paintShape(context, shape, ink);
    context.restore();
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Shape} shape
 * @param {Ink} ink
 */
function paintShape(context, { kind, trace, color, alpha, width, dash, label }, ink) {
  const path = new Path2D();
  trace(path);
  context.globalAlpha = alpha;
  context.lineCap = "round";
  // Round joins double the cost of a noisy line and are invisible.
  context.lineJoin = "bevel";
  context.setLineDash(dash);
  context.strokeStyle = context.fillStyle = ink.lines[color] ?? ink.strong;
  context.lineWidth = width;
  if (width > 0) context.stroke(path);
  else context.fill(path);
  if (label) {
    context.font = `${LABEL_SIZE}px system-ui, sans-serif`;
    context.textAlign = label.end ? "end" : "start";
    context.fillStyle = ink.strong;
    context.fillText(label.text, label.x, label.y);
  }
  if (kind !== "star") return;
  context.strokeStyle = ink.surface;
  context.lineWidth = 1;
  context.stroke(path);
}
