/** A number that can be explained in turn: a link, in an explanation, to its own. */

import { html } from "../vendor/lit-html/lit-html.js";
import { operandTarget } from "../why_link.js";
import { cellName } from "../why_words.js";

/** @typedef {import("../why_link.js").Place} Place */
/**
 * What all parts of an explanation share.
 * @typedef {object} Shared
 * @property {number} layers how many there are
 * @property {import("../api.d.ts").DatasetView | null} dataset
 * @property {import("../actions.js").Actions} actions
 */

/** @param {Place} cell @param {Shared} shared @param {string} text what stands there */
export function operand({ tensor, row, col }, { layers, actions }, text) {
  const place = { tensor, row, col };
  const name = cellName(place, layers);
  return html`<button
    type="button"
    class="operand"
    title=${name}
    aria-label="${text}, ${name}"
    data-focus=${operandTarget(place)}
    @click=${() => actions.walk(place)}
    @pointerenter=${() => actions.show_cell(place)}
    @pointerleave=${() => actions.show_cell(null)}
  >${text}</button>`;
}
