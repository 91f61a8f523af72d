/** The colour that a cell has in its matrix, as a small square beside its number. */

import { heatmap } from "../heatmap/heatmap.js";
import { coloursOf } from "../legend/scale_legend_view.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { scaled } from "./scales.js";

/** @import { Cell } from "../api.d.ts" */
/** @import { Side } from "../color/column_scale.js" */
/** @import { State } from "../page/store.js" */

/** @type {Side[]} */
const SIDES = ["forward", "backward"];

/**
 * Colours are those of the pass on screen at the moment of the call.
 * @param {State} state
 * @returns {(cell: Cell) => unknown} nothing for what is in no matrix, such as the loss
 */
export const swatches = (state) => (cell) => {
  const { net } = state.network;
  const side = net && SIDES.find((each) => net[each].tensors.some(({ name }) => name === cell.tensor));
  if (!net || !side) return nothing;
  const { table, diverging } = coloursOf(state, side);
  const { norm } = scaled(side, net[side], state, diverging).parts(cell.tensor);
  const one = { shape: [1], data: [cell.value] };
  return html`<canvas class="swatch" aria-hidden="true" width="1" height="1" ${heatmap(one, table, norm)}></canvas>`;
};
