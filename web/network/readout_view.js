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

/** On a touch screen nothing can be pointed at without a tap. */
const TOUCH = globalThis.matchMedia?.("(hover: none)").matches;

/** Hint while nothing is pointed at. */
export const hint = () =>
  hinted(
    TOUCH
      ? ["Press and hold to read a value.", "Tap to see how it was computed."]
      : ["Point at a cell to read its value.", "Click to see how it was computed."],
  );
export const partnerHint = () => hinted(["The matching gradient is outlined here."]);

/** Sentences, each in one line; those that find no room there are not seen. @param {string[]} sentences */
function hinted(sentences) {
  return html`
    <p class="network-hint" translate="yes">${sentences.map((words) => html`<span>${words}</span> `)}</p>
  `;
}

/**
 * Visual only: screen readers read the grid cell.
 * @param {Reading | null} read
 * @param {Facts} facts
 * @param {Reading[]} [memory] the optimizer's state of the cell
 */
export function reading(read, facts, memory = []) {
  if (!read) return hinted(["No gradient: tokens are discrete."]);
  const { tensor, table, norm } = read;
  const swatch = { shape: [1], data: [value(read)] };
  const sight = tensor.covered ? [] : describeVisibility(norm, value(read));
  const { names, update } = { names: places(tensor, read.row, read.col, facts).join(" → "), update: tensor.update };
  return html`
    <p class="network-reading">
      <canvas class="network-swatch" aria-hidden="true" width="1" height="1" ${heatmap(swatch, table, norm)}></canvas>
      <output aria-live="off">${tensor.covered ? (tensor.why ?? "not computed yet") : significant(value(read), DIGITS)}</output>
      <span class="network-where">
        <span>${tensor.isDifference ? "difference of the " : ""}${title(tensor.name, facts.layers)}, ${placeWords(read)}</span>
        ${update ? html`<span>${updated(read, update)}</span>` : nothing} ${memory.map(remembered)}
        ${[...sight, names].filter(Boolean).map((words) => html`<span class="network-names">${words}</span>`)}
      </span>
    </p>
  `;
}

/** The number under a finger, above it. Screen readers read the grid cell. @param {Reading | null} read @param {import("./hold.js").Held | null} held */
export function bubble(read, held) {
  if (!read || !held) return nothing;
  const words = read.tensor.covered ? "not computed yet" : significant(value(read), DIGITS);
  // Above the finger, and inside the window.
  const place = `left: ${held.x}px; top: ${held.y}px; translate: ${(-100 * held.x) / innerWidth}% calc(-100% - 48px)`;
  return html`<p class="network-bubble" aria-hidden="true" translate="no" .style=${place}><b>${words}</b> ${placeWords(read)}</p>`;
}

/** @param {Reading} read */
function remembered(read) {
  const { vector } = parts(read.tensor.name);
  return html`<span>${vector ? STATE[vector].title : ""} ${significant(value(read), DIGITS)}</span>`;
}

/** @param {Reading} read */
function value({ tensor, row, col }) {
  return tensor.data[indexIn(tensor, row, col)];
}

/** @param {Reading} read @param {NonNullable<Shown["update"]>} update */
function updated({ tensor, row, col }, { before, after, change }) {
  const [was, is, by] = [before, after, change].map((values) => values[indexIn(tensor, row, col)]);
  return `before ${formatNumber(was, DIGITS)}, change ${signed(by, DIGITS)}, after ${formatNumber(is, DIGITS)}`;
}
