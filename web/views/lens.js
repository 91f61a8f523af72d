/** The sample lens: the gradient of a matrix as the sum of one small heatmap per sample, any of which can be muted. */

import { extent, inside } from "../draw/heatmap.js";
import { count, shown, signed } from "../draw/number.js";
import { title } from "../draw/tensor.js";
import { lensColumn } from "../scaled.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { scalesOf } from "./column_scale.js";
import { cursor } from "./cursor.js";
import { grid } from "./grid.js";
import { heatmap } from "./heatmap.js";
import { coloursOf, scaleLegend } from "./scale_legend.js";
import { indexIn, tensorSheet } from "./tensor_sheet.js";

/** @typedef {import("../store.js").State} State */
/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../api.d.ts").SampleLens} SampleLens */
/**
 * How all heatmaps are.
 * @typedef {object} Drawn
 * @property {Uint32Array} table
 * @property {import("../draw/scale.js").Norm} norm
 * @property {import("../draw/axis.js").Facts} facts
 * @property {{row: number, col: number} | null} cell the one that is pointed at, in all of them
 */

const DIGITS = 3;
const LOSS_DIGITS = 6;

/** @param {State} state @param {Actions} actions */
export function lens(state, actions) {
  const { lens, net, run, dataset, samples, cell } = state;
  if (!lens || !run) return nothing;
  const layers = run.config.model.hidden_dims.length + 1;
  const column = lensColumn(lens);
  const colours = coloursOf(state, "backward");
  const { norm } = scalesOf(column, colours.scales.lens, colours.diverging)(lens.tensor);
  const pointed = cell?.tensor === lens.tensor && inside(cell, lens.shape) ? cell : null;
  const drawn = { table: colours.table, norm, facts: { dataset, samples, layers }, cell: pointed };
  const hear = cursor({
    show_cell: actions.show_cell,
    ask: (place, byKeyboard) => {
      actions.close_dialog();
      actions.ask(place, byKeyboard);
    },
  });
  const more = lens.batch - lens.names.length;
  return html`
    <div class="lens">
      <p>
        The gradient of the batch is a sum: each of its ${count(lens.batch)} samples adds its own part, what went in times how fast the loss grows
        with what came of it. To mute a sample leaves its part out, here and in all other gradients. The loss stays the mean over all
        ${count(lens.batch)}, so the other parts stay as they are.
      </p>
      ${choice(lens, gradientsOf(net), layers, actions)}
      <div
        class="sum"
        @pointermove=${hear}
        @pointerdown=${hear}
        @pointerout=${hear}
        @click=${hear}
        @keydown=${hear}
        @focusin=${hear}
        @focusout=${hear}
        .style=${`--rows: ${lens.shape.length === 1 ? 1 : lens.shape[0]}; --columns: ${lens.shape.at(-1)}`}>
        ${lens.names.map((name, i) => part(lens, name, i, drawn, actions))}
        ${more > 0 ? html`<p class="more">and the parts of ${count(more)} ${more === 1 ? "other sample" : "other samples"}</p>` : nothing}
        ${total(lens, drawn)}
      </div>
      ${more > 0 ? pages(lens, actions) : nothing}
      ${losses(lens)}
      <p class="scale">Step ${count(lens.step)}. One colour scale for all, so that the parts are seen to add up.</p>
      ${scaleLegend("lens", column, colours, actions)}
    </div>
  `;
}

/** @param {State["net"]} net @returns {string[]} gradients of all parameters */
const gradientsOf = (net) =>
  (net?.backward.tensors ?? []).map(({ name }) => name).filter((name) => /\/grad_(weights|biases)$/.test(name));

/** @param {SampleLens} lens @param {string[]} names @param {number} layers @param {Actions} actions */
function choice({ tensor, muted }, names, layers, actions) {
  const choose = (/** @type {Event} */ event) =>
    actions.show_in_lens(/** @type {HTMLSelectElement} */ (event.target).value);
  return html`
    <p class="choice">
      <label>
        Matrix
        <select @change=${choose}>
          ${names.map((name) => html`<option value=${name} .selected=${name === tensor}>${title(name, layers)}</option>`)}
        </select>
      </label>
      <button type="button" ?disabled=${muted.length === 0} @click=${actions.unmute_all}>Unmute all</button>
    </p>
  `;
}

/** @param {SampleLens} lens @param {string} name @param {number} i @param {Drawn} drawn @param {Actions} actions */
function part({ tensor, start, shape, parts, muted }, name, i, drawn, actions) {
  const place = start + i;
  const matrix = matrixAt(tensor, parts, shape, i);
  const isMuted = muted.includes(place);
  return html`
    <figure class="part ${isMuted ? "muted" : ""}">
      ${cells(`Part of sample ${place + 1}, ${name}`, matrix, drawn)}
      <figcaption>
        <span>${name}</span>
        ${value(matrix, drawn.cell)}
        <button
          type="button"
          aria-pressed=${isMuted ? "true" : "false"}
          aria-label="Mute sample ${place + 1}, ${name}"
          @click=${() => actions.mute(place, !isMuted)}
        >Mute</button>
      </figcaption>
    </figure>
  `;
}

