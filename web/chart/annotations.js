/** A plugin of uPlot for the loss chart: names of lines, best epoch, changes, stops. */

import { COLORS } from "../ui/line_style.js";
import { ofRun } from "../ui/of_run.js";
import { ends, isInside, merged, shortened, spaced } from "./labels.js";
import { bestEpochOf, shortly } from "./metric.js";

/** @import uPlot from "../vendor/uplot/uPlot.esm.js" */
/** @import { Ink } from "../ui/ink.js" */
/** @import { Box } from "./labels.js" */
/** @import { LossLine } from "./line.js" */
/** @import { Shown } from "./plot.js" */
/**
 * @typedef {object} Pen
 * @property {CanvasRenderingContext2D} context  in pixels of the page
 * @property {Box} box
 * @property {(value: number) => number} x  → pixels
 * @property {(value: number) => number} y
 * @property {Ink} ink
 */

const SIZE = 10.5;
/** Height of hatches, and the width from which they have words. Pixels. */
const [HATCH, WRONG_ROOM] = [8, 96];
/** Signs as paths; the first two stand on the axis. */
const CHANGE = "M-4.5 -9h9l-4.5 8Z";
const FLAG = "M0 -11v-12l8 3.5l-8 3.5";
const CROSS = "M-4 -4l8 8m0 -8l-8 8";
const DOT = "M2.5 0a2.5 2.5 0 1 1 -5 0a2.5 2.5 0 1 1 5 0";
const STAR = "M0 -6.5L1.6 -2.3L6.2 -2L2.7 .9L3.8 5.3L0 2.8L-3.8 5.3L-2.7 .9L-6.2 -2L-1.6 -2.3Z";

/** @param {Ink} ink @param {() => Shown} latest @param {number} k  size of all that is drawn @returns {uPlot.Plugin} */
export function annotations(ink, latest, k) {
  return {
    hooks: {
      draw: (plot) => {
        const density = (plot.ctx.canvas.width / plot.width) * k;
        const { left, top, width, height } = plot.bbox;
        const [right, bottom] = [(left + width) / density, (top + height) / density];
        const box = { left: left / density, top: top / density, right, bottom };
        const place = (/** @type {"x" | "y"} */ axis) => (/** @type {number} */ value) =>
          plot.valToPos(value, axis, true) / density;
        plot.ctx.save();
        plot.ctx.scale(density, density);
        annotate({ context: plot.ctx, box, x: place("x"), y: place("y"), ink }, latest());
        plot.ctx.restore();
      },
    },
  };
}

/** @param {Pen} pen @param {Shown} shown */
function annotate(pen, shown) {
  const { context, box, ink, x, y } = pen;
  const { scene, settings } = shown;
  const { drawing } = scene;
  context.setLineDash([]);
  context.textBaseline = "middle";
  for (const line of drawing.lines) {
    context.strokeStyle = context.fillStyle = ink.lines[(ofRun(drawing.colors, line.curve.id) ?? 0) % COLORS];
    annotateWrong(pen, line, shown);
    annotateLine(pen, line, shown);
    annotateEvents(pen, line, shown);
  }
  if (drawing.floor && isInside(box, box.left, y(drawing.floor.y))) {
    text(pen, drawing.floor.label, [box.left + 6, floorLabel(pen, drawing.floor.y)], { color: ink.faint });
  }
  const word = settings.x === "time" ? scene.time.word : settings.x;
  text(pen, word, [box.right + 70, box.bottom + 11], { color: ink.faint, align: "right" });
  const labels = ends(shown, ({ at, value }) => ({ x: x(at), y: y(value) }), box);
  for (const { name, number, y: at, isStrong } of spaced(labels, box))
    text(pen, fitted(pen, name), [box.right + 6, at], {
      color: ink.names[number % COLORS],
      weight: isStrong ? 650 : 500,
    });
}

/** Its newest point, and where its losses are not finite. @param {Pen} pen @param {LossLine} line @param {Shown} shown */
function annotateLine({ context, box, x, y, ink }, { curve, x: across, raw, breaks }, { active }) {
  const [px, py] = [x(across[across.length - 1]), y(raw[raw.length - 1])];
  const playhead = { stroke: ink.ink, width: 1, alpha: 0.55 };
  if (curve.id === active?.id && px <= box.right + 0.5)
    glyph(context, `M0 0V${box.bottom - box.top}`, [px, box.top], playhead);
  if (isInside(box, px, py)) glyph(context, DOT, [px, py], { isFilled: true });
  for (const i of breaks)
    if (isInside(box, x(across[i]), box.top)) glyph(context, CROSS, [x(across[i]), box.top + 5], { width: 2 });
}

