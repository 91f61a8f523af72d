/** The Twin form: a run that begins as another did, and differs in one setting. */

import { HINTS, LABELS, OPTIMIZERS } from "../optimizers.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { LOSSES } from "./controls.js";
import { choice, text } from "./field.js";
import { quoted } from "./isolated.js";
import { ACTIVATIONS } from "./new_run.js";

/** @typedef {import("../store.js").State} State */
/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../comparing.js").TwinField} TwinField */

/** @type {Record<TwinField, string>} */
const FIELDS = {
  learning_rate: "Learning rate",
  batch_size: "Batch size",
  loss_type: "Loss",
  activation: "Activation",
  optimizer: "Optimizer",
  ...LABELS,
};

/** @param {State} state @param {Actions} actions */
export function twin({ twin: draft, runs }, actions) {
  const run = runs.find(({ id }) => id === draft?.id);
  if (!draft || !run) return nothing;
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    actions.create_twin();
  };
  const what = choice({
    name: "twin_field",
    label: "What differs",
    value: draft.field,
    options: FIELDS,
    commit: (field) => actions.choose_twin_field(/** @type {TwinField} */ (field)),
  });
  return html`
    <form class="new-run" @submit=${submit}>
      <p class="note">
        The twin of ${quoted(run.name)} begins with the same weights, has the same samples and visits them in the same order. Then Play trains both in
        step: whoever is behind catches up first.
      </p>
      <fieldset>
        <legend class="sr-only">Difference</legend>
        ${what} ${value(draft, actions)}
      </fieldset>
      <p class="note">
        ${draft.field === "batch_size" ? "With another batch size the order stays the same, but not the batches." : nothing}
        Hidden layers, precision, data and seeds would change the start: make a new run for those.
      </p>
      <footer>
        <button type="submit" class="primary">Create twin</button>
        <button type="button" @click=${actions.close_dialog}>Cancel</button>
      </footer>
    </form>
  `;
}

/** @param {import("../comparing.js").TwinDraft} draft @param {Actions} actions */
function value({ field, typed, refusal }, actions) {
  const common = {
    name: "twin_value",
    label: `${FIELDS[field]} of the twin`,
    value: typed,
    refusal: refusal ? { typed, message: refusal } : null,
    commit: actions.edit_twin,
  };
  if (field === "optimizer") return choice({ ...common, options: OPTIMIZERS });
  if (field === "loss_type") return choice({ ...common, options: LOSSES });
  if (field === "activation") return choice({ ...common, options: ACTIVATIONS });
  const hint = field in HINTS ? HINTS[/** @type {keyof typeof HINTS} */ (field)] : "";
  return text({ ...common, hint, live: true, numeric: true });
}
