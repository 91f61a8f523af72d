/** One place of a column: a matrix, or weights with their biases as a row beneath, with names along the sides. */

import { axes } from "../draw/axis.js";
import { extent, inside } from "../draw/heatmap.js";
import { formula, kindTitle, label, parts } from "../draw/tensor.js";
import { guard } from "../vendor/lit-html/directives/guard.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { heatmap } from "./heatmap.js";

/** @typedef {import("../api.d.ts").Tensor} Tensor */
/** @typedef {import("../draw/axis.js").Axis} Axis */
/** @typedef {import("../draw/axis.js").Facts} Facts */
/** @typedef {import("../draw/scale.js").Norm} Norm */
/**
 * What all matrices of a column share.
 * @typedef {object} Drawn
 * @property {Uint32Array} table
 * @property {Norm} norm
 * @property {Facts} facts
 * @property {{tensor: string, row: number, col: number}[]} outlined the cell pointed at, and its twin
 */

/** More names than these along one side are left to the readout. */
const NAMES_MOST = 64;

/** @param {Tensor[]} tensors of equal width; the first is the matrix, a second its biases @param {Drawn} drawn */
export function matrix(tensors, drawn) {
  const [{ name, shape }] = tensors;
  const [rows, columns] = extent(shape);
  return html`
    <figure class="slot">
      <figcaption>${caption(name, shape, drawn.facts.layers)}</figcaption>
      <div class="frame">
        <div class="matrix ${namedRows(name, shape)}" .style=${`--rows: ${rows}; --columns: ${columns}`}>
          ${tensors.map((tensor) => plot(tensor, drawn))}
        </div>
      </div>
    </figure>
  `;
}

/** @param {string} name @param {number[]} shape @param {number} layers */
function caption(name, shape, layers) {
  const { kind, gradient, place } = parts(name);
  const biased = kind === "weights" && place !== "embedding" ? " and biases" : "";
  const words = kindTitle(name, layers) + biased;
  return html`<b>${gradient ? `gradient of ${words}` : words}</b> ${shape.join(" × ")} <i>${formula(name, layers)}</i>`;
}

/** @param {Tensor} tensor @param {Drawn} drawn */
function plot(tensor, { table, norm, facts, outlined }) {
  const { name, shape } = tensor;
  return html`
    <div class="plot">
      ${columnNames(name, shape, facts)}
      <div class="cells">
        ${rowNames(name, shape, facts)}
        <canvas
          role="img"
          tabindex="0"
          aria-label=${label(name, shape, facts.layers)}
          data-tensor=${name}
          ${heatmap(tensor, table, norm)}
        ></canvas>
        ${outlined.map((cell) => (cell.tensor === name && inside(cell, shape) ? outline(cell) : nothing))}
      </div>
    </div>
  `;
}

/** @param {{row: number, col: number}} cell */
function outline({ row, col }) {
  return html`<span class="outline" .style=${`--row: ${row}; --column: ${col}`}></span>`;
}

/**
 * Which names stand beside the rows, and so how much room they take: those that the reader cannot count out.
 * @param {string} name @param {number[]} shape @returns {"" | "named-samples" | "named-tokens"}
 */
function namedRows(name, shape) {
  const [rows, columns] = extent(shape);
  const { place, layer, kind } = parts(name);
  if (rows > NAMES_MOST || columns > NAMES_MOST) return "";
  if (kind === "weights") return layer === 0 || place === "embedding" ? "named-tokens" : "";
  return place === "" || kind === "pre_activations" ? "named-samples" : "";
}

// Names are written anew only when what they say has changed: with the run, and beside samples with each batch.

/** @param {string} name @param {number[]} shape @param {Facts} facts */
function rowNames(name, shape, facts) {
  const named = namedRows(name, shape);
  const read = [name, String(shape), facts.dataset, facts.layers, named === "named-samples" && facts.samples];
  return guard(read, () => (named ? aside("row-names", axes(name, shape, facts).rows) : nothing));
}

/** Over a matrix; biases have only what stands over their weights. @param {string} name @param {number[]} shape @param {Facts} facts */
function columnNames(name, shape, facts) {
  const named = shape.length === 2 && shape[1] <= NAMES_MOST;
  return guard([name, String(shape), facts.dataset, facts.layers], () =>
    named ? aside("column-names", axes(name, shape, facts).columns) : nothing,
  );
}

/** @param {"column-names" | "row-names"} side @param {Axis | null} axis */
function aside(side, axis) {
  if (!axis?.names || axis.noun === "dimension") return nothing;
  const long = axis.names.some((name) => name.length > 1) ? "long" : "";
  return html`
    <div class="names ${side} ${long}" aria-hidden="true">
      ${positions(axis).map((text, i) => html`<span class="position" .style=${`--at: ${i * axis.group}; --span: ${axis.group}`}>${text}</span>`)}
      ${axis.names.map((text, i) => html`<span class="name" .style=${`--at: ${i}`}>${text}</span>`)}
    </div>
  `;
}

/** @param {Axis} axis @returns {string[]} "1", "2", … over the tokens that stand at each position */
function positions({ names, group }) {
  return group && names ? Array.from({ length: names.length / group }, (_, i) => String(i + 1)) : [];
}
