/** One matrix of a column: its canvas, its grid for keyboard and screen reader, and outlines over it. */

import { grid } from "../heatmap/aria_grid.js";
import { crossesOver } from "../heatmap/crosses.js";
import { hatchOver } from "../heatmap/hatch.js";
import { heatmap } from "../heatmap/heatmap.js";
import { emptyLabel } from "../legend/emptiness_view.js";
import { label, title } from "../tensors/names.js";
import { extent, inside } from "../tensors/shape.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { tensorSheet } from "./cell_labels.js";
import { marksOf } from "./token_marks.js";
import { startOf } from "./windows.js";

/** @import { DatasetView, Explanation, Tensor } from "../api.d.ts" */
/** @import { Part } from "../color/column_scale.js" */
/** @import { View } from "../heatmap/part.js" */
/** @import { Look } from "../phases/state.js" */
/** @import { Facts } from "../tensors/axis.js" */
/** @import { Placed, Plan } from "./geometry.js" */
/** @import { Windows } from "./windows.js" */
/** @typedef {Explanation["regions"][number]} Region a cell, a whole row or a whole column */
/**
 * Options shared by the matrices of a column.
 * @typedef {object} Drawn
 * @property {Uint32Array} table
 * @property {Uint32Array} changeTable of the changes by an update, which gradients make
 * @property {(name: string) => Part} parts the scale that each is on
 * @property {(name: string) => boolean} isRanged whether the range of its scale stands in its caption
 * @property {Facts} facts
 * @property {Map<string, Tensor>} partners the gradient of each, or the tensor it is the gradient of
 * @property {Look} look visibility of their values
 * @property {boolean} hatched whether lines over negative cells show their sign
 * @property {boolean} hasNotFinite whether any number of the column is NaN or infinite
 * @property {boolean} passing whether Play is running: the next frame follows
 * @property {{tensor: string, row: number, col: number}[]} outlined the cell pointed at, and its partner
 * @property {{tensor: string, row: number, col: number} | null} explained
 * @property {Region[]} contributing to the explained cell
 */
/** @typedef {{plan: Plan, windows: Windows}} Layout */
/** @typedef {Pick<View, "row" | "col" | "rows" | "columns">} Shown */
/** Size of cells in CSS pixels, pixels of the screen in one of these, and the cells that are shown. @typedef {{across: number, down: number, scale: number, shown: Shown}} Cells */

/**
 * @param {Tensor} original
 * @param {Placed} box relative to its block
 * @param {Drawn} drawn
 * @param {Layout} layout
 */
export function matrix(original, box, drawn, { plan, windows }) {
  const { look, facts } = drawn;
  const tensor = look.at(original);
  const { name, shape } = tensor;
  const [rows, columns] = extent(shape);
  const shownRows = Math.min(rows, box.rows.shown);
  const { pitch } = box.rows;
  const across = name === "inputs" && isEmbedded(facts.dataset) ? box.width / columns : box.columns.pitch;
  const [row, col] = [startOf(plan, windows, box.down, box.rows), startOf(plan, windows, box.along, box.columns)];
  const shown = partOf([rows, columns], { row, col, rows: shownRows, columns: Math.ceil(box.width / across) });
  const isWindow = shownRows < rows || box.columns.shown < box.columns.units;
  const place = `left: ${box.x}px; top: ${box.y}px; width: ${box.width}px; height: ${shownRows * pitch}px`;
  const cells = `--rows: ${rows}; --columns: ${columns}; --across: ${across}px; --down: ${pitch}px; left: ${-col * across}px; top: ${-row * pitch}px`;
  return html`
    <div class="network-matrix plot ${isWindow ? "window" : ""} ${look.fresh.has(name) ? "fresh" : ""}" .style=${place}>
      <div class="cells" .style=${cells}>${layers(tensor, drawn, { across, down: pitch, scale: plan.space.dpr, shown })}</div>
    </div>
    ${box.down === "samples" && rows < box.rows.shown ? unused(box, shownRows) : nothing}
  `;
}

/** The cells of a window that are there: a pass may have fewer samples. @param {[number, number]} extent @param {Shown} window @returns {Shown} */
function partOf([rows, columns], window) {
  const [row, col] = [Math.min(window.row, rows - 1), Math.min(window.col, columns - 1)];
  return { row, col, rows: Math.min(window.rows, rows - row), columns: Math.min(window.columns, columns - col) };
}

