/** The caption of a matrix: the longest text that fits, and the button of its menu. */

import { rangeWords } from "../legend/text.js";
import { formula, parts as partsOf, STATE, title } from "../tensors/names.js";
import { guard } from "../vendor/lit-html/directives/guard.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { captionsOf, fitting, piecesOf } from "./captions.js";
import { measuring } from "./measure.js";

/** @import { Tensor } from "../api.d.ts" */
/** @import { About } from "./captions.js" */
/** @import { Drawn } from "./matrix_view.js" */

/** Height from the caption's upper edge to the matrix. */
const ABOVE = 15;

/**
 * @param {Tensor[]} tensors the matrix, and its biases
 * @param {{x: number, y: number, room: number, isRanged: boolean}} place of the matrix, relative to its block
 * @param {Drawn} drawn
 * @param {About & {fonts: number}} about
 */
export function caption(tensors, { x, y, room, isRanged }, drawn, about) {
  const [{ name, shape }] = tensors;
  const captions = captionsOf(name, shape, about);
  if (captions.length === 0) return nothing;
  const range = isRanged ? ranges(tensors, drawn) : "";
  const text = guard([captions[0], room, about.fonts, range !== ""], () => {
    const chosen = fitting(captions, room, measuring(about.fonts)) ?? (range ? captions[captions.length - 1] : null);
    return chosen === null ? nothing : piecesOf(chosen).map(piece);
  });
  const place = `left: ${x}px; top: ${y - ABOVE}px; --room: ${room}px`;
  return html`
    <div class="network-caption" title=${described(name, shape, drawn.facts.layers)} .style=${place}>
      <span class="network-caption-text">${text}${range ? html`<span class="range">${range}</span>` : nothing}</span>
      <button type="button" class="network-more" tabindex="-1" data-menu=${name} aria-label="Menu of ${title(name, drawn.facts.layers)}">⋯</button>
    </div>
  `;
}

/** @param {import("./captions.js").Piece} piece */
function piece({ text, style }) {
  if (style === "bold") return html`<b>${text}</b>`;
  return style === "italic" ? html`<i>${text}</i>` : text;
}

/** @param {string} name @param {number[]} shape @param {number} layers @returns {string} "Gradient of layer 2 weights and biases, 32 × 32: ∂L/∂W = xᵀ·∂L/∂z" */
function described(name, shape, layers) {
  const { kind, place, vector } = partsOf(name);
  const biased = kind === "weights" && place !== "embedding" ? " and biases" : "";
  const words = `${title(name, layers)}${biased}, ${shape.join(" × ")}`;
  const how = vector ? STATE[vector].formula : formula(name, layers);
  return how ? `${words}: ${how}` : words;
}

/** @param {Tensor[]} tensors @param {Drawn} drawn @returns {string} "−0.31 … 0.3; biases 0 … 0" */
function ranges([first, ...biases], drawn) {
  const others = biases.filter(({ name }) => drawn.parts(name) !== drawn.parts(first.name));
  return [range(first, drawn), ...others.map((tensor) => `biases ${range(tensor, drawn)}`)].join("; ");
}

/** @param {Tensor} tensor @param {Drawn} drawn */
function range(tensor, { parts, look }) {
  return look.at(tensor).covered ? "not computed yet" : rangeWords(parts(tensor.name));
}
