/** Fields for the optimizer of the active run and its settings. */

import { html } from "../vendor/lit-html/lit-html.js";
import { settingText } from "./kinds.js";
import { optimizerSettings } from "./optimizers_text.js";
import { settingOf } from "./schema.js";
import { settingField } from "./setting_field.js";

/** @import { SettingWords } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */

/**
 * @param {State} state
 * @param {Actions} actions
 * @param {{prefix: string, disabled: boolean}} place
 */
export function optimizerControls({ run, training: { refusals, committing } }, actions, { prefix, disabled }) {
  const optimizer = settingOf("trainer", "optimizer");
  if (!run || !optimizer) return html``;
  const { trainer } = run.config;
  const field = (/** @type {SettingWords} */ setting, hint = setting.hint) => {
    const { name, label } = setting;
    return settingField(setting, {
      name: `${prefix}${name}`,
      label,
      value: committing[name] ?? settingText(setting, trainer[name]),
      refusal: name in committing ? null : refusals[name],
      hint,
      disabled,
      commit: (typed) => actions.training.setTrainer(setting, typed),
    });
  };
  return html`
    ${field(optimizer, run.step > 0 ? "changing it clears the optimizer’s memory" : "")}
    ${optimizerSettings(trainer.optimizer).map((setting) => field(setting))}
  `;
}
