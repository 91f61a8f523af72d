/** The free corner of a column: above the inputs and low layers, else right of the last block. */

import { rowHeights } from "./blocks.js";

/** @import { Box, Plan } from "./geometry.js" */
/** @import { Arrangement } from "./plan.js" */

/** Least and greatest size of its content, the least room beside the last block, and its distance from that. */
const LEAST = { width: 118, height: 74, beside: 132 };
const WIDEST = 220;
const DISTANCE = 22;
const TOP = 4;
const CAPTION = 20;

/** @param {Plan} plan @returns {Plan["corner"]} */
export function cornerOf({ rows, space, gutter, gap, cell, samples, blocks }) {
  const above = cornerAbove({ rows, cell, samples }, gutter, gap, space.low);
  if (above) return { place: "corner", box: above };
  const last = blocks.findLast((block) => block.row === 0);
  const x = last ? last.x + last.width + DISTANCE : 0;
  const width = Math.min(WIDEST, space.width - x - 4);
  if (!last || width + DISTANCE < LEAST.beside) return null;
  return { place: "right", box: { x, y: TOP, width, height: last.height - CAPTION } };
}

/** @param {Pick<Arrangement, "rows" | "cell" | "samples">} made @param {number} gutter @param {number} gap @param {boolean} low @returns {Box | null} */
export function cornerAbove({ rows: [row], cell, samples }, gutter, gap, low) {
  const heights = rowHeights(row, cell, samples, low);
  const tallest = Math.max(...row.map(({ rows }) => rows.shown * rows.pitch));
  let height = heights.all - samples.shown * samples.pitch - CAPTION;
  let width = gutter - 10;
  for (const [i, block] of row.entries()) {
    if (i > 0) height = Math.min(height, tallest - block.rows.shown * block.rows.pitch - 4);
    if (height < LEAST.height) return null;
    width += block.slot + gap;
    if (width >= LEAST.width && row[i + 1]) return { x: 0, y: TOP, width, height };
  }
  return null;
}
