/** What the grid over a tensor says: each cell by its place, its value, its names, and what belongs to it. */

import { axes, placeName } from "../draw/axis.js";
import { extent } from "../draw/heatmap.js";
import { sightWords } from "../scale_words.js";
import { matrixTarget } from "../why_link.js";
import { spokenCell, spokenPartner, spokenUpdate } from "../why_words.js";

/** @typedef {import("../api.d.ts").Tensor} Tensor */
/** @typedef {import("../draw/axis.js").Facts} Facts */
/** @typedef {import("../draw/scale.js").Norm} Norm */
/** @typedef {import("../phases.js").Shown} Shown */

/**
 * @param {Shown} tensor
 * @param {Norm} norm
 * @param {Shown | undefined} partner its gradient, or what it is the gradient of
 * @param {Facts} facts
 * @param {boolean} passing
 * @returns {import("./grid.js").Sheet}
 */
export function tensorSheet(tensor, norm, partner, facts, passing) {
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
          ...(value === null ? [] : sightWords(norm, value)),
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

/** @param {Shown} tensor @param {number} row @param {number} col @returns {import("../why_words.js").Valued} */
function valued(tensor, row, col) {
  const value = tensor.covered ? null : tensor.data[indexIn(tensor, row, col)];
  return { tensor: tensor.name, row, col, value, isChange: tensor.isChange };
}

/** @param {Tensor} tensor @param {number} row @param {number} col */
export const indexIn = ({ shape }, row, col) => row * extent(shape)[1] + col;

/** @param {Tensor} tensor @param {number} row @param {number} col @param {Facts} facts @returns {string[]} "position 1, token d", "unit 17" */
export function places({ name, shape }, row, col, facts) {
  const { rows, columns } = axes(name, shape, facts);
  return [placeName(rows, row), placeName(columns, col)].filter(Boolean);
}
