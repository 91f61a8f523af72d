/** One block of a column, one Tab stop: its matrices with their captions and labels. */

import { SHORT_ACTIVATIONS } from "../config/labels.js";
import { placeTitle } from "../tensors/names.js";
import { extent } from "../tensors/shape.js";
import { count } from "../ui/number.js";
import { guard } from "../vendor/lit-html/directives/guard.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { badge } from "./badge_view.js";
import { caption } from "./caption_view.js";
import { classLabels, inputLabels, positions } from "./labels_view.js";
import { matrix } from "./matrix_view.js";
import { strips } from "./strip_view.js";

/** @import { Tensor, TensorVerdict } from "../api.d.ts" */
/** @import { Side } from "../color/column_scale.js" */
/** @import { About } from "./captions.js" */
/** @import { PlacedBlock } from "./geometry.js" */
/** @import { Drawn, Layout } from "./matrix_view.js" */
/**
 * A column to be drawn.
 * @typedef {object} Column
 * @property {Side} side
 * @property {Layout} layout
 * @property {About & {fonts: number, loss: string}} about
 * @property {number} pointed the row of samples pointed at
 * @property {(name: string) => {tensor: Tensor, drawn: Drawn} | null} at the tensor in the place of one of the forward pass
 * @property {(name: string) => Tensor | undefined} metered the same, of the pass that is measured
 * @property {Drawn} drawn
 * @property {Map<string, TensorVerdict>} verdicts of the gradient check, by tensor
 * @property {boolean} isLayered whether each layer has its own scale: its range stands in its first caption
 * @property {(axis: string, start: number) => void} scroll
 */

/** Matrices of a block in the order of each pass. @type {Record<Side, string[]>} */
const KINDS = {
  forward: ["inputs", "weights", "biases", "pre_activations", "activations"],
  backward: ["activations", "pre_activations", "weights", "biases", "inputs"],
};

/** @param {PlacedBlock} block @param {Column} column */
export function block(block, column) {
  const { place, x, y, width, height, kind } = block;
  const { side, layout, drawn, about } = column;
  const { layers } = about;
  const names = KINDS[side]
    .map((part) => (place ? `${place}/${part}` : part))
    .filter((name) => layout.plan.boxes.has(name));
  const heading = placeTitle(place, layers);
  const box = `left: ${x}px; top: ${y}px; width: ${width}px; height: ${height}px`;
  return html`
    <div class="network-block" role="group" tabindex="0" aria-label=${heading} data-block=${place || "inputs"} .style=${box}>
      <h3 class="vh">${side === "forward" ? described(block, column) : `${heading} gradients`}</h3>
      ${names.map((name) => named(name, names, block, column))}
      ${kind === "inputs" ? inputLabels(block, layout, drawn.facts, column.pointed) : nothing}
      ${kind === "embedding" ? [positions(block, layout.plan, drawn.facts), sameTable(block, column)] : nothing}
      ${kind === "output" ? [classLabels(block, layout, drawn.facts), end(block, column)] : nothing}
      ${strips(block, column)} ${arrow(block, column)}
    </div>
  `;
}

/** A matrix with its caption, or what stands where tokens have no gradient. @param {string} name @param {string[]} names @param {PlacedBlock} block @param {Column} column */
function named(name, names, { x, y, room }, { layout, about, at, isLayered, verdicts }) {
  const box = layout.plan.boxes.get(name);
  if (!box) return nothing;
  const here = { ...box, x: box.x - x, y: box.y - y };
  const found = at(name);
  if (!found) return noGradient(here);
  const { tensor, drawn } = found;
  const biases =
    name.endsWith("/weights") && names.includes(name.replace(/weights$/, "biases"))
      ? at(name.replace(/weights$/, "biases"))
      : null;
  const captioned = [tensor, ...(biases ? [biases.tensor] : [])];
  const isRanged = drawn.isRanged(name) || (isLayered && (name === "inputs" || name.endsWith("/weights")));
  const verdict = verdicts.get(tensor.name);
  return html`${caption(captioned, { ...here, room, isRanged }, drawn, about)} ${matrix(tensor, here, drawn, layout)} ${verdict ? badge(verdict, here, about.layers) : nothing}`;
}

