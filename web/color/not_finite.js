/** Numbers that are not finite: where the first of a column lies. */

import { parts } from "../tensors/names.js";
import { extent } from "../tensors/shape.js";

/** @import { Tensor } from "../api.d.ts" */

/** Parameters become NaN after the gradients, so they are searched last. @param {Tensor} tensor */
const isParameter = ({ name }) => !parts(name).gradient && ["weights", "biases"].includes(parts(name).kind);

/**
 * The first cell that is not finite, in the order in which a pass computes them.
 * @param {Tensor[]} tensors of one column, in drawing order
 * @returns {{tensor: string, row: number, col: number} | null}
 */
export function firstNotFinite(tensors) {
  const isBackward = tensors.some(({ name }) => parts(name).gradient);
  const passed = isBackward ? tensors.toReversed() : tensors;
  for (const tensor of [...passed.filter((it) => !isParameter(it)), ...passed.filter(isParameter)]) {
    const at = tensor.data.findIndex((/** @type {number} */ value) => !Number.isFinite(value));
    const columns = extent(tensor.shape)[1];
    if (at >= 0) return { tensor: tensor.name, row: Math.floor(at / columns), col: at % columns };
  }
  return null;
}
