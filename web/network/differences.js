/** Matrices of |mine − numeric| in the place of the gradients. */

import { differencesShown } from "../code/state.js";
import { columnOf } from "../color/column_scale.js";
import { coloursOf } from "../legend/scale_legend_view.js";

/** @import { Difference, Tensor } from "../api.d.ts" */
/** @import { ColorScale, Moving, Side } from "../color/column_scale.js" */
/** @import { State } from "../page/store.js" */
/** @import { Shown } from "../phases/state.js" */
/** @import { Net } from "./state.js" */

/** Linear: large differences are mistakes, and rounding gets no colour. @type {Readonly<ColorScale>} */
const DIFFERENCE_SCALE = { scope: "column", transform: "linear", clip: false };

/** The last column. @type {{matrices: Difference[], shapes: string, column: Moving} | null} */
let latest = null;

/** Return the backward pass with differences; gradients that are not compared are covered. @param {Moving} backward @param {Difference[]} matrices @returns {Moving} */
function differenceColumn({ tensors }, matrices) {
  const shapes = tensors.map(({ name, shape }) => `${name} ${shape}`).join();
  if (latest?.matrices === matrices && latest.shapes === shapes) return latest.column;
  const found = new Map(matrices.map((each) => [each.tensor, each]));
  const shown = tensors.map((tensor) => inPlaceOf(tensor, found.get(tensor.name)));
  const { scale } = columnOf(shown.filter(({ covered }) => !covered));
  latest = { matrices, shapes, column: { tensors: shown, scale } };
  return latest.column;
}

/** @param {Tensor} tensor @param {Difference | undefined} difference @returns {Shown} */
function inPlaceOf({ name, shape, data }, difference) {
  if (!difference) return { name, shape, data: new Float32Array(data.length), covered: true, why: "not compared" };
  // Numbers left out, at kinks, look as if they agreed; the list in the panel counts them.
  const values = difference.data.map((value) => (Number.isNaN(value) ? 0 : value));
  return { name, shape: difference.shape, data: values, isDifference: true };
}

/** Return the network with differences in place of the gradients, if these are chosen. @param {State} state @param {Net} net @returns {Net} */
export function compared({ code }, net) {
  const matrices = differencesShown(code, net.run_id);
  return matrices ? { ...net, backward: differenceColumn(net.backward, matrices) } : net;
}

/** @param {State} state @param {Net} net */
export const isCompared = ({ code }, { run_id }) => differencesShown(code, run_id) !== null;

/** Differences have a scale of their own. @param {Side} side @param {State} state @param {Net} net @returns {ReturnType<typeof coloursOf>} */
export function coloursIn(side, state, net) {
  const colours = coloursOf(state, side);
  if (side === "forward" || !isCompared(state, net)) return colours;
  return {
    ...colours,
    legend: { ...colours.legend, scales: { ...colours.legend.scales, backward: DIFFERENCE_SCALE } },
  };
}
