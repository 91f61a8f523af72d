/** The cell pointed at, in words and digits: its matrix on the left, its gradient on the right. */

import { placeWords } from "../explain/text.js";
import { heatmap } from "../heatmap/heatmap.js";
import { describeVisibility } from "../legend/text.js";
import { parts, STATE, title } from "../tensors/names.js";
import { formatNumber, signed, significant } from "../ui/number.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { indexIn, places } from "./cell_labels.js";

/** @import { Norm } from "../color/scale.js" */
/** @import { Shown } from "../phases/state.js" */
/** @import { Facts } from "../tensors/axis.js" */
/** @typedef {{tensor: Shown, row: number, col: number, table: Uint32Array, norm: Norm}} Reading */

const DIGITS = 6;

/**
 * Visual only: screen readers read the grid cell.
 * @param {Reading | null} forward
 * @param {Reading | null} backward
 * @param {Reading[] | null} remembered the optimizer's state of the cell; null without any state
 * @param {Facts} facts
 */
export function readout(forward, backward, remembered, facts) {
  return html`
    <div class="readout ${remembered ? "three" : ""}" role="group" aria-label="Cell readout">
      ${forward || backward ? [half(forward, facts, "forward"), half(backward, facts, "backward"), third(remembered)] : hint()}
    </div>
  `;
}

/** @param {Reading[] | null} remembered */
function third(remembered) {
  if (!remembered) return nothing;
  if (remembered.length === 0)
    return html`<div class="reading optimizer"><p class="none">Not a parameter: the optimizer keeps nothing for it.</p></div>`;
  return html`<div class="reading optimizer">${remembered.map(memory)}</div>`;
}

/** @param {Reading} reading */
function memory(reading) {
  const { tensor, table, norm } = reading;
  const shown = { shape: [1], data: [value(reading)] };
  const { vector } = parts(tensor.name);
  return html`
    <p>
      <span class="vector">${vector ? STATE[vector].title : ""}</span>
      <canvas class="swatch" aria-hidden="true" width="1" height="1" ${heatmap(shown, table, norm)}></canvas>
      <output aria-live="off">${significant(value(reading), DIGITS)}</output>
      ${describeVisibility(norm, value(reading)).map((words) => html`<span class="sight">${words}</span>`)}
    </p>
  `;
}

/** On a touch screen nothing can be pointed at without a tap. */
const TOUCH = globalThis.matchMedia?.("(hover: none)").matches;

function hint() {
  const words = TOUCH
    ? "Tap a cell to see how it was computed."
    : "Point at a cell to read it, click to see how it was computed. By keyboard: Tab, arrow keys, Enter.";
  return html`<p class="hint" translate="yes">${words}</p>`;
}

/**
 * @param {Reading | null} reading
 * @param {Facts} facts
 * @param {"forward" | "backward"} side
 */
function half(reading, facts, side) {
  if (!reading) return html`<div class="reading ${side}"><p class="none">No gradient: tokens are discrete.</p></div>`;
  const { tensor, table, norm } = reading;
  const swatch = { shape: [1], data: [value(reading)] };
  const sight = tensor.covered ? [] : describeVisibility(norm, value(reading));
  return html`
    <div class="reading ${side}">
      <p class="value">
        <canvas class="swatch" aria-hidden="true" width="1" height="1" ${heatmap(swatch, table, norm)}></canvas>
        <output aria-live="off">${tensor.covered ? "not computed yet" : significant(value(reading), DIGITS)}</output>
      </p>
      <p class="where">
        <b>${title(tensor.name, facts.layers)}, ${placeWords(reading)}</b>
        <span>${[...sight, places(tensor, reading.row, reading.col, facts).join(" → ")].join(" · ")}</span>
        ${tensor.update ? html`<span>${updated(reading, tensor.update)}</span>` : nothing}
      </p>
    </div>
  `;
}

/** @param {Reading} reading */
function value({ tensor, row, col }) {
  return tensor.data[indexIn(tensor, row, col)];
}

/** @param {Reading} reading @param {NonNullable<Shown["update"]>} update */
function updated({ tensor, row, col }, { before, after, change }) {
  const [was, is, by] = [before, after, change].map((values) => values[indexIn(tensor, row, col)]);
  return `before ${formatNumber(was, DIGITS)}, change ${signed(by, DIGITS)}, after ${formatNumber(is, DIGITS)}`;
}
