/** The tab Sample: generated text token by token, or the class of typed tokens. */

import { refusalWords } from "../ui/fields.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { barsOf } from "./bars.js";
import { barList, drawnBars } from "./bars_view.js";
import { generated } from "./generated_view.js";
import { classesOf, fieldOf, positionsOf } from "./state.js";
import { KNOWN, notFinite, weightsOf } from "./text.js";
import { spelled } from "./tokens.js";

/** @import { Prediction } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { FieldName } from "./state.js" */
/** @typedef {{name: FieldName, label: string, kind?: string, disabled?: boolean, title?: string}} Field */

/** @param {State} state @param {Actions} actions */
export function sample(state, actions) {
  const { about } = state.dataset;
  if (!about || !state.run)
    return html`<p class="waiting" translate="yes">What the network makes of tokens appears here.</p>`;
  return about.config.task === "classification" ? classification(state, actions) : generation(state, actions);
}

/** @param {State} state @param {Actions} actions */
function generation(state, actions) {
  const { made } = state.sample;
  const isMse = state.run?.config.trainer.loss_type === "mse";
  const why = "With the loss MSE the outputs are no probabilities: always the largest one is chosen";
  return html`
    ${form(state, actions.sample.generate, "Generate", [
      field(state, actions, { name: "start", label: "Start text", kind: "sample-long", title: tokensHint(state) }),
      field(state, actions, {
        name: "temperature",
        label: "Temperature",
        disabled: isMse,
        title: isMse ? why : "0 always takes the most probable token; higher values take others more often",
      }),
      field(state, actions, { name: "seed", label: "Seed", title: "The same seed generates the same tokens" }),
      field(state, actions, { name: "length", label: "Length", title: "Tokens to generate" }),
    ])}
    ${made ? generated(state, made, actions) : hint(state, "Press Generate: each new token is predicted from the tokens before it")}
  `;
}

/** @param {State} state @param {Actions} actions */
function classification(state, actions) {
  const { asked } = state.sample;
  const tokens = field(state, actions, {
    name: "tokens",
    label: "Sequence",
    kind: "sample-long",
    title: tokensHint(state),
  });
  return html`
    ${form(state, actions.sample.predict, "Predict", [tokens])}
    ${asked ? classes(state, asked, actions) : hint(state, "Press Predict to see which source sequence the network assigns these tokens to")}
  `;
}

/** @param {State} state @param {string} words */
const hint = ({ run }, words) =>
  html`<p class="sample-tally"><span translate="yes">${words}</span> · ${weightsOf(run?.step ?? 0)}</p>`;

/** @param {State} state */
function tokensHint(state) {
  const positions = positionsOf(state);
  const { task = "", vocabulary = [] } = state.dataset.about?.config ?? {};
  const least = task === "next_token" ? "At least " : "";
  return `${least}${positions} ${positions === 1 ? "token" : "tokens"} of ${vocabulary.join(" ")}`;
}

/** @param {State} state @param {() => unknown} submit @param {string} label @param {unknown[]} fields */
function form(state, submit, label, fields) {
  return html`
    <form class="sample-form" @submit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      submit();
    }}>
      ${fields}
      <button type="submit" class="primary" ?disabled=${state.page.boot !== "ready"} translate="yes">${label}</button>
    </form>
  `;
}

/** @param {State} state @param {Actions} actions @param {Field} about */
function field(state, { sample }, { name, label, kind = "", disabled = false, title }) {
  const refused = state.sample.refusals[name];
  return html`
    <p class="sample-field ${kind}">
      <label for="sample-${name}" translate="yes">${label}</label>
      <input
        id="sample-${name}"
        type="text"
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        title=${title ?? nothing}
        ?disabled=${disabled}
        aria-invalid=${refused ? "true" : "false"}
        aria-describedby="sample-${name}-refusal"
        .value=${disabled ? "0" : fieldOf(state, name)}
        @input=${(/** @type {Event} */ event) => sample.setField(name, /** @type {HTMLInputElement} */ (event.target).value)}
      />
      <span class="sample-refusal" id="sample-${name}-refusal" role="alert">${refused ? refusalWords(refused.message, label) : nothing}</span>
    </p>
  `;
}

/** @param {State} state @param {Prediction} asked @param {Actions} actions */
function classes(state, asked, { sample }) {
  const { tokens, outputs, probabilities, predicted, known, target } = asked;
  const names = classesOf(state);
  const isMse = state.run?.config.trainer.loss_type === "mse";
  const values = probabilities ?? outputs;
  const number = probabilities ? "probability" : "output";
  const isKnown = probabilities || isMse;
  return html`
    <div class="sample-classes">
      <p class="sample-answer">
        <code>${spelled(tokens)}</code> <span translate="yes">→</span> <b>${predicted ?? "–"}</b>
        <span class="sample-known sample-${known}">${KNOWN[known]}${target === null ? "" : `: ${target}`}</span>
      </p>
      ${isKnown ? html`<div role="img" aria-label=${Array.from(values, (value, j) => `${names[j]}: ${number} ${value.toFixed(2)}`).join(", ")}>${barList(drawnBars(barsOf(values, names, target), values, !isMse))}</div>` : html`<p>${notFinite(isMse)}</p>`}
      <p class="sample-tally">${weightsOf(asked.step)}</p>
      ${predicted === null ? nothing : html`<button type="button" @click=${() => sample.send(tokens, target ?? predicted)}>Run through the network</button>`}
    </div>
  `;
}
