/** Words of “Look closely”: names of matrices, of rows and columns, and what part is shown. */

import { captionsOf, piecesOf } from "../network/captions.js";
import { short } from "../network/labels.js";
import { parts, placeTitle, STATE } from "../tensors/names.js";

/** @import { Piece } from "../network/captions.js" */
/** @import { Axis, Facts } from "../tensors/axis.js" */
/** @import { Layout } from "./geometry.js" */

/** Letters in the name of a row at most. */
const LETTERS = 8;

/** Symbols of the matrices, and of their gradients. @type {Record<string, string>} */
const SYMBOLS = { inputs: "x", weights: "W", biases: "b", pre_activations: "z", activations: "a" };

/** @param {string} name @param {Facts} facts @returns {Piece[]} "Layer 2 W", "Layer 2 ∂L/∂W", "Tokens" */
export function nameOf(name, { layers, dataset }) {
  const { place, kind, gradient, vector } = parts(name);
  const embedded = dataset?.config.encoding === "embedding";
  if (place === "" && embedded && !gradient)
    return piecesOf(captionsOf(name, [1, 1], { layers, activation: "", embedded })[0]);
  const symbol = place === "embedding" ? { weights: "table", activations: "x" }[kind] : SYMBOLS[kind];
  const where = placeTitle(place, layers).replace(" layer", "");
  return [
    { text: `${where} `, style: "bold" },
    { text: vector ? `${STATE[vector].title.toLowerCase()} of ` : "", style: "plain" },
    { text: gradient ? `∂L/∂${symbol}` : (symbol ?? kind), style: "italic" },
  ];
}

/** @param {Layout} layout @returns {string} "rows 9–26, columns 17–28 of 32×32" */
export function partWords({ top, left, rows, columns, shape }) {
  return `${span("row", top, rows)}, ${span("column", left, columns)} of ${shape.join("×")}`;
}

/** @param {string} noun @param {number} first @param {number} count */
const span = (noun, first, count) => (count === 1 ? `${noun} ${first + 1}` : `${noun}s ${first + 1}–${first + count}`);

/** The name at the edge for a unit of an axis. @param {Axis} axis @param {number} i @param {Facts["samples"]} samples @returns {string} "17", "2 b", "…cc→d" */
export function edgeName({ noun, names, group }, i, samples) {
  if (noun === "bias") return "";
  if (noun === "sample" && names && samples[i]) return short(samples[i], LETTERS);
  const name = names ? names[i] : String(i + 1);
  return group ? `${Math.floor(i / group) + 1} ${name}` : name;
}
