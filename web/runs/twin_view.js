/** The Twin form: a run with the same start and one other setting. */

import { idleSettings } from "../config/combinations.js";
import { settingText } from "../config/kinds.js";
import { twinSettings } from "../config/schema.js";
import { settingField } from "../config/setting_field.js";
import { quoted } from "../ui/bidi.js";
import { text } from "../ui/fields.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { twinName, twinSetting, twinValue } from "./twin_form.js";

/** @import { SettingWords } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { TwinDraft } from "./twin_form.js" */

/** A value of a setting in words. @param {SettingWords} setting @param {any} value */
const valueWords = (setting, value) => setting.choices?.[value] ?? settingText(setting, value);

/** @param {State} state @param {Actions} actions */
export function twin({ runs: { twin: draft, list: runs } }, actions) {
  const run = runs.find(({ id }) => id === draft?.id);
  if (!draft || !run) return nothing;
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    actions.runs.createTwin();
  };
  const idle = idleSettings(run.config);
  const settings = twinSettings().filter(({ name }) => !(name in idle));
  return html`
    <form class="runs-form" @submit=${submit}>
      <p class="note">
        The twin of ${quoted(run.name)} starts with the same weights and visits the same samples in the same order. Play trains both in step; a run that is
        behind catches up first.
      </p>
      <fieldset class="runs-twin">
        <legend>What differs</legend>
        ${settings.map((setting) => {
          const { name, label } = setting;
          return html`
            <div class=${name === draft.field ? "chosen" : ""}>
              <label>
                <input type="radio" name="twin_field" value=${name} .checked=${name === draft.field} @change=${() => actions.runs.chooseTwinField(name)} />
                ${label}
              </label>
              <span class="runs-now" translate="no">${valueWords(setting, twinValue(run, setting))} →</span>
              ${name === draft.field ? value(draft, actions) : html`<span class="runs-other" aria-hidden="true">…</span>`}
            </div>
          `;
        })}
      </fieldset>
      ${text({
        name: "twin_name",
        label: "Name",
        value: twinName(draft, run),
        refusal: refusalOf(draft, "twin_name"),
        commit: actions.runs.nameTwin,
        live: true,
      })}
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

/** @param {TwinDraft} draft @param {"twin_value" | "twin_name"} field */
const refusalOf = ({ typed, refusal }, field) =>
  refusal?.field === field ? { typed, message: refusal.message } : null;

/** @param {TwinDraft} draft @param {Actions} actions */
function value(draft, actions) {
  const { field, typed } = draft;
  const setting = twinSetting(field);
  const common = {
    name: "twin_value",
    label: `${setting.label} of the twin`,
    value: typed,
    refusal: refusalOf(draft, "twin_value"),
    commit: actions.runs.editTwin,
    hint: setting.hint,
  };
  return settingField(setting, common, { live: true });
}
