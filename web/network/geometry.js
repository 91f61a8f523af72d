/** Where everything of the network stands: boxes of matrices and blocks, equal in both columns. */

import { GAP, GUTTER, ROW_GAP, rowHeights, UNDER } from "./blocks.js";
import { cornerAbove, cornerOf } from "./corner.js";
import { arrange } from "./plan.js";

/** @import { Block, NetShape, Span } from "./blocks.js" */
/** @import { Arrangement, Space } from "./plan.js" */
/** @typedef {{x: number, y: number, width: number, height: number}} Box in CSS pixels, from the left upper corner of the column's network */
/** The box of a matrix: its axes as drawn, and the names of the axes, shared by all matrices that scroll together. @typedef {Box & {rows: Span, columns: Span, down: string, along: string}} Placed */
/** A block where it stands; `room` is the width of its captions. @typedef {Block & Box & {row: number, room: number}} PlacedBlock */
/** A strip that scrolls the window of an axis. @typedef {Box & {axis: string, isVertical: boolean, span: Span, tensor: string}} Strip */
/**
 * @typedef {Arrangement & {
 *   space: Space,
 *   gutter: number,
 *   gap: number,
 *   blocks: PlacedBlock[],
 *   boxes: Map<string, Placed>,
 *   strips: Strip[],
 *   corner: {place: "corner" | "right", box: Box} | null,
 * }} Plan  boxes by the names of the forward pass; the corner is the largest free rectangle for a sample, if any
 */

/** Space above the first row. */
export const TOP = 4;
/** Widths of a gap at most, of a gutter at most, of a letter of a sample label, and of the space beside it. */
const WIDEST_GAP = 34;
const WIDEST_GUTTER = 110;
export const LETTER = 6.3;
const LABEL_SPACE = 8;
/** Height of sample rows from which their labels may be shown in full. */
export const ROOMY = 9;
/** Right of the last block, the least room for a sample. */
const BESIDE = 132;
/** Strips that scroll: thickness, and distance from what they scroll. */
const STRIP = { thickness: 7, under: 5, before: 10 };

/** Lay the network out. @param {NetShape} net @param {Space} space @returns {Plan} */
export function planOf(net, space) {
  const made = arrange(net, space);
  const { phone, low } = space;
  const isBeside = !phone && !cornerAbove(made, GUTTER, GAP, low) && roomBeside(made, space) >= BESIDE;
  const spacing = phone ? { gutter: 0, gap: GAP } : isBeside ? { gutter: GUTTER, gap: GAP } : spread(net, made, space);
  /** @type {PlacedBlock[]} */
  const blocks = [];
  let y = phone ? 0 : TOP;
  made.rows.forEach((row, i) => {
    const { all: height } = rowHeights(row, made.cell, made.samples, low);
    let x = startOf(row, made, space, spacing.gutter);
    row.forEach((block, at) => {
      const right = isBeside && i === 0 ? 8 : Math.max(0, space.width - x - block.slot);
      const room = block.slot + (at === row.length - 1 ? right : spacing.gap - 6);
      blocks.push({ ...block, x, y, width: block.slot, height, row: i, room });
      x += block.slot + spacing.gap;
    });
    y += height + ROW_GAP;
  });
  const boxes = new Map(blocks.flatMap((block) => boxesOf(block, { ...made, space }, net)));
  const width = Math.max(...blocks.map((block) => block.x + block.width));
  const plan = { ...made, width, space, ...spacing, blocks, boxes, strips: stripsOf(blocks, boxes), corner: null };
  return { ...plan, corner: phone ? null : cornerOf(plan) };
}

/** @param {Arrangement} made @param {Space} space */
function roomBeside({ rows: [row] }, { width }) {
  return width - GUTTER - row.reduce((sum, { slot }) => sum + slot, 0) - GAP * (row.length - 1) - 26;
}

/** Spread unused width: to a gutter that holds full labels, then to the gaps. @param {NetShape} net @param {Arrangement} made @param {Space} space */
function spread({ letters = 0 }, made, { width }) {
  let left = width - made.width;
  const needed = Math.ceil(letters * LETTER + LABEL_SPACE);
  const isFull = made.samples.pitch > ROOMY && needed > GUTTER && needed <= WIDEST_GUTTER && needed - GUTTER <= left;
  const gutter = isFull ? needed : GUTTER;
  left -= gutter - GUTTER;
  const widened = made.rows.length === 1 ? Math.floor(left / Math.max(1, made.rows[0].length)) : 0;
  return { gutter, gap: Math.min(WIDEST_GAP, GAP + Math.max(0, widened)) };
}

