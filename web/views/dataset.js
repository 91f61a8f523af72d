/** What the network learns from: the masters, and the samples cut out of them. */

import { count } from "../draw/number.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { percent } from "../words.js";

/** @typedef {import("../store.js").State} State */
/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../api.d.ts").DatasetView} DatasetView */
/** @typedef {import("../api.d.ts").Sample} Sample */

const PAGE = 50;

/** @param {State} state @param {Actions} actions */
export function dataset(state, actions) {
  if (!state.dataset) return html`<p class="waiting">The sequences that the network learns from appear here.</p>`;
  return html`${summary(state.dataset)} ${masters(state.dataset)} ${samples(state, state.dataset, actions)}`;
}

/** @param {DatasetView} dataset */
function summary({ config, num_samples, num_train, unique_inputs, floor, held_out_floor }) {
  const task =
    config.task === "next_token"
      ? `the first ${config.sequence_length - 1} tokens of each are given, the last is to be predicted`
      : "a whole sequence is given, the master it was cut from is to be named";
  const ambiguous = floor.accuracy < 1 ? " Equal inputs can have different answers, so no model can do better." : "";
  const unseen =
    config.held_out_by === "position"
      ? "whole places of masters, so that none of their sequences is trained on"
      : "drawn one by one";
  return html`
    <p>
      ${count(num_samples)} samples of ${config.sequence_length} tokens from the vocabulary ${config.vocabulary.join(" ")}: ${task}.
      ${count(unique_inputs)} of the inputs are different.
      ${held_out_floor ? html`${count(num_train)} are trained on, ${count(num_samples - num_train)} are held out: ${unseen}.` : nothing}
      <span class="fact">
        Best accuracy possible: ${percent(floor.accuracy)}${held_out_floor ? html`, on the held-out samples ${percent(held_out_floor.accuracy)}` : nothing}.${ambiguous}
      </span>
    </p>
  `;
}

/** @param {DatasetView} dataset */
function masters({ masters }) {
  if (masters.length === 0) return html`<p>The sequences are fully random: there is nothing to learn but them.</p>`;
  return html`
    <h3 class="masters-title">Master sequences</h3>
    <ul class="masters" role="list">
      ${masters.map((tokens, k) => html`<li><b>M${k + 1}</b> <code>${spelled(tokens)}</code></li>`)}
    </ul>
  `;
}

/** Tokens as one word where each is one character, apart otherwise. @param {string[]} tokens */
const spelled = (tokens) => tokens.join(tokens.every(({ length }) => length === 1) ? "" : " ");

/** @param {State} state @param {DatasetView} dataset @param {Actions} actions */
function samples({ boot, page, batch }, { num_samples, num_train }, actions) {
  const marked = new Set(batch);
  return html`
    <h3 class="samples-title">Samples</h3>
    <p class="hint">
      Samples of the batch on screen are marked ●${num_train < num_samples ? ", those held out ○" : nothing}. Press one to look at it alone:
      nothing is trained by that.
    </p>
    <ol class="samples" role="list">
      ${page.samples.map((sample) => item(sample, marked.has(sample.index), boot !== "ready", actions))}
    </ol>
    ${num_samples > PAGE ? pages(page.start, num_samples, boot !== "ready", actions) : nothing}
  `;
}

/** @param {Sample} sample @param {boolean} marked @param {boolean} off @param {Actions} actions */
function item({ index, held_out, input, target, master, position }, marked, off, actions) {
  const origin = master === null ? "" : `M${master + 1}, pos. ${position}`;
  return html`
    <li>
      <button type="button" class=${marked ? "sample marked" : "sample"} ?disabled=${off} @click=${() => actions.look_at(index)}>
        <span class="mark" aria-hidden="true">${marked ? "●" : held_out ? "○" : ""}</span>
        <code>${spelled(input)} → ${target}</code>
        <small>${origin}</small>
        ${held_out ? html`<span class="sr-only">, held out</span>` : nothing}
        ${marked ? html`<span class="sr-only">, in the batch</span>` : nothing}
      </button>
    </li>
  `;
}

/** @param {number} start @param {number} total @param {boolean} off @param {Actions} actions */
function pages(start, total, off, actions) {
  const end = Math.min(start + PAGE, total);
  return html`
    <nav class="pages" aria-label="Pages of samples">
      <button type="button" ?disabled=${off || start === 0} @click=${() => actions.show_page(Math.max(0, start - PAGE))}>Previous ${PAGE}</button>
      <span>${count(start + 1)}–${count(end)} of ${count(total)}</span>
      <button type="button" ?disabled=${off || end >= total} @click=${() => actions.show_page(end)}>Next ${PAGE}</button>
    </nav>
  `;
}
