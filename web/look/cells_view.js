/** The part of a matrix that is shown: its colours on a canvas, its numbers in a grid over that. */

import { takesBlack } from "../color/ink.js";
import { entry } from "../color/scale.js";
import { heatmap } from "../heatmap/heatmap.js";
import { indexIn, tensorSheet } from "../network/cell_labels.js";
import { axes } from "../tensors/axis.js";
import { title } from "../tensors/names.js";
import { guard } from "../vendor/lit-html/directives/guard.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { cellText } from "./numbers.js";
import { edgeName } from "./text.js";

/** @import { Explanation } from "../api.d.ts" */
/** @import { Side } from "../color/column_scale.js" */
/** @import { Norm } from "../color/scale.js" */
/** @import { Shown } from "../phases/state.js" */
/** @import { Facts } from "../tensors/axis.js" */
/** @import { Layout } from "./geometry.js" */
/** A matrix as it is drawn: numbers and the scale of their colours. @typedef {{tensor: Shown, norm: Norm}} Numbers */
/**
 * @typedef {object} Half
 * @property {Side} side
 * @property {Numbers} now     what the colours are of
 * @property {Numbers} read    what the numbers are of: during Play some time ago
 * @property {Shown | undefined} partner
 * @property {Uint32Array} table
 * @property {Facts} facts
 * @property {boolean} passing
 * @property {Marks} marks
 */
/** Cells that are marked: of the keyboard, pointed at, explained, and what that is made of. @typedef {{current: Cell, pointed: Cell | null, explained: Cell | null, contributing: Explanation["regions"]}} Marks */
/** @typedef {{row: number, col: number}} Cell */

/** @param {Half} half @param {Layout} layout */
export function cells(half, layout) {
  const { side, now, table, facts } = half;
  const { tensor, norm } = now;
  const { top, left, rows, columns, across, down, shape } = layout;
  const named = axes(tensor.name, tensor.shape, facts);
  const rowsShown = Array.from({ length: rows }, (_, i) => top + i);
  const columnsShown = Array.from({ length: columns }, (_, i) => left + i);
  const place = `--look-across: ${across}px; --look-down: ${down}px; --look-rows: ${rows}; --look-columns: ${columns}`;
  return html`
    <div class="look-matrix" data-side=${side} data-tensor=${tensor.name} .style=${place}>
      <div class="look-corner" aria-hidden="true">${named.columns.noun}</div>
      <div class="look-above" aria-hidden="true">${columnsShown.map((i) => html`<span>${edgeName(named.columns, i, facts.samples)}</span>`)}</div>
      <div class="look-beside" aria-hidden="true">${rowsShown.map((i) => html`<span>${edgeName(named.rows, i, facts.samples)}</span>`)}</div>
      <div class="look-cells">
        <canvas aria-hidden="true" ${heatmap(partOf(tensor, layout), table, norm)}></canvas>
        ${tensor.covered ? html`<span class="cover" aria-hidden="true"></span>` : nothing}
        <div
          role="grid"
          aria-label=${title(tensor.name, facts.layers)}
          aria-rowcount=${shape[0]}
          aria-colcount=${shape[1]}
          aria-readonly="true"
        >${repeat(
          rowsShown,
          (row) => row,
          (row) => line(row, columnsShown, half, layout),
        )}</div>
      </div>
    </div>
  `;
}

/** The numbers that are shown, as a matrix. @param {Shown} tensor @param {Layout} layout */
function partOf(tensor, { top, left, rows, columns }) {
  const data = new (tensor.data instanceof Float64Array ? Float64Array : Float32Array)(rows * columns);
  for (let i = 0; i < rows; i++) {
    const start = indexIn(tensor, top + i, left);
    data.set(tensor.data.subarray(start, start + columns), i * columns);
  }
  return { shape: [rows, columns], data };
}

/** @param {number} row @param {number[]} columns @param {Half} half @param {Layout} layout */
function line(row, columns, half, { size }) {
  const { read, table, marks, partner, passing, facts } = half;
  const here = [marks.current, marks.pointed, marks.explained].map((cell) => (cell?.row === row ? cell.col : null));
  const isCurrent = here[0] !== null;
  // During Play a cell keeps its name.
  const named = isCurrent ? [passing || read.tensor, partner?.covered, facts.dataset, facts.samples] : [];
  const made = [read.tensor, read.norm, table, size, columns[0], columns.length, marks.contributing, ...here, ...named];
  return html`
    <div role="row" aria-rowindex=${row + 1}>${guard(made, () =>
      repeat(
        columns,
        (col) => col,
        (col) => cell(row, col, half, size),
      ),
    )}</div>
  `;
}

/** @param {number} row @param {number} col @param {Half} half @param {number} size */
function cell(row, col, half, size) {
  const { tensor, norm } = half.read;
  const value = tensor.data[indexIn(tensor, row, col)];
  const text = tensor.covered ? "" : cellText(value, size, tensor.data instanceof Float64Array);
  const isWhite = !takesBlack(half.table[entry(norm, value)]);
  const classes = `${isWhite ? "look-white" : ""} ${marked(row, col, half)}`;
  const isCurrent = row === half.marks.current.row && col === half.marks.current.col;
  if (!isCurrent) return html`<div role="gridcell" class=${classes} aria-colindex=${col + 1}>${text}</div>`;
  const { target, words } = tensorSheet(tensor, norm, half.facts, half);
  const { label, description } = words(row, col);
  // Its number is drawn by the stylesheet: the cell is called by its name, in which the number has more digits.
  return html`
    <div
      role="gridcell"
      class=${classes}
      tabindex="0"
      data-focus=${target}
      aria-colindex=${col + 1}
      aria-label=${label}
      aria-description=${description || nothing}
      data-number=${text}
    ></div>
  `;
}

/** @param {number} row @param {number} col @param {Half} half @returns {string} classes */
function marked(row, col, { read, marks: { current, pointed, explained, contributing } }) {
  const isAt = (/** @type {Cell | null} */ place) => place?.row === row && place.col === col;
  const isPart = contributing.some(
    (region) => region.tensor === read.tensor.name && (region.row ?? row) === row && (region.col ?? col) === col,
  );
  return [
    isAt(current) && "look-current",
    isAt(pointed) && "look-pointed",
    isAt(explained) && "look-explained",
    isPart && "look-part",
  ]
    .filter(Boolean)
    .join(" ");
}
