/** The sample lens: the gradient of a matrix as the sum of one small heatmap for each sample. */

import { placeWords } from "../explain/text.js";
import { grid } from "../heatmap/aria_grid.js";
import { heatmap } from "../heatmap/heatmap.js";
import { cursor } from "../heatmap/pointer.js";
import { scalesOf } from "../legend/cached_scales.js";
import { coloursOf, scaleLegend } from "../legend/scale_legend_view.js";
import { indexIn, tensorSheet } from "../network/cell_labels.js";
import { title } from "../tensors/names.js";
import { extent, inside } from "../tensors/shape.js";
import { count, formatNumber, signed } from "../ui/number.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { lensColumn } from "./state.js";

/** @import { NextLoss, SampleLens, Tensor } from "../api.d.ts" */
/** @import { Norm } from "../color/scale.js" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { Facts } from "../tensors/axis.js" */
/**
 * Shared options of all heatmaps.
 * @typedef {object} Drawn
 * @property {Uint32Array} table
 * @property {Norm} norm
 * @property {Facts} facts
 * @property {{row: number, col: number} | null} cell the cell pointed at, in every heatmap
 */

const DIGITS = 3;
const LOSS_DIGITS = 6;

/** @param {State} state @param {Actions} actions */
export function lens(state, actions) {
  const {
    lens: { lens },
    network: { net, samples, cell },
    run,
    dataset: { about: dataset },
  } = state;
  if (!lens || !run) return nothing;
  const layers = run.config.model.hidden_dims.length + 1;
  const column = lensColumn(lens);
  const colours = coloursOf(state, "backward");
  const { norm } = scalesOf(column, colours.legend.scales.lens, colours.diverging)(lens.tensor);
  const pointed = cell?.tensor === lens.tensor && inside(cell, lens.shape) ? cell : null;
  const drawn = { table: colours.table, norm, facts: { dataset, samples, layers }, cell: pointed };
  const onEvent = cursor({
    showCell: actions.network.showCell,
    ask: (place, byKeyboard) => {
      actions.page.closeDialog();
      actions.explain.ask(place, byKeyboard);
    },
  });
  const more = lens.batch - lens.names.length;
  return html`
    <div class="lens" translate="no">
      <p>
        The gradient of the batch is the sum of the contributions of its ${count(lens.batch)} ${lens.batch === 1 ? "sample" : "samples"}: the
        activation going in × the gradient at the unit it goes to. Muting a sample leaves its contribution out, here and in all other gradients.
        The loss is still the mean over all ${count(lens.batch)}, so the other contributions do not change.
      </p>
      ${choice(lens, gradientsOf(net), layers, actions)}
      <div
        class="sum"
        @pointermove=${onEvent}
        @pointerdown=${onEvent}
        @pointerout=${onEvent}
        @click=${onEvent}
        @keydown=${onEvent}
        @focusin=${onEvent}
        @focusout=${onEvent}
        .style=${`--rows: ${lens.shape.length === 1 ? 1 : lens.shape[0]}; --columns: ${lens.shape.at(-1)}`}>
        ${lens.names.map((_, i) => part(lens, i, drawn, actions))}
        ${more > 0 ? html`<p class="more">and ${count(more)} ${more === 1 ? "other sample" : "other samples"}</p>` : nothing}
        ${total(lens, drawn)}
      </div>
      ${more > 0 ? pages(lens, actions) : nothing}
      ${losses(lens)}
      <p class="scale">Step ${count(lens.step)}. One colour scale for all, so that the contributions visibly add up.</p>
      ${scaleLegend("lens", column, colours, actions)}
    </div>
  `;
}

/** @param {State["network"]["net"]} net @returns {string[]} gradients of all parameters */
const gradientsOf = (net) =>
  (net?.backward.tensors ?? []).map(({ name }) => name).filter((name) => /\/grad_(weights|biases)$/.test(name));

/**
 * @param {SampleLens} lens
 * @param {string[]} names
 * @param {number} layers
 * @param {Actions} actions
 */
function choice({ tensor, muted }, names, layers, actions) {
  const choose = (/** @type {Event} */ event) =>
    actions.lens.show(/** @type {HTMLSelectElement} */ (event.target).value);
  return html`
    <p class="choice">
      <label>
        Matrix
        <select @change=${choose}>
          ${names.map((name) => html`<option value=${name} .selected=${name === tensor}>${title(name, layers)}</option>`)}
        </select>
      </label>
      <button type="button" ?disabled=${muted.length === 0} @click=${actions.lens.unmuteAll}>Include all</button>
    </p>
  `;
}