/** A heatmap, and the grid in which it is read as any other matrix. @param {string} words @param {import("../api.d.ts").Tensor} matrix @param {Drawn} drawn */
const cells = (words, matrix, { table, norm, facts, cell }) => html`
  <div class="cells">
    <canvas role="img" aria-label=${words} ${heatmap(matrix, table, norm)}></canvas>
    <div
      role="grid"
      aria-label="Numbers: ${words}"
      aria-rowcount=${extent(matrix.shape)[0]}
      aria-colcount=${extent(matrix.shape)[1]}
      aria-readonly="true"
      ${grid(tensorSheet(matrix, norm, undefined, facts, false))}
    ></div>
    ${cell ? html`<span class="outline" .style=${`--row: ${cell.row}; --column: ${cell.col}`}></span>` : nothing}
  </div>
`;

/** The number pointed at. To ears the cell of the grid speaks. @param {import("../api.d.ts").Tensor} matrix @param {Drawn["cell"]} cell */
const value = (matrix, cell) =>
  html`<output aria-live="off">${cell ? shown(matrix.data[indexIn(matrix, cell.row, cell.col)], DIGITS) : nothing}</output>`;

/** A heatmap is repainted when its data is another array: of the same answer it is the same one. @type {WeakMap<Float32Array, Map<number, import("../api.d.ts").Tensor>>} */
const matrices = new WeakMap();

/** @param {string} name @param {Float32Array} parts @param {number[]} shape @param {number} i */
function matrixAt(name, parts, shape, i) {
  const known = matrices.get(parts) ?? new Map();
  matrices.set(parts, known);
  const size = shape.reduce((product, length) => product * length, 1);
  const found = known.get(i) ?? { name, shape, data: parts.subarray(i * size, (i + 1) * size) };
  known.set(i, found);
  return found;
}

/** @param {SampleLens} lens @param {Drawn} drawn */
function total({ tensor, shape, left, muted }, drawn) {
  const { cell } = drawn;
  const matrix = matrixAt(tensor, left, shape, 0);
  const words = muted.length ? `The sum without ${sampled(muted.length)}` : "The gradient of the batch";
  return html`
    <figure class="total">
      ${cells(words, matrix, drawn)}
      <figcaption>
        <span>${words}${cell ? ` [${shape.length === 1 ? cell.col : `${cell.row}, ${cell.col}`}]` : ""}</span>
        ${value(matrix, cell)}
      </figcaption>
    </figure>
  `;
}

/** @param {number} muted */
const sampled = (muted) => `${count(muted)} muted ${muted === 1 ? "sample" : "samples"}`;

/** @param {SampleLens} lens @param {Actions} actions */
function pages({ batch, start, names }, actions) {
  return html`
    <p class="choice">
      <button type="button" ?disabled=${start === 0} @click=${() => actions.page_lens(Math.max(0, start - names.length))}>Previous samples</button>
      <span>${count(start + 1)} – ${count(start + names.length)} of ${count(batch)} samples</span>
      <button type="button" ?disabled=${start + names.length >= batch} @click=${() => actions.page_lens(start + names.length)}>Next samples</button>
    </p>
  `;
}

/** @param {SampleLens} lens */
function losses({ loss, training_loss, muted }) {
  if (!loss)
    return html`<p class="next-loss">What the update did to the loss cannot be told any more: another optimizer has taken over since.</p>`;
  return html`
    <div aria-live="polite">
      ${changes("Loss of this batch", loss, muted.length)}
      ${training_loss ? changes("Loss of all training samples", training_loss, muted.length) : nothing}
    </div>
  `;
}

/** @param {string} name @param {import("../api.d.ts").NextLoss} loss @param {number} muted */
function changes(name, { now, whole, left }, muted) {
  return html`
    <dl class="next-loss">
      <div><dt>${name}</dt><dd>${shown(now, LOSS_DIGITS)}</dd></div>
      <div><dt>after the update</dt><dd>${shown(whole, LOSS_DIGITS)} <small>${signed(whole - now, DIGITS)}</small></dd></div>
      ${
        muted
          ? html`<div class="left"><dt>after an update without ${sampled(muted)}</dt><dd>${shown(left, LOSS_DIGITS)} <small>${signed(left - now, DIGITS)}</small></dd></div>`
          : nothing
      }
    </dl>
  `;
}