/** Rows after the first begin at the gutter, the lane of lines between cells. @param {Block[]} row @param {Arrangement} made @param {Space} space @param {number} gutter */
function startOf(row, { rows }, { width, phone }, gutter) {
  if (phone) return Math.max(0, Math.floor((width - row.reduce((sum, { slot }) => sum + slot, 0)) / 2));
  return row[0].kind === "inputs" || rows.length > 1 ? gutter : 0;
}

/** @param {PlacedBlock} block @param {Arrangement & {space: Space}} made @param {NetShape} net @returns {[name: string, box: Placed][]} */
function boxesOf(block, made, net) {
  const { kind, place, x, columns, rows } = block;
  const tops = topsOf(block, made);
  const box = (/** @type {number} */ y, /** @type {Span} */ down, /** @type {string} */ axis, along = columns) => {
    const size = { width: along.shown * along.pitch, height: down.shown * down.pitch };
    return { x, y, ...size, rows: down, columns: along, down: axis, along: place || "inputs" };
  };
  const { cell, samples } = made;
  if (kind === "inputs") return [["inputs", box(tops.activations, samples, "samples")]];
  const activations = box(tops.activations, samples, "samples");
  if (kind === "embedding") {
    const size = net.embedding?.size ?? columns.units;
    const table = { units: size, pitch: columns.pitch, shown: Math.min(size, columns.shown) };
    const weights = { ...box(tops.weights, rows, "vocabulary", table), along: "dimensions" };
    return [
      ["embedding/weights", weights],
      ["embedding/activations", activations],
    ];
  }
  /** @type {[string, Placed][]} */
  const layer = [
    [`${place}/weights`, box(tops.weights, rows, before(place, net))],
    [`${place}/biases`, box(tops.biases, { units: 1, pitch: cell, shown: 1 }, "")],
    [`${place}/pre_activations`, box(tops.preActivations, samples, "samples")],
  ];
  return kind === "hidden" ? [...layer, [`${place}/activations`, activations]] : layer;
}

/** Upper edges of a block's matrices; the bands of samples of all blocks of a row are at one height. @param {PlacedBlock} block @param {Arrangement & {space: Space}} made */
function topsOf({ y, row, rows }, { rows: all, cell, samples, space }) {
  const heights = rowHeights(all[row], cell, samples, space.low);
  const biases = y + heights.weights;
  const band = samples.shown * samples.pitch;
  return {
    weights: biases - UNDER - rows.shown * rows.pitch,
    biases,
    preActivations: biases + heights.biases + heights.preActivations - band,
    activations: y + heights.all - band,
  };
}

/** The axis of a layer's inputs. @param {string} place @param {NetShape} net */
function before(place, { embedding }) {
  const layer = Number(place.slice("layers/".length));
  if (layer > 0) return `layers/${layer - 1}`;
  return embedding ? "embedding" : "inputs";
}

/** One strip for each axis with a window. @param {PlacedBlock[]} blocks @param {Map<string, Placed>} boxes @returns {Strip[]} */
function stripsOf(blocks, boxes) {
  const across = blocks.filter(({ columns }) => columns.shown < columns.units).map((block) => stripUnder(block, boxes));
  const known = new Set(across.map(({ axis }) => axis));
  const down = [...boxes].flatMap(([tensor, { x, y, height, rows, down: axis }]) => {
    if (rows.shown === rows.units || axis === "samples" || known.has(axis)) return [];
    const line = { x: x - STRIP.before, y, width: STRIP.thickness, height };
    return [{ ...line, axis, isVertical: true, span: rows, tensor }];
  });
  return [...across, ...down, ...stripOfSamples(blocks, boxes)];
}

/** @param {PlacedBlock} block @param {Map<string, Placed>} boxes @returns {Strip} under the last band */
function stripUnder({ place, columns, x, y, width, height }, boxes) {
  const tensor = place ? `${place}/${boxes.has(`${place}/activations`) ? "" : "pre_"}activations` : "inputs";
  const line = {
    x,
    y: y + height + STRIP.under,
    width: Math.min(width, columns.shown * columns.pitch),
    height: STRIP.thickness,
  };
  return { ...line, axis: place || "inputs", isVertical: false, span: columns, tensor };
}

/** @param {PlacedBlock[]} blocks @param {Map<string, Placed>} boxes @returns {Strip[]} right of the first row */
function stripOfSamples(blocks, boxes) {
  const band = boxes.get("layers/0/activations") ?? boxes.get("layers/0/pre_activations");
  if (!band || band.rows.shown === band.rows.units) return [];
  const right = Math.max(...blocks.filter(({ row }) => row === 0).map(({ x, width }) => x + width));
  const line = { x: right + 5, y: band.y, width: 5, height: band.height };
  return [{ ...line, axis: "samples", isVertical: true, span: band.rows, tensor: "" }];
}