/** Hatches along the axis where code with wrong gradients trained the run. @param {Pen} pen @param {LossLine} line @param {Shown} shown */
function annotateWrong(pen, { curve: { id } }, { scene: { drawing }, active }) {
  const { context, box, x, ink } = pen;
  for (const { from, to } of ofRun(drawing.wrong, id) ?? []) {
    const [left, right] = [Math.max(box.left, x(from)), Math.min(box.right, Math.max(x(to), x(from) + 3))];
    if (right <= left) continue;
    context.save();
    context.beginPath();
    context.rect(left, box.bottom - HATCH, right - left, HATCH);
    context.clip();
    context.lineWidth = 1.5;
    context.beginPath();
    for (let at = left - HATCH; at < right; at += HATCH / 2) {
      context.moveTo(at, box.bottom);
      context.lineTo(at + HATCH, box.bottom - HATCH);
    }
    context.stroke();
    context.restore();
    if (id === active?.id && right - left >= WRONG_ROOM)
      text(pen, "gradients wrong", [left + 4, aboveHatches(pen, drawing.floor)], { color: ink.muted });
  }
}

/** Above the label of the best possible, where both would meet. @param {Pen} pen @param {Shown["scene"]["drawing"]["floor"]} floor */
function aboveHatches(pen, floor) {
  const at = pen.box.bottom - HATCH - 7;
  const other = floor ? floorLabel(pen, floor.y) : -Infinity;
  return Math.abs(at - other) < 14 ? other - 14 : at;
}

/** Above its line and what stands on the axis, or below at the top. @param {Pen} pen @param {number} value */
function floorLabel({ box, y }, value) {
  const at = y(value);
  return at > box.top + 16 ? Math.min(at - 8, box.bottom - HATCH - 7) : at + 9;
}

/** Changes, stops and the best epoch. @param {Pen} pen @param {LossLine} line @param {Shown} shown */
function annotateEvents(pen, { curve: { id } }, { scene: { drawing, metric }, active }) {
  const { context, box, x, y, ink } = pen;
  const events = (ofRun(drawing.marks, id) ?? []).map((mark) => ({ ...mark, x: x(mark.x) }));
  const seen = events.filter((mark) => isInside(box, mark.x, box.top));
  for (const isStop of [false, true]) {
    const row = merged(seen.filter(({ stop }) => stop === isStop));
    row.forEach(({ x: at, label }, i) => {
      glyph(context, isStop ? FLAG : CHANGE, [at, box.bottom], { isFilled: true, width: isStop ? 1.5 : 0 });
      beside(pen, label.replace("⚑ ", ""), [at, box.bottom - (isStop ? 19 : 7)], [row[i - 1]?.x, row[i + 1]?.x]);
    });
  }
  const best = ofRun(drawing.stars, id);
  if (!best || !isInside(box, x(best.x), y(best.y))) return;
  const at = /** @type {[number, number]} */ ([x(best.x), y(best.y)]);
  glyph(context, STAR, at, { isFilled: true, stroke: ink.surface, width: 1 });
  if (id !== active?.id) return;
  const align = at[0] > box.right - 30 ? "right" : "center";
  const above = at[1] - 14 < box.top ? at[1] + 14 : at[1] - 14;
  text(pen, `best ${shortly(metric, bestEpochOf(metric, active))}`, [at[0], above], {
    color: ink.ink,
    weight: 600,
    align,
  });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} path  around 0, 0
 * @param {[number, number]} at
 * @param {{isFilled?: boolean, stroke?: string, width?: number, alpha?: number}} how  width 0: not stroked
 */
function glyph(context, path, at, { isFilled = false, stroke, width = 0, alpha = 1 }) {
  context.save();
  context.translate(...at);
  context.globalAlpha = alpha;
  if (isFilled) context.fill(new Path2D(path));
  if (stroke) context.strokeStyle = stroke;
  context.lineWidth = width;
  if (width > 0) context.stroke(new Path2D(path));
  context.restore();
}

/**
 * Text with an edge in the colour of the surface, so that lines under it do not disturb.
 * @param {Pen} pen
 * @param {string} words
 * @param {[number, number]} at
 * @param {{color: string, weight?: number, align?: CanvasTextAlign}} how
 */
function text({ context, ink }, words, at, { color, weight = 500, align = "left" }) {
  context.save();
  context.font = `${weight} ${SIZE}px ${ink.font}`;
  context.textAlign = align;
  context.lineWidth = 3;
  context.strokeStyle = ink.surface;
  context.fillStyle = color;
  context.strokeText(words, ...at);
  context.fillText(words, ...at);
  context.restore();
}

/** A name as long as there is room beside the plot. @param {Pen} pen @param {string} name */
function fitted({ context, box, ink }, name) {
  const room = context.canvas.width / context.getTransform().a - box.right - 8;
  context.font = `650 ${SIZE}px ${ink.font}`;
  return shortened(name, room / context.measureText(name).width);
}

/**
 * The label of a mark, on the side where there is room.
 * @param {Pen} pen
 * @param {string} label
 * @param {[number, number]} at
 * @param {[number | undefined, number | undefined]} neighbours  the marks before and after it
 */
function beside(pen, label, [x, y], [before = pen.box.left, after = pen.box.right]) {
  pen.context.font = `500 ${SIZE}px ${pen.ink.font}`;
  const room = pen.context.measureText(label).width + 18;
  if (x + room <= after) text(pen, label, [x + 9, y], { color: pen.ink.muted });
  else if (x - room >= before + 9) text(pen, label, [x - 9, y], { color: pen.ink.muted, align: "right" });
}
