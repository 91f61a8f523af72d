/** The form of a sweep: settings with their values, the number of runs, and the time they take. */

import { choice, refusalWords, text } from "../ui/fields.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { workersFor } from "./estimate.js";
import { fieldOf, SECTIONS, settingAt, variedSettings } from "./settings.js";
import { hindrance, productWords, timeWords } from "./text.js";
import { typedValues } from "./values.js";

/** @import { SettingWords, SweepPlan } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { Row } from "./state.js" */

const YES = { yes: "Yes", no: "No" };
const SPANS = "“0.001 … 0.1 × 5” is five values, each the same factor from the next";
/** Notation of the values, by the kind of the setting. @type {Record<string, string>} */
const HINTS = {
  number: `separate values with commas; ${SPANS}`,
  integer: "separate values with commas; “8 … 128 × 5” is five values, each the same factor from the next",
  seed: "separate values with commas; “0–9” is ten of them",
  widths: "“32-32” is two layers and “none” is no hidden layer; separate networks with commas",
  length: "separate values with commas: “10, 8-12”",
  tokens: "separate vocabularies with commas, and tokens with spaces",
};

/** @param {State} state @param {Actions} actions */
export function sweepForm(state, actions) {
  const { draft, plan, refusal } = state.sweep;
  const reason = hindrance(state.sweep);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    actions.sweep.start();
  };
  const about = (/** @type {string} */ field, /** @type {string} */ typed) =>
    refusal?.field === field ? { typed, message: refusal.message } : null;
  return html`
    <form class="runs-form sweep-form" @submit=${submit}>
      <p class="note">
        One run for each combination of the values. All other settings are those of the active run.
        ${state.run && state.run.code.trained_by !== "ours" ? "The runs train with our code, not with yours." : nothing}
      </p>
      ${draft.rows.map((row) => rowView(row, state, actions, about(row.field, row.typed)))}
      <p><button type="button" data-focus="sweep-add" @click=${actions.sweep.addRow}>Add a setting</button></p>
      ${text({
        name: "sweep-epochs",
        label: "Epochs",
        value: draft.epochs,
        hint: "of each run, unless it stops before",
        refusal: about("epochs", draft.epochs),
        commit: actions.sweep.editEpochs,
        live: true,
        setting: "max_epochs",
      })}
      <footer>
        <p class="plan" id="sweep-plan" translate="no" aria-live="polite">
          ${reason ? html`<span class="refusal">${named(reason)}</span>` : plan ? outcome(plan, state) : nothing}
        </p>
        <button type="button" @click=${actions.page.closeDialog}>Cancel</button>
        <button type="submit" class="primary" data-focus="sweep-start" aria-describedby="sweep-plan" ?disabled=${reason !== null}>Start sweep</button>
      </footer>
    </form>
  `;
}

/** A refusal of a setting that has no field here, by its label. @param {string} message  "trainer.batch_size must be …" */
function named(message) {
  const [field] = message.split(" ", 1);
  return refusalWords(message, settingAt(field)?.label ?? field);
}

/** @param {SweepPlan} plan @param {State} state */
function outcome({ runs }, { sweep: { draft, seconds, cores } }) {
  const lengths = draft.rows.map(({ field, typed }) => countOf(field, typed));
  const epochs = runs[0].config.stopping.max_epochs ?? 0;
  return `${productWords(lengths, runs.length, epochs)}, ${timeWords(seconds, workersFor(cores, runs.length))}`;
}

/** @param {string} field @param {string} typed */
function countOf(field, typed) {
  const setting = settingAt(field);
  const read = setting ? typedValues(setting, typed) : { values: [] };
  return "values" in read ? read.values.length : 0;
}

/**
 * One setting and its values.
 * @param {Row} row
 * @param {State} state
 * @param {Actions} actions
 * @param {{typed: string, message: string} | null} refusal
 */
function rowView({ field, typed }, state, actions, refusal) {
  const setting = settingAt(field);
  if (!setting) return nothing;
  const common = {
    name: `sweep-values-${field}`,
    label: `Values of ${setting.label}`,
    subject: setting.label,
    value: typed,
    refusal,
    hint: HINTS[setting.kind] ?? "",
    commit: (/** @type {string} */ words) => actions.sweep.editValues(field, words),
  };
  return html`
    <fieldset class="sweep-row">
      <legend class="vh">${setting.label}</legend>
      ${choice({
        name: `sweep-field-${field}`,
        label: "Setting",
        value: field,
        options: optionsOf(field, state),
        commit: (other) => actions.sweep.chooseField(field, other),
      })}
      <button type="button" class="icon" aria-label="Remove ${setting.label}" title="Remove" @click=${() => actions.sweep.removeRow(field)}>✕</button>
      ${setting.choices || setting.kind === "flag" ? boxes(setting, common) : text({ ...common, live: true })}
    </fieldset>
  `;
}

/** The settings that no other row has; those of a section under its name. @param {string} field @param {State} state */
function optionsOf(field, { run, sweep: { draft } }) {
  const taken = new Set(draft.rows.map((row) => row.field));
  const row = draft.rows.find((each) => each.field === "trainer.optimizer");
  const optimizers = row ? row.typed.split(",").map((word) => word.trim()) : [run?.config.trainer.optimizer ?? ""];
  const all = variedSettings(optimizers).filter((each) => fieldOf(each) === field || !taken.has(fieldOf(each)));
  const own = settingAt(field);
  const shown = own && !all.includes(own) ? [own, ...all] : all;
  return Object.fromEntries(shown.map((each) => [fieldOf(each), `${SECTIONS[each.section]}: ${each.label}`]));
}

/**
 * A box for each option of a setting.
 * @param {SettingWords} setting
 * @param {{label: string, value: string, refusal: {message: string} | null, commit: (words: string) => unknown}} field
 */
function boxes({ choices }, { label, value, refusal, commit }) {
  const options = choices ?? YES;
  const chosen = new Set(value.split(",").map((word) => word.trim()));
  const toggle = (/** @type {string} */ key) => {
    const next = Object.keys(options).filter((each) => (each === key) !== chosen.has(each));
    commit(next.join(", "));
  };
  return html`
    <div class="sweep-boxes" role="group" aria-label=${label}>
      ${Object.entries(options).map(
        ([key, words]) => html`
          <label><input type="checkbox" .checked=${chosen.has(key)} @change=${() => toggle(key)} />${words}</label>
        `,
      )}
      <span class="refusal" role="alert">${refusal ? refusal.message : nothing}</span>
    </div>
  `;
}
