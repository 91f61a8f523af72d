/** The dataset: master sequences, and the samples cut from them. */

import { percent } from "../ui/format.js";
import { count } from "../ui/number.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

/** @import { DatasetView, Sample } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */

const PAGE = 50;

/** @param {State} state @param {Actions} actions */
export function dataset(state, actions) {
  if (!state.dataset.about) return html`<p class="waiting">The sequences that the network learns from appear here.</p>`;
  return html`${summary(state.dataset.about)} ${masters(state.dataset.about)} ${samples(state, state.dataset.about, actions)}`;
}

/** @param {DatasetView} dataset */
function summary({ config, num_samples, num_train, unique_inputs, floor, held_out_floor }) {
  const task =
    config.task === "next_token"
      ? `predict the last token of each from the ${config.sequence_length === 2 ? "first" : `first ${config.sequence_length - 1}`}`
      : "name the source sequence that each was cut from";
  const ambiguous = floor.accuracy < 1 ? " Equal inputs can have different answers, so no model can do better." : "";
  const unseen =
    config.held_out_by === "position"
      ? "whole positions in the source sequences, so that none of these sequences is trained on"
      : "chosen at random";
  return html`
    <p>
      ${count(num_samples)} samples of ${config.sequence_length} tokens from the vocabulary ${config.vocabulary.join(" ")}: ${task}.
      ${unique_inputs === 1 ? "There is 1 distinct input" : `There are ${count(unique_inputs)} distinct inputs`}.
      ${held_out_floor ? html`${count(num_train)} are trained on, ${count(num_samples - num_train)} are held out: ${unseen}.` : nothing}
      <span class="fact">
        Best accuracy possible: ${percent(floor.accuracy)}${held_out_floor ? html`, on the held-out samples ${percent(held_out_floor.accuracy)}` : nothing}.${ambiguous}
      </span>
    </p>
  `;
}

/** @param {DatasetView} dataset */
function masters({ masters }) {
  if (masters.length === 0)
    return html`<p>The sequences are fully random: there is no pattern to find; the network can only memorize them.</p>`;
  return html`
    <h3 class="masters-title">Source sequences</h3>
    <ul class="masters" role="list">
      ${masters.map((tokens, k) => html`<li><b>M${k + 1}</b> <code translate="no">${spelled(tokens)}</code></li>`)}
    </ul>
  `;
}

/** Tokens as one word where each is one character, apart otherwise. @param {string[]} tokens */
const spelled = (tokens) => tokens.join(tokens.every(({ length }) => length === 1) ? "" : " ");

/**
 * @param {State} state
 * @param {DatasetView} dataset
 * @param {Actions} actions
 */
function samples({ page: { boot }, dataset: { page }, network: { batch } }, { num_samples, num_train }, actions) {
  const marked = new Set(batch);
  return html`
    <h3 class="samples-title">Samples</h3>
    <p class="hint">
      Samples of the batch on screen are marked ●${num_train < num_samples ? ", those held out ○" : nothing}. Click a sample to send only it
      through the network (no training).
    </p>
    <ol class="samples" role="list">
      ${page.samples.map((sample) => item(sample, marked.has(sample.index), boot !== "ready", actions))}
    </ol>
    ${num_samples > PAGE ? pages(page.start, num_samples, boot !== "ready", actions) : nothing}
  `;
}

/**
 * @param {Sample} sample
 * @param {boolean} marked
 * @param {boolean} off
 * @param {Actions} actions
 */
function item({ index, held_out, input, target, master, position }, marked, off, actions) {
  const origin = master === null ? "" : `M${master + 1}, pos. ${position}`;
  return html`
    <li>
      <button type="button" class=${marked ? "sample marked" : "sample"} ?disabled=${off} @click=${() => actions.dataset.lookAt(index)}>
        <span class="mark" aria-hidden="true">${marked ? "●" : held_out ? "○" : ""}</span>
        <code translate="no">${spelled(input)} → ${target}</code>
        <small>${origin}</small>
        ${held_out ? html`<span class="vh">, held out</span>` : nothing}
        ${marked ? html`<span class="vh">, in the batch</span>` : nothing}
      </button>
    </li>
  `;
}

/**
 * @param {number} start
 * @param {number} total
 * @param {boolean} off
 * @param {Actions} actions
 */
function pages(start, total, off, actions) {
  const end = Math.min(start + PAGE, total);
  return html`
    <nav class="pages" aria-label="Pages of samples">
      <button type="button" ?disabled=${off || start === 0} @click=${() => actions.dataset.showPage(Math.max(0, start - PAGE))}>Previous ${PAGE}</button>
      <span>${count(start + 1)}–${count(end)} of ${count(total)}</span>
      <button type="button" ?disabled=${off || end >= total} @click=${() => actions.dataset.showPage(end)}>Next ${PAGE}</button>
    </nav>
  `;
}
