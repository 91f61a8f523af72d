/** A number that can be explained: a link, in an explanation or elsewhere on the page, to its own. */

import { shown } from "../draw/number.js";
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

const DIGITS = 5;

/** A number that the cell is. @param {Place} cell @param {Shared} shared @param {string} text what stands there */
export const operand = (cell, shared, text) => link(cell, shared, text, cellName(cell, shared.layers));

/** A number that is a function of the cell. @param {import("../api.d.ts").Cell} cell @param {Shared} shared @param {string} text @param {string} symbol of the function */
export const result = (cell, shared, text, symbol) =>
  link(cell, shared, text, `${symbol} from ${cellName(cell, shared.layers)}, ${shown(cell.value, DIGITS)}`);

/** @param {Place} cell @param {Shared} shared @param {string} text @param {string} name */
function link({ tensor, row, col }, { actions }, text, name) {
  const place = { tensor, row, col };
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

/**
 * A number that stands outside of an explanation, and has no matrix: a click, or Enter, explains it. The keyboard comes back to it.
 * @param {Place} place @param {number} layers @param {string} text @param {{ask: import("../actions.js").Actions["ask"]}} actions
 */
export function question(place, layers, text, { ask }) {
  const target = `asked:${place.tensor},${place.row},${place.col}`;
  // A click without a pointer comes from the keyboard or a screen reader.
  return html`<button
    type="button"
    class="operand"
    title="Why this number?"
    aria-label="${text}, ${cellName(place, layers)}"
    data-focus=${target}
    @click=${(/** @type {MouseEvent} */ event) => ask(place, event.detail === 0, target)}
  >${text}</button>`;
}
