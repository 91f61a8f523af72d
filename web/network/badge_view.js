/** The verdict of the gradient check beside a matrix. */

import { VERDICTS, verdictWords } from "../code/text.js";
import { html } from "../vendor/lit-html/lit-html.js";

/** @import { TensorVerdict } from "../api.d.ts" */
/** @import { Box } from "./geometry.js" */

/** Size of a badge. CSS pixels. */
const SIZE = 13;

/** In the upper right corner, below the title; at the end of a row of biases. @param {TensorVerdict} each @param {Box} box @param {number} layers */
export function badge(each, { x, y, width, height }, layers) {
  const isRow = height < 2 * SIZE;
  const top = isRow ? y + (height - SIZE) / 2 : y + 1;
  const left = x + width - (isRow ? 1 : SIZE / 2);
  const words = verdictWords(each, layers);
  return html`
    <span class="network-badge ${each.verdict}" role="img" aria-label="Gradient check: ${words}" title=${words} data-badge=${each.tensor} .style=${`left: ${left}px; top: ${top}px`}>${VERDICTS[each.verdict].sign}</span>
  `;
}