/**
 * @param {SampleLens} lens
 * @param {number} i
 * @param {Drawn} drawn
 * @param {Actions} actions
 */
function part({ tensor, start, shape, parts, muted, names }, i, drawn, actions) {
  const name = names[i];
  const place = start + i;
  const matrix = matrixAt(tensor, parts, shape, i);
  const isMuted = muted.includes(place);
  return html`
    <figure class="part ${isMuted ? "muted" : ""}">
      ${cells(`Contribution of sample ${place + 1}, ${name}`, matrix, drawn)}
      <figcaption>
        <span>${name}</span>
        ${value(matrix, drawn.cell)}
        <button
          type="button"
          aria-pressed=${isMuted ? "true" : "false"}
          aria-label="Leave out sample ${place + 1}, ${name}"
          aria-describedby="lens-losses"
          @click=${() => actions.lens.mute(place, !isMuted)}
        >Leave out</button>
      </figcaption>
    </figure>
  `;
}

/**
 * A heatmap with its ARIA grid.
 * @param {string} words
 * @param {Tensor} matrix
 * @param {Drawn} drawn
 */
const cells = (words, matrix, { table, norm, facts, cell }) => html`
  <div class="cells">
    <canvas role="img" aria-label=${words} ${heatmap(matrix, table, norm)}></canvas>
    <div
      role="grid"
      aria-label="Numbers: ${words}"
      aria-rowcount=${extent(matrix.shape)[0]}
      aria-colcount=${extent(matrix.shape)[1]}
      aria-readonly="true"
      ${grid(tensorSheet(matrix, norm, facts))}
    ></div>
    ${cell ? html`<span class="outline" .style=${`--row: ${cell.row}; --column: ${cell.col}`}></span>` : nothing}
  </div>
`;

/** Value of the cell pointed at; screen readers read the grid cell instead. @param {Tensor} matrix @param {Drawn["cell"]} cell */
const value = (matrix, cell) =>
  html`<output aria-live="off">${cell ? formatNumber(matrix.data[indexIn(matrix, cell.row, cell.col)], DIGITS) : nothing}</output>`;

/** Cached matrices: a heatmap is repainted only if its data are another array. @type {WeakMap<import("../api.d.ts").Numbers, Map<number, Tensor>>} */
const matrices = new WeakMap();

/**
 * @param {string} name
 * @param {import("../api.d.ts").Numbers} parts
 * @param {number[]} shape
 * @param {number} i
 */
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
  const words = muted.length ? `Sum without ${sampled(muted.length)}` : "Gradient of the batch";
  return html`
    <figure class="total">
      ${cells(words, matrix, drawn)}
      <figcaption>
        <span>${words}${cell ? `, ${placeWords(cell)}` : ""}</span>
        ${value(matrix, cell)}
      </figcaption>
    </figure>
  `;
}

/** @param {number} muted */
const sampled = (muted) => `${count(muted)} ${muted === 1 ? "sample" : "samples"}`;

/** @param {SampleLens} lens @param {Actions} actions */
function pages({ batch, start, names }, actions) {
  return html`
    <p class="choice">
      <button type="button" ?disabled=${start === 0} @click=${() => actions.lens.page(Math.max(0, start - names.length))}>Previous samples</button>
      <span>${count(start + 1)} – ${count(start + names.length)} of ${count(batch)} samples</span>
      <button type="button" ?disabled=${start + names.length >= batch} @click=${() => actions.lens.page(start + names.length)}>Next samples</button>
    </p>
  `;
}

/** @param {SampleLens} lens */
function losses({ loss, training_loss, muted }) {
  if (!loss)
    return html`<p class="next-loss">The effect of the update on the loss is no longer known: the optimizer has been changed since.</p>`;
  return html`
    <div id="lens-losses">
      ${changes("Loss of this batch", loss, muted.length)}
      ${training_loss ? changes("Loss of all training samples", training_loss, muted.length) : nothing}
    </div>
  `;
}

/**
 * @param {string} name
 * @param {NextLoss} loss
 * @param {number} muted
 */
function changes(name, { now, whole, left }, muted) {
  return html`
    <dl class="next-loss">
      <div><dt>${name}</dt><dd>${formatNumber(now, LOSS_DIGITS)}</dd></div>
      <div><dt>loss after the update</dt><dd>${formatNumber(whole, LOSS_DIGITS)} <small>${signed(whole - now, DIGITS)}</small></dd></div>
      ${
        muted
          ? html`<div class="left"><dt>loss after an update without ${sampled(muted)}</dt><dd>${formatNumber(left, LOSS_DIGITS)} <small>${signed(left - now, DIGITS)}</small></dd></div>`
          : nothing
      }
    </dl>
  `;
}