/** @param {import("./geometry.js").Box} box */
function noGradient({ x, y, width, height }) {
  const place = `left: ${x}px; top: ${y}px; width: ${width}px; height: ${height}px`;
  const [long, short] = [width >= 130 && height >= 50, width >= 66 && height >= 24];
  const words = long ? "No gradient: tokens are not numbers. It goes to the table." : "No gradient";
  return html`<p class="network-unused none" .style=${place}><span class=${long || short ? "" : "vh"}>${words}</span></p>`;
}

/** Ghosts of the table over the other positions. @param {PlacedBlock} block @param {Column} column */
function sameTable({ x, y, columns, width }, { layout: { plan } }) {
  const box = plan.boxes.get("embedding/weights");
  if (!box || box.width >= width || columns.shown < columns.units) return nothing;
  const place = `left: ${box.x - x + box.width}px; top: ${box.y - y}px; width: ${width - box.width}px; height: ${box.height}px; --one: ${box.width}px`;
  const isRoomy = width - box.width >= 90 && box.height >= 13;
  return html`<p class="network-ghosts" .style=${place}>${isRoomy ? html`<span>the same table</span>` : nothing}</p>`;
}

/** The loss behind the logits, where a bands of activations would stand. @param {PlacedBlock} block @param {Column} column */
function end({ place, x, y, width, height }, { layout: { plan }, side, about }) {
  const logits = plan.boxes.get(`${place}/pre_activations`);
  const band = plan.samples.shown * plan.samples.pitch;
  const isBesideStrip = width < 40 && plan.strips.some(({ axis }) => axis === "samples");
  const room = plan.space.width - x;
  const loss = room < 44 ? about.loss.slice(0, 5) : about.loss;
  const isFree = logits && logits.y - y + logits.height + 24 <= height - band / 2;
  if (!isFree || isBesideStrip || plan.space.phone || !about.loss) return nothing;
  const top = height - band / 2 - 13;
  return html`
    <p class="network-loss" aria-hidden="true" .style=${`top: ${top}px`}>${side === "forward" ? html`loss <b>${loss}</b>` : html`from <b>loss</b>`}</p>
  `;
}

/** Direction of the pass, in the gap behind a block. @param {PlacedBlock} block @param {Column} column */
function arrow({ row, x, width, height, kind }, { layout: { plan }, side }) {
  const next = plan.blocks.find((other) => other.row === row && other.x > x);
  if (!next || kind === "output" || plan.gap < 10) return nothing;
  const top = height - (plan.samples.shown * plan.samples.pitch) / 2 - 5;
  const left = width + (next.x - x - width) / 2 - 4;
  return html`
    <svg class="network-arrow" viewBox="0 0 8 10" aria-hidden="true" .style=${`left: ${left}px; top: ${top}px`}><path d=${side === "forward" ? "M2 1.5 5.5 5 2 8.5" : "M6 1.5 2.5 5 6 8.5"} /></svg>
  `;
}

/** The description, made again only with another shape. @param {PlacedBlock} block @param {Column} column */
function described(block, column) {
  const first = column.at(block.place ? `${block.place}/weights` : "inputs");
  const read = [String(first?.tensor.shape), column.about.activation, column.about.layers];
  return guard(read, () => description(block, column));
}

/** @param {PlacedBlock} block @param {Column} column @returns {string} "Layer 1 · 16 → 32 · GELU · 544 parameters" */
function description({ place, kind }, { at, about: { layers, activation } }) {
  const first = at(place ? `${place}/weights` : "inputs");
  const [rows, columns] = extent(first?.tensor.shape ?? [0]);
  const title = placeTitle(place, layers);
  if (kind === "inputs") return `${title} · ${count(rows)} ${rows === 1 ? "sample" : "samples"} × ${count(columns)}`;
  const parameters = `${count(rows * columns + (kind === "embedding" ? 0 : columns))} parameters`;
  if (kind === "embedding") return `${title} · ${rows} tokens → ${columns} dimensions · ${parameters}`;
  const words = kind === "output" ? "no activation" : SHORT_ACTIVATIONS[activation ?? ""];
  return [title, `${rows} → ${columns}`, words, parameters].filter(Boolean).join(" · ");
}
