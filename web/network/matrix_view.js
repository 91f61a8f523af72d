/** One matrix of a column, with names along its sides; weights with their biases as a row beneath. */

import { grid } from "../heatmap/aria_grid.js";
import { crossesOver } from "../heatmap/crosses.js";
import { heatmap } from "../heatmap/heatmap.js";
import { rangeWords } from "../legend/text.js";
import { axes } from "../tensors/axis.js";
import { formula, kindTitle, label, parts as partsOf, STATE, title } from "../tensors/names.js";
import { extent, inside } from "../tensors/shape.js";
import { guard } from "../vendor/lit-html/directives/guard.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { tensorSheet } from "./cell_labels.js";

/** @import { Explanation, Tensor } from "../api.d.ts" */
/** @import { Part } from "../color/column_scale.js" */
/** @import { Look, Shown } from "../phases/state.js" */
/** @import { Axis, Facts } from "../tensors/axis.js" */
/** @typedef {Explanation["regions"][number]} Region a cell, a whole row or a whole column */
/**
 * Options shared by the matrices of a column.
 * @typedef {object} Drawn
 * @property {Uint32Array} table
 * @property {(name: string) => Part} parts the scale that each is on
 * @property {(name: string) => boolean} isRanged whether the range of its scale is shown above it
 * @property {Facts} facts
 * @property {Map<string, Tensor>} partners the gradient of each, or the tensor it is the gradient of
 * @property {Look} look visibility of their values
 * @property {boolean} hasNotFinite whether any number of the column is NaN or infinite
 * @property {boolean} passing whether Play is running: the next frame follows
 * @property {{tensor: string, row: number, col: number}[]} outlined the cell pointed at, and its partner
 * @property {{tensor: string, row: number, col: number} | null} explained
 * @property {Region[]} contributing to the explained cell
 */

/** Size of a cell, --cell in style.css. */
const PITCH = { across: 10, down: 10 };
/** Maximum number of names along a side; the readout has the rest. */
const MAX_NAMES = 64;
/** Maximum length of a row's name. */
const MAX_NAME_LENGTH = 15;
/** Length of a token that fits like a number. */
const TOKEN_SHORT = 2;

/** @param {Tensor[]} tensors of equal width; the first is the matrix, a second its biases @param {Drawn} drawn */
export function matrix(tensors, drawn) {
  const [{ name, shape }] = tensors;
  const [rows, columns] = extent(shape);
  return html`
    <figure class="slot">
      <figcaption>
        ${caption(name, shape, drawn.facts.layers)} ${bySample(drawn.look.at(tensors[0]), drawn.facts.layers)}
        ${drawn.isRanged(name) ? html`<span class="range">${ranges(tensors, drawn)}</span>` : nothing}
      </figcaption>
      <div class="frame">
        <div class="matrix ${namedRows(name, shape, drawn.facts)}" .style=${`--rows: ${rows}; --columns: ${columns}`}>
          ${tensors.map((tensor) => plot(tensor, drawn))}
        </div>
      </div>
    </figure>
  `;
}

/** Button that splits a parameter's gradient by sample. @param {Shown} tensor @param {number} layers */
function bySample({ name, covered }, layers) {
  const { gradient, kind } = partsOf(name);
  if (!gradient || kind !== "weights" || covered) return nothing;
  return html`<button type="button" class="by-sample" data-lens=${name} aria-label="By sample: ${title(name, layers)}">By sample</button>`;
}

/**
 * Caption of a matrix. Its Distribution button is skipped by Tab, which moves between matrices; the card has the same choice.
 * @param {string} name
 * @param {number[]} shape
 * @param {number} layers
 */
