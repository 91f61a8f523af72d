/** Spoken labels of cells: place, value, names, and the related numbers. */

import { matrixTarget } from "../explain/link.js";
import { spokenCell, spokenPartner, spokenUpdate } from "../explain/text.js";
import { describeVisibility } from "../legend/text.js";
import { axes, placeName } from "../tensors/axis.js";
import { extent } from "../tensors/shape.js";

/** @import { Tensor } from "../api.d.ts" */
/** @import { Norm } from "../color/scale.js" */
/** @import { Valued } from "../explain/text.js" */
/** @import { Sheet } from "../heatmap/aria_grid.js" */
/** @import { Shown } from "../phases/state.js" */
/** @import { Facts } from "../tensors/axis.js" */

/**
 * @param {Shown} tensor
 * @param {Norm} norm
 * @param {Facts} facts
 * @param {{partner?: Shown, passing?: boolean}} [more]  its gradient, or the tensor it is the gradient of
 * @returns {Sheet}
 */
export function tensorSheet(tensor, norm, facts, { partner, passing = false } = {}) {
  const { name, shape } = tensor;
  return {
    name,
    shape,
    target: matrixTarget(name),
    passing,
    reads: [tensor, norm, partner, facts.dataset, facts.samples, facts.layers],
    words: (row, col) => {
      const { value, ...place } = valued(tensor, row, col);
      return {
        label: [
          spokenCell({ ...place, value }, facts.layers),
          ...(value === null ? [] : describeVisibility(norm, value)),
          ...places(tensor, row, col, facts),
        ].join(", "),
        description: [
          ...(partner ? [spokenPartner(valued(partner, row, col), facts.layers)] : []),
          ...(tensor.update ? [spokenUpdate(tensor.update, indexIn(tensor, row, col))] : []),
        ].join("; "),
      };
    },
  };
}

/**
 * @param {Shown} tensor
 * @param {number} row
 * @param {number} col
 * @returns {Valued}
 */
function valued(tensor, row, col) {
  const value = tensor.covered ? null : tensor.data[indexIn(tensor, row, col)];
  return {
    tensor: tensor.name,
    row,
    col,
    value,
    isChange: tensor.isChange,
    isDifference: tensor.isDifference,
    why: tensor.why,
  };
}

/**
 * @param {Tensor} tensor
 * @param {number} row
 * @param {number} col
 */
export const indexIn = ({ shape }, row, col) => row * extent(shape)[1] + col;

/**
 * @param {Tensor} tensor
 * @param {number} row
 * @param {number} col
 * @param {Facts} facts
 * @returns {string[]} "position 1, token d", "unit 17"
 */
export function places({ name, shape }, row, col, facts) {
  const { rows, columns } = axes(name, shape, facts);
  return [placeName(rows, row), placeName(columns, col)].filter(Boolean);
}
