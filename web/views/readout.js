/** The cell pointed at, in words and digits: its matrix on the left, its gradient on the right, each under its own column. */

import { axes, placeName } from "../draw/axis.js";
import { extent } from "../draw/heatmap.js";
import { significant, spoken } from "../draw/number.js";
import { cellKind, parts, title } from "../draw/tensor.js";
import { guard } from "../vendor/lit-html/directives/guard.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { spokenCell } from "../why_words.js";
import { heatmap } from "./heatmap.js";

/** @typedef {import("../api.d.ts").Tensor} Tensor */
/** @typedef {import("../draw/axis.js").Facts} Facts */
/** @typedef {import("../draw/scale.js").Norm} Norm */
/** @typedef {import("./cursor.js").Cell} Cell */
/** @typedef {{tensor: Tensor, row: number, col: number, table: Uint32Array, norm: Norm}} Reading */

const DIGITS = 6;

/**
 * @param {Reading | null} forward @param {Reading | null} backward
 * @param {Cell | null} cell the two stand for; what is said aloud changes with it, not with every step of training
 * @param {Facts} facts
 */
export function readout(forward, backward, cell, facts) {
  return html`
    <div class="readout" role="group" aria-label="Cell readout">
      ${forward || backward ? [half(forward, facts, "forward"), half(backward, facts, "backward")] : hint()}
    </div>
    <p class="said" aria-live="polite">${guard([cell], () => said([forward, backward], cell, facts))}</p>
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
  const shown = { shape: [1], data: [value(reading)] };
  return html`
    <div class="reading ${side}">
      <p class="value">
        <canvas class="swatch" aria-hidden="true" width="1" height="1" ${heatmap(shown, table, norm)}></canvas>
        <output aria-live="off">${significant(value(reading), DIGITS)}</output>
      </p>
      <p class="where">
        <b>${title(tensor.name, facts.layers)} [${indices(reading).join(", ")}]</b>
        <span>${places(reading, facts).join(" → ")}</span>
      </p>
    </div>
  `;
}

/** @param {Reading} reading */
function value({ tensor, row, col }) {
  return tensor.data[row * extent(tensor.shape)[1] + col];
}

/** @param {Reading} reading @returns {number[]} as NumPy takes them */
function indices({ tensor, row, col }) {
  return tensor.shape.length === 1 ? [col] : [row, col];
}

/** @param {Reading} reading @param {Facts} facts @returns {string[]} "position 1, token d", "unit 17" */
function places({ tensor, row, col }, facts) {
  const { rows, columns } = axes(tensor.name, tensor.shape, facts);
  return [placeName(rows, row), placeName(columns, col)].filter(Boolean);
}

/** What the cursor stands on, and its partner. @param {(Reading | null)[]} readings @param {Cell | null} cell @param {Facts} facts */
function said(readings, cell, facts) {
  const found = readings.filter((reading) => reading !== null);
  const here = found.find(({ tensor }) => tensor.name === cell?.tensor);
  if (!here) return nothing;
  const { tensor, row, col } = here;
  const what = spokenCell({ tensor: tensor.name, row, col, value: value(here) }, facts.layers);
  const other = found.find((reading) => reading !== here);
  const kind = parts(tensor.name).gradient ? cellKind(tensor.name, facts.layers) : "gradient";
  const partner = other ? `; its ${kind}, ${spoken(value(other), 3)}` : "";
  return `${what}${partner}; ${places(here, facts).join(", ")}`;
}
