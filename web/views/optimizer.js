/** Which optimizer, and its settings: in the controls of the active run, and in the New run form. */

import { HINTS, LABELS, OPTIMIZERS, optimizerWords, settingsOf, written } from "../optimizers.js";
import { html } from "../vendor/lit-html/lit-html.js";
import { choice, text } from "./field.js";

/** @typedef {import("../store.js").State} State */
/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("./new_run.js").FieldOf} FieldOf */

/** Of the active run, folded away. @param {State} state @param {Actions} actions @param {boolean} disabled */
export function optimizerControls({ run, refusals, committing }, actions, disabled) {
  if (!run) return html``;
  const { trainer } = run.config;
  const { optimizer } = trainer;
  return html`
    <details class="folded">
      <summary>Optimizer: <b>${optimizerWords(trainer)}</b></summary>
      <div class="fields">
        ${choice({
          name: "optimizer",
          label: "Optimizer",
          value: committing.optimizer ?? optimizer,
          refusal: refusals.optimizer,
          hint: run.step > 0 ? "another one begins anew, its state at 0" : "",
          options: OPTIMIZERS,
          disabled,
          commit: (chosen) => actions.set_optimizer("optimizer", chosen),
        })}
        ${settingsOf(optimizer).map((name) =>
          text({
            name,
            label: LABELS[name],
            value: committing[name] ?? written(trainer[name]),
            refusal: name in committing ? null : refusals[name],
            hint: HINTS[name],
            numeric: true,
            disabled,
            commit: (typed) => actions.set_optimizer(name, typed),
          }),
        )}
      </div>
    </details>
  `;
}

/** Of a run that is to be made. @param {import("../draft.js").Draft} draft @param {FieldOf} field */
export function optimizerFields(draft, field) {
  return html`
    <fieldset>
      <legend>Optimizer</legend>
      ${choice({ ...field("trainer.optimizer", "Optimizer"), options: OPTIMIZERS })}
      ${settingsOf(draft["trainer.optimizer"]).map((name) =>
        text({ ...field(`trainer.${name}`, LABELS[name], HINTS[name]), live: true, numeric: true }),
      )}
    </fieldset>
  `;
}
