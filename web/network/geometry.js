/** Where everything of the network stands: boxes of matrices and blocks, equal in both columns. */

import { GAP, GUTTER, ROW_GAP, rowHeights, UNDER } from "./blocks.js";
import { arrange } from "./plan.js";

/** @import { Block, NetShape, Span } from "./blocks.js" */
/** @import { Arrangement, Space } from "./plan.js" */
/** @typedef {{x: number, y: number, width: number, height: number}} Box in CSS pixels, from the left upper corner of the column's network */
/** The box of a matrix, with its axes as drawn, and the names of their windows. @typedef {Box & {rows: Span, columns: Span, down: string, along: string}} Placed */
/** A block where it stands; `room` is the width of its captions. @typedef {Block & Box & {row: number, room: number}} PlacedBlock */
/**
 * @typedef {Arrangement & {
 *   space: Space,
 *   gutter: number,
 *   gap: number,
 *   blocks: PlacedBlock[],
 *   boxes: Map<string, Placed>,
 *   corner: {place: "corner" | "right", box: Box} | null,
 * }} Plan  boxes by the names of the forward pass; the corner is the largest free rectangle for a sample, if any
 */

/** Space above the first row. */
const TOP = 4;
/** Widths of a gap at most, of a gutter at most, of a letter of a sample label, and of the space beside it. */
const WIDEST_GAP = 34;
const WIDEST_GUTTER = 110;
export const LETTER = 6.3;
const LABEL_SPACE = 8;
/** Height of sample rows from which full labels may be shown. */
export const ROOMY = 9;
/** Height that a caption takes above its matrix. */
export const CAPTION = 15;
/** Least size of the sample in the corner, and the least width right of the last block. */
const CORNER = { width: 118, height: 74, beside: 132, widest: 220 };

/** Lay the network out. @param {NetShape} net @param {Space} space @returns {Plan} */
export function planOf(net, space) {
  const made = arrange(net, space);
  const isBeside = !space.phone && !cornerAbove(made, GUTTER, GAP, space.low) && room(made, space) >= CORNER.beside;
  const { gutter, gap } =
    isBeside || space.phone ? { gutter: space.phone ? 0 : GUTTER, gap: GAP } : spread(net, made, space);
  /** @type {PlacedBlock[]} */
  const blocks = [];
  /** @type {Plan["boxes"]} */
  const boxes = new Map();
  let y = space.phone ? 0 : TOP;
  made.rows.forEach((row, i) => {
    const heights = rowHeights(row, made.cell, made.samples, space.low);
    let x = startOf(row, made, space, gutter);
    row.forEach((block, at) => {
      const isLast = at === row.length - 1;
      const right = isBeside && i === 0 ? 8 : Math.max(0, space.width - x - block.slot);
      const place = {
        x,
        y,
        width: block.slot,
        height: heights.all,
        row: i,
        room: block.slot + (isLast ? right : gap - 6),
      };
      blocks.push({ ...block, ...place });
      for (const [name, box] of boxesOf(block, x, y, heights, made, net)) boxes.set(name, box);
      x += block.slot + gap;
    });
    y += heights.all + ROW_GAP;
  });
  const width = Math.max(...blocks.map((block) => block.x + block.width));
  const plan = { ...made, width, space, gutter, gap, blocks, boxes, corner: null };
  return { ...plan, corner: space.phone ? null : cornerOf(plan) };
}

/** Width left over beside the first row. @param {Arrangement} made @param {Space} space */
function room({ rows: [row] }, { width }) {
  return width - GUTTER - row.reduce((sum, { slot }) => sum + slot, 0) - GAP * (row.length - 1) - 26;
}

/** Spread unused width: to a gutter that holds full labels, then to the gaps. @param {NetShape} net @param {Arrangement} made @param {Space} space */
function spread({ letters = 0 }, made, { width }) {
  let left = width - made.width;
  const needed = Math.ceil(letters * LETTER + LABEL_SPACE);
  const isFull = made.samples.pitch > ROOMY && needed > GUTTER && needed <= WIDEST_GUTTER && needed - GUTTER <= left;
  const gutter = isFull ? needed : GUTTER;
  left -= gutter - GUTTER;
  const [{ length }] = made.rows;
  const widened = made.rows.length === 1 ? Math.floor(left / Math.max(1, length)) : 0;
  return { gutter, gap: Math.min(WIDEST_GAP, GAP + Math.max(0, widened)) };
}

