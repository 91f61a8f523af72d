/** A number that links to its own explanation. */

import { formatNumber } from "../ui/number.js";
import { html } from "../vendor/lit-html/lit-html.js";
import { operandTarget } from "./link.js";
import { cellName } from "./text.js";

/** @import { Cell, DatasetView } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { Place } from "./link.js" */
/**
 * Options shared by all parts of an explanation.
 * @typedef {object} Shared
 * @property {number} layers number of layers
 * @property {DatasetView | null} dataset
 * @property {Actions} actions
 * @property {(cell: Cell) => unknown} swatch the colour of a cell on the page, as a small square
 */

const DIGITS = 5;

/**
 * Link of a number that is the value of a cell.
 * @param {Place} cell
 * @param {Shared} shared
 * @param {string} text the number as text
 */
export const operand = (cell, shared, text) => link(cell, shared, text, cellName(cell, shared.layers));

/**
 * Link of a number computed from a cell.
 * @param {Cell} cell
 * @param {Shared} shared
 * @param {string} text
 * @param {string} symbol of the function
 */
export const result = (cell, shared, text, symbol) =>
  link(cell, shared, text, `${symbol} from ${cellName(cell, shared.layers)}, ${formatNumber(cell.value, DIGITS)}`);

/**
 * @param {Place} cell
 * @param {Pick<Shared, "actions">} shared
 * @param {string} text
 * @param {string} name
 */
function link({ tensor, row, col }, { actions }, text, name) {
  const place = { tensor, row, col };
  return html`<button
    type="button"
    class="operand"
    title=${name}
    aria-label="${text}, ${name}"
    data-focus=${operandTarget(place)}
    @click=${() => actions.explain.walk(place)}
    @pointerenter=${() => actions.network.showCell(place)}
    @pointerleave=${() => actions.network.showCell(null)}
  >${text}</button>`;
}

/**
 * Link of a number outside explanations and matrices; closing the explanation returns the focus to it.
 * @param {Place} place
 * @param {number} layers
 * @param {string} text
 * @param {Actions} actions
 */
export function question(place, layers, text, actions) {
  const target = `asked:${place.tensor},${place.row},${place.col}`;
  // A click with detail 0 comes from the keyboard or a screen reader.
  return html`<button
    type="button"
    class="operand"
    title="Why this number?"
    aria-label="${text}, ${cellName(place, layers)}"
    data-focus=${target}
    @click=${(/** @type {MouseEvent} */ event) => actions.explain.ask(place, event.detail === 0, target)}
  >${text}</button>`;
}