function caption(name, shape, layers) {
  const { kind, gradient, place, vector } = partsOf(name);
  const biased = kind === "weights" && place !== "embedding" ? " and biases" : "";
  const words = kindTitle(name, layers) + biased;
  const what = vector ? `${STATE[vector].title.toLowerCase()} of ` : gradient ? "gradient of " : "";
  return html`
    <b>${what}${words}</b> ${shape.join(" × ")} <i>${formula(name, layers)}</i>
    <button type="button" class="distribution" tabindex="-1" data-distribution=${name} aria-label="Distribution of ${title(name, layers)}">Distribution</button>
  `;
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

/** @param {Tensor} original @param {Drawn} drawn */
function plot(
  original,
  { table, parts, facts, partners, look, hasNotFinite, passing, outlined, explained, contributing },
) {
  const tensor = look.at(original);
  const { name, shape } = tensor;
  const [rows, columns] = extent(shape);
  const { norm } = parts(name);
  return html`
    <div class="plot ${look.fresh.has(name) ? "fresh" : ""}">
      ${columnNames(name, shape, facts)}
      <div class="cells">
        ${rowNames(name, shape, facts)}
        <canvas
          role="img"
          aria-label=${label(name, shape, facts.layers)}
          data-tensor=${name}
          ${heatmap(tensor, table, norm)}
        ></canvas>
        ${hasNotFinite ? crossesOver(tensor, PITCH, table) : nothing}
        <div
          role="grid"
          aria-label=${title(name, facts.layers)}
          aria-rowcount=${rows}
          aria-colcount=${columns}
          aria-readonly="true"
          ${grid(tensorSheet(tensor, norm, partners.get(name), facts, passing))}
        ></div>
        ${tensor.covered ? html`<span class="cover" aria-hidden="true"></span>` : nothing}
        ${contributing.map((region) => (region.tensor === name ? area(region, shape) : nothing))}
        ${explained?.tensor === name && inside(explained, shape) ? mark(explained) : nothing}
        ${outlined.map((cell) => (cell.tensor === name && inside(cell, shape) ? outline(cell) : nothing))}
      </div>
    </div>
  `;
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

/**
 * Class of the row names: none where a number suffices.
 * @param {string} name
 * @param {number[]} shape
 * @param {Facts} facts
 * @returns {"" | "named" | "named long"}
 */
function namedRows(name, shape, { dataset }) {
  const [rows, columns] = extent(shape);
  const { place, layer, kind } = partsOf(name);
  if (rows > MAX_NAMES || columns > MAX_NAMES) return "";
  if (kind === "biases") return "";
  if (kind !== "weights") return "named long";
  if (layer !== 0 && place !== "embedding") return "";
  return dataset?.vocabulary.some((token) => token.length > TOKEN_SHORT) ? "named long" : "named";
}

// Names are rendered only when they change: with the run, and for samples with each batch.

/**
 * @param {string} name
 * @param {number[]} shape
 * @param {Facts} facts
 */
function rowNames(name, shape, facts) {
  const named = namedRows(name, shape, facts);
  const read = [name, String(shape), facts.dataset, facts.layers, partsOf(name).kind !== "weights" && facts.samples];
  return guard(read, () => (named ? beside(axes(name, shape, facts).rows) : nothing));
}

/**
 * Over a matrix; biases have only what stands over their weights.
 * @param {string} name
 * @param {number[]} shape
 * @param {Facts} facts
 */
function columnNames(name, shape, facts) {
  const named = shape.length === 2 && shape[1] <= MAX_NAMES;
  return guard([name, String(shape), facts.dataset, facts.layers], () =>
    named ? over(axes(name, shape, facts).columns) : nothing,
  );
}

/** @param {Axis} axis */
function over({ noun, names, group }) {
  const shown = noun === "dimension" ? [] : (names ?? []);
  const long = shown.some((name) => name.length > 1) ? "long" : "";
  return html`
    <div class="names column-names ${long}" aria-hidden="true">
      ${positions(names, group)} ${shown.map((name, i) => html`<span class="name" .style=${`--at: ${i}`}>${name}</span>`)}
    </div>
  `;
}

/** Samples change with every batch: all their names are one text of many lines, the quickest to lay out. @param {Axis} axis */
function beside({ noun, names, group }) {
  const shown = noun === "dimension" ? [] : (names ?? []);
  return html`
    <div class="names row-names" aria-hidden="true">
      ${positions(names, group)} <span class="lines">${shown.map(shortened).join("\n")}</span>
    </div>
  `;
}

/** Shorten a long name to its end, which holds a sample's target. @param {string} name */
function shortened(name) {
  return name.length > MAX_NAME_LENGTH ? `…${name.slice(1 - MAX_NAME_LENGTH)}` : name;
}

/** "1", "2", … along the tokens that stand at each position. @param {string[] | null} names @param {number} group */
function positions(names, group) {
  const count = names && group ? names.length / group : 0;
  return Array.from({ length: count }, (_, i) => {
    return html`<span class="position" .style=${`--at: ${i * group}; --span: ${group}`}>${i + 1}</span>`;
  });
}