/** Rows after the first begin at the gutter, the lane of lines between cells. @param {Block[]} row @param {Arrangement} made @param {Space} space @param {number} gutter */
function startOf([first, ...more], { rows }, { width, phone }, gutter) {
  if (phone) return Math.max(0, Math.floor((width - [first, ...more].reduce((sum, { slot }) => sum + slot, 0)) / 2));
  return first.kind === "inputs" || rows.length > 1 ? gutter : 0;
}

/**
 * @param {Block} block
 * @param {number} x
 * @param {number} y of the row of blocks
 * @param {ReturnType<typeof rowHeights>} heights
 * @param {Arrangement} made
 * @param {NetShape} net
 * @returns {[name: string, box: Placed][]}
 */
function boxesOf({ kind, place, columns, rows }, x, y, heights, { cell, samples }, { embedding, widths }) {
  const box = (
    /** @type {number} */ top,
    /** @type {Span} */ down,
    /** @type {Span} */ along,
    names = { down: "samples", along: place || "inputs" },
  ) => {
    const size = { width: along.shown * along.pitch, height: down.shown * down.pitch };
    return { x, y: top, ...size, rows: down, columns: along, ...names };
  };
  const one = { units: 1, pitch: cell, shown: 1 };
  const bands = y + heights.weights + heights.biases;
  const bottom = y + heights.all;
  const band = samples.shown * samples.pitch;
  const before = place === "layers/0" ? (embedding ? "embedding" : "inputs") : `layers/${Number(place.slice(7)) - 1}`;
  const top = y + heights.weights - UNDER - rows.shown * rows.pitch;
  if (kind === "inputs") return [["inputs", box(bottom - band, samples, columns)]];
  if (kind === "embedding") {
    const size = embedding?.size ?? widths[0];
    const table = { units: size, pitch: columns.pitch, shown: Math.min(size, columns.shown) };
    return [
      ["embedding/weights", box(top, rows, table, { down: "vocabulary", along: "" })],
      ["embedding/activations", box(bottom - band, samples, columns)],
    ];
  }
  /** @type {[string, Placed][]} */
  const layer = [
    [`${place}/weights`, box(top, rows, columns, { down: before, along: place })],
    [`${place}/biases`, box(y + heights.weights, one, columns, { down: "", along: place })],
    [`${place}/pre_activations`, box(bands + heights.preActivations - band, samples, columns)],
  ];
  if (kind === "hidden") layer.push([`${place}/activations`, box(bottom - band, samples, columns)]);
  return layer;
}

/** The free rectangle for two sentences or a sample: above the inputs and low layers, else right of the last block. @param {Plan} plan @returns {Plan["corner"]} */
export function cornerOf({ rows: [row], space, gutter, gap, cell, samples, blocks }) {
  const above = cornerAbove({ rows: [row], cell, samples }, gutter, gap, space.low);
  if (above) return { place: "corner", box: above };
  const last = blocks.findLast((block) => block.row === 0);
  const x = last ? last.x + last.width + 22 : 0;
  const width = Math.min(CORNER.widest, space.width - x - 4);
  if (!last || width + 22 < CORNER.beside) return null;
  return { place: "right", box: { x, y: TOP, width, height: last.height - 20 } };
}

/** @param {Pick<Arrangement, "rows" | "cell" | "samples">} made @param {number} gutter @param {number} gap @param {boolean} low @returns {Box | null} */
function cornerAbove({ rows: [row], cell, samples }, gutter, gap, low) {
  const heights = rowHeights(row, cell, samples, low);
  const tallest = Math.max(...row.map(({ rows }) => rows.shown * rows.pitch));
  let height = heights.all - samples.shown * samples.pitch - 20;
  let width = gutter - 10;
  for (const [i, block] of row.entries()) {
    if (i > 0) height = Math.min(height, tallest - block.rows.shown * block.rows.pitch - 4);
    if (height < CORNER.height) return null;
    width += block.slot + gap;
    if (width >= CORNER.width && row[i + 1]) return { x: 0, y: TOP, width, height };
  }
  return null;
}
