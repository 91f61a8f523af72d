/** Every run, with what distinguishes it, and the five things that can be done to runs. */

import { count } from "../draw/number.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { epochs, percent, short, widths } from "../words.js";
import { LOSSES } from "./controls.js";
import { text } from "./field.js";

/** @typedef {import("../store.js").State} State */
/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../api.d.ts").RunSummary} RunSummary */

/** @param {State} state @param {Actions} actions */
export function runs(state, actions) {
  const off = state.boot !== "ready";
  return html`
    <p><button type="button" data-focus="new_run" ?disabled=${off} @click=${actions.open_new_run}>New run</button></p>
    <ul class="runs" role="list">
      ${repeat(
        state.runs,
        ({ id }) => id,
        (run) => item(run, state, actions),
      )}
    </ul>
  `;
}

/** @param {RunSummary} run @param {State} state @param {Actions} actions */
function item(run, state, actions) {
  return html`
    <li class="run line-${(state.colors[run.id] ?? 0) % 8}" aria-current=${run.active ? "true" : "false"}>
      ${state.renaming === run.id ? nameForm(run, state, actions) : heading(run)}
      ${facts(run)}
      ${state.renaming === run.id ? nothing : deeds(run, state, actions)}
    </li>
  `;
}

/** @param {RunSummary} run */
function heading({ name, active }) {
  return html`
    <h3><span class="name">${name}</span>${active ? html` <span class="badge">active</span>` : nothing}</h3>
  `;
}

/** @param {RunSummary} run */
function facts({ step, epoch, loss, metrics, parameters, shape, config: { trainer, model, dataset } }) {
  return html`
    <dl class="facts">
      <div><dt>Step</dt> <dd>${count(step)}</dd></div>
      <div><dt>Epoch</dt> <dd>${epochs(epoch)}</dd></div>
      <div><dt>Loss</dt> <dd>${short(loss)}</dd></div>
      <div><dt>Accuracy</dt> <dd>${percent(metrics?.accuracy)}</dd></div>
    </dl>
    <p class="config">
      ${widths(shape)} · ${count(parameters)} parameters · ${model.activation} · ${dataset.encoding} · ${LOSSES[trainer.loss_type]} · learning
      rate ${trainer.learning_rate} · batch ${trainer.batch_size}
    </p>
  `;
}

/** @param {RunSummary} run @param {State} state @param {Actions} actions */
function deeds({ id, name, active }, { boot }, actions) {
  const off = boot !== "ready";
  // The name in the label tells the buttons of one run from those of another.
  const button = (/** @type {string} */ word, /** @type {() => unknown} */ act, pointless = false) => html`
    <button
      type="button"
      aria-label="${word} ${name}"
      data-focus="${word.toLowerCase()}-${id}"
      ?disabled=${off}
      aria-disabled=${pointless ? "true" : "false"}
      @click=${act}
    >${word}</button>
  `;
  return html`
    <p class="deeds">
      ${button("Activate", () => actions.activate(id), active)} ${button("Reset", () => actions.reset(id))}
      ${button("Rename", () => actions.edit_name(id))} ${button("Delete", () => actions.delete(id))}
    </p>
  `;
}

/** @param {RunSummary} run @param {State} state @param {Actions} actions */
function nameForm({ id, name }, { refusals }, actions) {
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    actions.rename(id, /** @type {HTMLInputElement} */ (form.querySelector("input")).value);
  };
  const leave = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape") actions.edit_name(null);
  };
  return html`
    <form class="rename" @submit=${submit} @keydown=${leave}>
      ${text({ name: "name", label: `New name of ${name}`, value: name, refusal: refusals.name, commit: () => {} })}
      <button type="submit" class="primary">Save name</button>
      <button type="button" @click=${() => actions.edit_name(null)}>Cancel</button>
    </form>
  `;
}