/** @param {DatasetView | null} dataset */
export const isEmbedded = (dataset) => dataset?.config.encoding === "embedding";

/** Layers over each other: numbers, grid, cover and outlines. @param {ReturnType<Drawn["look"]["at"]>} tensor @param {Drawn} drawn @param {Cells} cells */
function layers(tensor, drawn, cells) {
  const { parts, facts, partners, hasNotFinite, passing, outlined, explained, contributing } = drawn;
  const { name, shape, covered } = tensor;
  const [rows, columns] = extent(shape);
  const { norm } = parts(name);
  const table = tensor.isChange ? drawn.changeTable : drawn.table;
  const marks =
    name === "inputs" && isEmbedded(facts.dataset) && !covered
      ? marksOf(tensor, facts.dataset?.vocabulary.length ?? 1, table)
      : null;
  const view = viewOf(cells, marks ? { ...cells.shown, col: 0, columns } : cells.shown, passing);
  const place = `left: ${view.col * cells.across}px; top: ${view.row * cells.down}px; width: ${view.width}px; height: ${view.height}px`;
  const drawing = { matrix: tensor, table, norm, view };
  return html`
    <canvas
      role="img"
      aria-label=${label(name, shape, facts.layers)}
      data-tensor=${name}
      .style=${place}
      ${marks ? heatmap(...marks, { ...view, columns: marks[0].shape[1] }) : heatmap(tensor, table, norm, view)}
    ></canvas>
    ${drawn.hatched && !covered && !marks ? hatchOver(drawing, place) : nothing}
    ${hasNotFinite ? crossesOver(drawing, place) : nothing}
    ${passing || tensor.covered ? nothing : emptyLabel(tensor.data, norm, { width: columns * cells.across, height: rows * cells.down })}
    <div
      role="grid"
      aria-label=${title(name, facts.layers)}
      aria-rowcount=${rows}
      aria-colcount=${columns}
      aria-readonly="true"
      ${grid({ ...tensorSheet(tensor, norm, facts, { partner: partners.get(name), passing }), isInBlock: true, start: outlined.find((cell) => cell.tensor === name) })}
    ></div>
    ${covered ? html`<span class="cover" aria-hidden="true"></span>` : nothing}
    ${contributing.map((region) => (region.tensor === name ? area(region, shape) : nothing))}
    ${explained?.tensor === name && inside(explained, shape) ? mark(explained) : nothing}
    ${outlined.map((cell) => (cell.tensor === name && inside(cell, shape) ? outline(cell) : nothing))}
  `;
}

/** @param {Cells} cells @param {Shown} shown @param {boolean} isMoving @returns {View} */
const viewOf = ({ across, down, scale }, shown, isMoving) => ({
  ...shown,
  width: shown.columns * across,
  height: shown.rows * down,
  scale,
  isMoving,
});

/** Rows of samples that this pass does not have. @param {Placed} box @param {number} rows */
function unused({ x, y, width, rows: { shown, pitch } }, rows) {
  const place = `left: ${x}px; top: ${y + rows * pitch}px; width: ${width}px; height: ${(shown - rows) * pitch}px`;
  return html`<div class="network-unused" .style=${place}></div>`;
}

/** @param {{row: number, col: number}} cell */
function outline({ row, col }) {
  return html`<span class="outline" .style=${`--row: ${row}; --column: ${col}`}></span>`;
}

/** Outline of the explained cell. @param {{row: number, col: number}} cell */
function mark({ row, col }) {
  return html`<span class="explained" .style=${`--row: ${row}; --column: ${col}`}></span>`;
}

/** Outline of the contributing cells. @param {Region} region @param {number[]} shape */
function area({ row, col }, shape) {
  if (!inside({ row: row ?? 0, col: col ?? 0 }, shape)) return nothing;
  const [rows, columns] = extent(shape);
  const height = row === null ? rows : 1;
  const width = col === null ? columns : 1;
  const style = `--row: ${row ?? 0}; --column: ${col ?? 0}; --height: ${height}; --width: ${width}`;
  return html`<span class="contributing" .style=${style}></span>`;
}
