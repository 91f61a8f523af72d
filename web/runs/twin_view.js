/** The Twin form: a run with the same start and one other setting. */

import { idleSettings } from "../config/combinations.js";
import { ACTIVATIONS, LOSSES } from "../config/labels.js";
import { HINTS, LABELS, OPTIMIZERS, settingText } from "../config/optimizers_text.js";
import { quoted } from "../ui/bidi.js";
import { choice, text } from "../ui/fields.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { settingOf } from "./twin_form.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { TwinDraft, TwinField } from "./twin_form.js" */

/** @type {Record<TwinField, string>} */
const FIELDS = {
  learning_rate: "Learning rate",
  batch_size: "Batch size",
  loss_type: "Loss",
  activation: "Activation",
  optimizer: "Optimizer",
  ...LABELS,
};

/** @type {Record<string, string>} */
const WORDS = { ...ACTIVATIONS, ...LOSSES, ...OPTIMIZERS };

/** A value in words, if it has some. @param {string} value */
const wordsOf = (value) => (Object.hasOwn(WORDS, value) ? WORDS[value] : value);

/** @param {State} state @param {Actions} actions */
export function twin({ runs: { twin: draft, list: runs } }, actions) {
  const run = runs.find(({ id }) => id === draft?.id);
  if (!draft || !run) return nothing;
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    actions.runs.createTwin();
  };
  const idle = idleSettings(run.config);
  const fields = /** @type {[TwinField, string][]} */ (Object.entries(FIELDS)).filter(([name]) => !(name in idle));
  return html`
    <form class="runs-form" @submit=${submit}>
      <p class="note">
        The twin of ${quoted(run.name)} starts with the same weights and visits the same samples in the same order. Play trains both in step; a run that is
        behind catches up first.
      </p>
      <fieldset class="runs-twin">
        <legend>What differs</legend>
        ${fields.map(
          ([name, label]) => html`
            <div class=${name === draft.field ? "chosen" : ""}>
              <label>
                <input type="radio" name="twin_field" value=${name} .checked=${name === draft.field} @change=${() => actions.runs.chooseTwinField(name)} />
                ${label}
              </label>
              <span class="runs-now" translate="no">${wordsOf(settingText(settingOf(run, name)))} →</span>
              ${name === draft.field ? value(draft, actions) : html`<span class="runs-other" aria-hidden="true">…</span>`}
            </div>
          `,
        )}
      </fieldset>
      <p class="note">
        ${draft.field === "batch_size" ? "With a different batch size the order is the same, but the batches differ." : nothing}
        To change hidden layers, precision, data or seeds, create a new run: they change the start.
      </p>
      <footer>
        <p class="plan">Starts at step 0</p>
        <button type="button" @click=${actions.page.closeDialog}>Cancel</button>
        <button type="submit" class="primary">Create twin</button>
      </footer>
    </form>
  `;
}

/** @param {TwinDraft} draft @param {Actions} actions */
function value({ field, typed, refusal }, actions) {
  const common = {
    name: "twin_value",
    label: `${FIELDS[field]} of the twin`,
    value: typed,
    refusal: refusal ? { typed, message: refusal } : null,
    commit: actions.runs.editTwin,
  };
  if (field === "optimizer") return choice({ ...common, options: OPTIMIZERS });
  if (field === "loss_type") return choice({ ...common, options: LOSSES });
  if (field === "activation") return choice({ ...common, options: ACTIVATIONS });
  const hint = field in HINTS ? HINTS[/** @type {keyof typeof HINTS} */ (field)] : "";
  return text({ ...common, hint, live: true, setting: field });
}
