/** Fields for the optimizer and its settings, in the controls and in the New run form. */

import { choice, text } from "../ui/fields.js";
import { html } from "../vendor/lit-html/lit-html.js";
import { HINTS, LABELS, OPTIMIZERS, settingsOf, settingText } from "./optimizers_text.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { FieldOf } from "../runs/new_run_view.js" */
/** @import { Draft } from "./form.js" */

/**
 * Fields of the active run.
 * @param {State} state
 * @param {Actions} actions
 * @param {{prefix: string, disabled: boolean}} place
 */
export function optimizerControls({ run, training: { refusals, committing } }, actions, { prefix, disabled }) {
  if (!run) return html``;
  const { trainer } = run.config;
  const { optimizer } = trainer;
  return html`
    ${choice({
      name: `${prefix}optimizer`,
      label: "Optimizer",
      value: committing.optimizer ?? optimizer,
      refusal: refusals.optimizer,
      hint: run.step > 0 ? "changing it clears the optimizer’s memory" : "",
      options: OPTIMIZERS,
      disabled,
      commit: (chosen) => actions.training.setOptimizer("optimizer", chosen),
    })}
    ${settingsOf(optimizer).map((name) =>
      text({
        name: `${prefix}${name}`,
        label: LABELS[name],
        value: committing[name] ?? settingText(trainer[name]),
        refusal: name in committing ? null : refusals[name],
        hint: HINTS[name],
        setting: name,
        disabled,
        commit: (typed) => actions.training.setOptimizer(name, typed),
      }),
    )}
  `;
}

/** Fields of a new run. @param {Draft} draft @param {FieldOf} field */
export function optimizerFields(draft, field) {
  return html`
      ${choice({ ...field("trainer.optimizer", "Optimizer"), options: OPTIMIZERS })}
      ${settingsOf(draft["trainer.optimizer"]).map((name) =>
        text({ ...field(`trainer.${name}`, LABELS[name], HINTS[name]), live: true, setting: name }),
      )}
  `;
}
