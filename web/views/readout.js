/** The cell pointed at, in words and digits: its matrix on the left, its gradient on the right, each under its own column. */

import { shown, signed, significant } from "../draw/number.js";
import { parts, STATE, title } from "../draw/tensor.js";
import { sightWords } from "../scale_words.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { heatmap } from "./heatmap.js";
import { indexIn, places } from "./tensor_sheet.js";

/** @typedef {import("../draw/axis.js").Facts} Facts */
/** @typedef {import("../draw/scale.js").Norm} Norm */
/** @typedef {{tensor: import("../phases.js").Shown, row: number, col: number, table: Uint32Array, norm: Norm}} Reading */

const DIGITS = 6;

/**
 * For eyes: to ears the cell of the grid speaks.
 * @param {Reading | null} forward @param {Reading | null} backward
 * @param {Reading[] | null} remembered what the optimizer remembers of it; null if it remembers nothing of anything
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
    return html`<div class="reading optimizer"><p class="none">Not learned: the optimizer remembers nothing of it.</p></div>`;
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
      ${sightWords(norm, value(reading)).map((words) => html`<span class="sight">${words}</span>`)}
    </p>
  `;
}

function hint() {
  return html`<p class="hint">Point at a cell, or move to a matrix with Tab and walk in it with the arrow keys, to see its value and its gradient. A click, or Enter, explains it.</p>`;
}

/** @param {Reading | null} reading @param {Facts} facts @param {"forward" | "backward"} side */
function half(reading, facts, side) {
  if (!reading)
    return html`<div class="reading ${side}"><p class="none">No gradient: tokens are not numbers that could be changed.</p></div>`;
  const { tensor, table, norm } = reading;
  const swatch = { shape: [1], data: [value(reading)] };
  const sight = tensor.covered ? [] : sightWords(norm, value(reading));
  return html`
    <div class="reading ${side}">
      <p class="value">
        <canvas class="swatch" aria-hidden="true" width="1" height="1" ${heatmap(swatch, table, norm)}></canvas>
        <output aria-live="off">${tensor.covered ? "not computed yet" : significant(value(reading), DIGITS)}</output>
      </p>
      <p class="where">
        <b>${title(tensor.name, facts.layers)} [${indices(reading).join(", ")}]</b>
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

/** @param {Reading} reading @param {NonNullable<import("../phases.js").Shown["update"]>} update */
function updated({ tensor, row, col }, { before, after, change }) {
  const [was, is, by] = [before, after, change].map((values) => values[indexIn(tensor, row, col)]);
  return `before ${shown(was, DIGITS)}, change ${signed(by, DIGITS)}, after ${shown(is, DIGITS)}`;
}

/** @param {Reading} reading @returns {number[]} as NumPy takes them */
function indices({ tensor, row, col }) {
  return tensor.shape.length === 1 ? [col] : [row, col];
}
