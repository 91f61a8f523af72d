/** Captions of matrices: lists of texts from long to short, of which the first that fits counts. */

import { SHORT_ACTIVATIONS } from "../config/labels.js";
import { parts, STATE } from "../tensors/names.js";
import { extent } from "../tensors/shape.js";

/** A piece of a caption in one style. @typedef {{text: string, style: "plain" | "bold" | "italic"}} Piece */
/** @typedef {{layers: number, activation: string | undefined, embedded: boolean}} About facts of the network */

/**
 * Captions of a tensor, the longest first; `**` stands around bold words and `*` around formulas. None for biases.
 * @param {string} name
 * @param {number[]} shape
 * @param {About} about
 * @returns {string[]}
 */
export function captionsOf(name, shape, { layers, activation, embedded }) {
  const { place, layer, kind, gradient, vector } = parts(name);
  const isLast = layer === layers - 1;
  if (place === "" && embedded) return ["**Tokens**"];
  if (place === "") return [`**Inputs** *${gradient ? "∂L/∂x" : "x"}*`, "**Inputs**", "**In**"];
  if (kind === "weights") {
    const of = { isLast, activation, shape, vector, gradient };
    return place === "embedding" ? tableCaptions(of) : weightsCaptions(layer ?? 0, of);
  }
  const captions = BANDS[`${gradient ? "grad_" : ""}${place === "embedding" ? "rows" : isLast ? "logits" : kind}`];
  return kind === "biases" ? [] : captions;
}

/** Captions of bands of samples. @type {Record<string, string[]>} */
const BANDS = {
  rows: ["*x* = the rows of the tokens", "*x*"],
  grad_rows: ["*∂L/∂x*", "*∂x*"],
  pre_activations: ["*z = x · W + b*", "*z*"],
  grad_pre_activations: ["*∂L/∂z = ∂L/∂a ⊙ f′(z)*", "*∂L/∂z*", "*∂z*"],
  logits: ["logits *z = x · W + b*", "logits *z*", "*z*"],
  grad_logits: ["*∂L/∂z*", "*∂z*"],
  activations: ["*a = f(z)*", "*a*"],
  grad_activations: ["*∂L/∂a = ∂L/∂z · Wᵀ*", "*∂L/∂a*", "*∂a*"],
};

/** @typedef {{isLast: boolean, activation: string | undefined, shape: number[], vector: keyof typeof STATE | null, gradient: boolean}} Weights */

/** @param {number} layer @param {Weights} of */
function weightsCaptions(layer, { isLast, activation, shape, vector, gradient }) {
  const [long, short] = isLast ? ["**Output**", "**Out**"] : [`**Layer ${layer + 1}**`, `**L${layer + 1}**`];
  if (vector) return [`${long} ${STATE[vector].title.toLowerCase()} of *W*`, long, short];
  if (gradient) return [...(isLast ? [] : [`${long} *∂L/∂W = xᵀ · ∂L/∂z*`]), `${long} *∂L/∂W*`, long, short];
  const sized = `${long} *W* ${extent(shape).join("×")}`;
  const named = SHORT_ACTIVATIONS[activation ?? ""];
  return [...(isLast || !named ? [] : [`${sized} · ${named}`]), sized, `${long} *W*`, long, short];
}

/** @param {Weights} of */
function tableCaptions({ shape, vector, gradient }) {
  const what = vector ? `${STATE[vector].title.toLowerCase()} of the table` : `table ${extent(shape).join("×")}`;
  return gradient
    ? ["**Embedding** *∂L/∂table*", "**Embedding**", "**Emb**"]
    : [`**Embedding** ${what}`, "**Embedding**", "**Emb**"];
}

/** Split a caption into its pieces. @param {string} caption @returns {Piece[]} */
export function piecesOf(caption) {
  return [...caption.matchAll(/\*\*(.+?)\*\*|\*(.+?)\*|([^*]+)/g)].map(([, bold, italic, plain]) => ({
    text: bold ?? italic ?? plain,
    style: bold ? "bold" : italic ? "italic" : "plain",
  }));
}

/** The caption without its marks. @param {string} caption */
export const plainOf = (caption) => caption.replaceAll("*", "");

/**
 * Choose the first caption that fits.
 * @param {string[]} captions
 * @param {number} room in pixels
 * @param {(piece: Piece) => number} measure
 * @returns {string | null} null if none fits
 */
export function fitting(captions, room, measure) {
  const width = (/** @type {string} */ caption) => piecesOf(caption).reduce((sum, piece) => sum + measure(piece), 0);
  return captions.find((caption) => width(caption) <= room) ?? null;
}
