/** State of “Look closely”: the matrix and its partner, the cell, and what part is shown. */

import { baseName, parts, twin } from "../tensors/names.js";

/** @import { Tensor } from "../api.d.ts" */
/** @import { Side } from "../color/column_scale.js" */
/** @import { Net } from "../network/state.js" */
/**
 * @typedef {object} At
 * @property {string} forward   name of the matrix on the left
 * @property {string} backward  of its partner on the right, which tokens have not
 * @property {Side} side        where the keyboard is; on a phone the one that is shown
 * @property {number} row       of the cell
 * @property {number} col
 * @property {number} top       first row shown
 * @property {number} left      first column shown
 * @property {number | null} size  width of a cell in pixels; null: the usual one
 */
/** @typedef {{at: At | null}} LookState */

/** A tensor of the network on screen. @param {Net | null} net @param {string} name @returns {Tensor | null} */
export function tensorOf(net, name) {
  if (!net) return null;
  const all = [net.forward, net.backward, net.optimizer];
  for (const { tensors } of all) {
    const found = tensors.find((tensor) => tensor.name === name);
    if (found) return found;
  }
  return null;
}

/** The matrices that are shown for one of them: itself or what it is the gradient of, and the gradient. @param {string} name @returns {Pick<At, "forward" | "backward" | "side">} */
export function pairOf(name) {
  const { gradient, vector } = parts(name);
  const forward = vector ? name : baseName(name);
  return { forward, backward: twin(baseName(name)), side: gradient ? "backward" : "forward" };
}
