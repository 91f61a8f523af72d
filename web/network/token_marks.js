/** Tokens before an embedding as marks in ink: an index is not a quantity. */

import { MIDDLE } from "../color/palettes.js";
import { norm } from "../color/scale.js";
import { memoize } from "../ui/memo.js";

/** @import { Tensor } from "../api.d.ts" */
/** @import { Norm } from "../color/scale.js" */
/** @import { Matrix } from "../heatmap/part.js" */

/** Cells of a position at most. */
const MAX_CELLS = 8;
/** Muted ink on light and on dark: an index is not a quantity, and has no colour of a ramp. */
const INK = { onLight: 0xff68605a, onDark: 0xffb1a7a0 };

const ends = norm({ min: 0, max: 1 }, true);

/** Colours of marks on the colour of zero. @param {Uint32Array} table */
const inkOf = memoize((/** @type {Uint32Array} */ table) => {
  const zero = table[MIDDLE];
  const isLight = (zero & 0xff) + ((zero >> 8) & 0xff) + ((zero >> 16) & 0xff) > 3 * 128;
  return new Uint32Array(table.length).fill(isLight ? INK.onLight : INK.onDark).fill(zero, 0, MIDDLE + 1);
});

/** @type {WeakMap<ArrayLike<number>, {shape: number[], data: Float32Array}>} */
const known = new WeakMap();

/** @param {Tensor} tensor one-hot inputs @param {number} tokens in the vocabulary @param {Uint32Array} table of the column @returns {[Matrix, Uint32Array, Norm]} */
export function marksOf(tensor, tokens, table) {
  const found = known.get(tensor.data) ?? marked(tensor, tokens);
  known.set(tensor.data, found);
  return [found, inkOf(table), ends];
}

/** @param {Tensor} tensor @param {number} tokens */
function marked({ shape: [rows, columns], data }, tokens) {
  const cells = Math.min(tokens, MAX_CELLS);
  const positions = columns / tokens;
  const marks = new Float32Array(rows * positions * cells);
  for (let i = 0; i < data.length; i++) {
    if (data[i] === 0) continue;
    const [row, column] = [Math.floor(i / columns), i % columns];
    const token = column % tokens;
    const at = tokens > 1 ? Math.round((token / (tokens - 1)) * (cells - 1)) : 0;
    marks[row * positions * cells + Math.floor(column / tokens) * cells + at] = 1;
  }
  return { shape: [rows, positions * cells], data: marks };
}
