/** The New run form, with Python's limits and messages and the plan of the run. */

import { excludedBy } from "../config/combinations.js";
import { isOfMasters, shownSettings } from "../config/form.js";
import { settingOf } from "../config/schema.js";
import { settingField } from "../config/setting_field.js";
import { stoppingFields } from "../config/stopping_fields.js";
import { choice, refusalWords, text } from "../ui/fields.js";
import { widths } from "../ui/format.js";
import { count } from "../ui/number.js";
import { ref } from "../vendor/lit-html/directives/ref.js";
import { html, nothing, svg } from "../vendor/lit-html/lit-html.js";
import { FROM_RUN } from "./new_run.js";
import { dataWords, networkWords, stoppingWords, trainingWords } from "./new_run_text.js";
import { PRESET_LOSSES } from "./preset_losses.js";
import { pathOf } from "./sparkline.js";

/** @import { Plan, SettingWords } from "../api.d.ts" */
/** @import { Draft } from "../config/form.js" */
/** @import { Section } from "../config/schema.js" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @typedef {(setting: SettingWords) => unknown} FieldOf */

/** Size of a preset's picture. */
const PICTURE = { width: 56, height: 24 };
const WHOLE_SEQUENCES =
  "Test sequences are truly new: none of them is trained on. Inputs may repeat: another sequence can begin with the same tokens and end with another one.";
const WAYS = {
  generated: "Source sequences, generated",
  explicit: "Source sequences, typed in",
  random: "Fully random",
};

/**
 * @param {State} state
 * @param {Actions} actions
 * @param {(plan: Plan) => string} fit  how large the cells of the network will be, in words
 */
export function newRun(state, actions, fit) {
  const {
    newRun: { draft, refusal: draftRefusal },
  } = state;
  const excluded = excludedBy(draft);
  /** Names of the visible fields; refusals of other fields are shown at the foot. @type {Set<string>} */
  const shown = new Set();
  const named = (/** @type {string} */ name, /** @type {string} */ label, hint = "") => {
    shown.add(name);
    return {
      name,
      label,
      hint,
      value: draft[name],
      excluded: excluded[name],
      refusal: draftRefusal?.field === name ? draftRefusal : null,
      commit: (/** @type {string} */ typed) => actions.newRun.edit(name, typed),
    };
  };
  const described = (/** @type {SettingWords} */ { section, name, label, hint }) =>
    named(`${section}.${name}`, label, hint);
  /** @type {FieldOf} */
  const field = (setting) => settingField(setting, described(setting), { live: true });
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    actions.newRun.create();
  };
  const name = text({ ...named("name", "Name", "leave empty for a number, e.g. “Run 2”"), live: true });
  const model = [name, ...fieldsOf("model", draft).map(field)];
  const ways = choice({ ...named("masters", "Sequences come from"), options: WAYS });
  const data = [dataset(draft, field), ways, shownSettings("dataset", draft).filter(isOfMasters).map(field)];
  const training = fieldsOf("trainer", draft).map(field);
  const stopping = stoppingFields(described, true);
  /** @type {Part[]} */
  const parts = [
    { title: "Network", fields: ["name", "model."], words: networkWords(draft), content: model },
    { title: "Data", fields: ["dataset.", "masters"], words: dataWords(draft), content: data },
    { title: "Training", fields: ["trainer."], words: trainingWords(draft), content: training },
    { title: "Stopping", fields: ["stopping."], words: stoppingWords(draft), content: stopping },
  ];
  return html`
    <form class="runs-form" @submit=${submit}>
      ${startingPoints(state, actions)}
      ${parts.map((one, i) => part(one, draftRefusal?.field, i === 0))}
      <footer>
        <p class="plan" id="new-run-plan" translate="no">${outcome(state, shown, fit)}</p>
        <button type="button" @click=${actions.newRun.cancel}>Cancel</button>
        <button type="submit" class="primary" data-focus="create_run" aria-describedby="new-run-plan">Create run</button>
      </footer>
    </form>
  `;
}

/** Losses of a starting point: of a preset as recorded, of the active run as they are. @param {string} name @param {State} state */
function lossesOf(name, { chart: { curves }, run }) {
  if (name === FROM_RUN) return curves.find(({ id }) => id === run?.id)?.mean ?? [];
  return Object.hasOwn(PRESET_LOSSES, name) ? PRESET_LOSSES[name].split(" ").map(Number) : [];
}

/** @param {State} state @param {Actions} actions */
function startingPoints(state, actions) {
  const {
    newRun: { draft, presets },
    runs: { list },
  } = state;
  const active = list.find((run) => run.active);
  const cards = [
    ...(active
      ? [{ name: FROM_RUN, title: `Settings of ${active.name}`, text: "The same network, data and training." }]
      : []),
    ...presets,
  ];
  return html`
    <fieldset class="runs-presets">
      <legend>Start from</legend>
      ${cards.map(
        ({ name, title, text: words }) => html`
          <label class=${draft.preset === name ? "chosen" : ""}>
            <input class="vh" type="radio" name="preset" data-focus="preset" value=${name} .checked=${draft.preset === name} @change=${() => actions.newRun.startFrom(name)} />
            <svg viewBox="0 0 ${PICTURE.width} ${PICTURE.height}" width=${PICTURE.width} height=${PICTURE.height} aria-hidden="true">${svg`<path d=${pathOf(lossesOf(name, state), PICTURE)} />`}</svg>
            <span><b>${title}</b> ${words}</span>
          </label>
        `,
      )}
      <p class="hint">The lines are recorded: the loss of 120 steps of each.</p>
    </fieldset>
  `;
}

/**
 * @typedef {object} Part
 * @property {string} title
 * @property {string[]} fields  beginnings of their names
 * @property {string} words     the values, while it is closed
 * @property {unknown} content
 */

/**
 * One section of the form; it opens where a field is refused.
 * @param {Part} part
 * @param {string | undefined} refused  a field
 * @param {boolean} [open]  at first
 */
function part({ title, fields, words, content }, refused, open = false) {
  const unfold = (/** @type {Element | undefined} */ element) => {
    if (element instanceof HTMLDetailsElement && refused && fields.some((name) => refused.startsWith(name)))
      element.open = true;
  };
  return html`
    <details ?open=${open} ${ref(unfold)}>
      <summary>${title} <small translate="no">${words}</small></summary>
      <div class="runs-fields">${content}</div>
    </details>
  `;
}

/** Settings of a section in the order of the form: seeds last. @param {Section} section @param {Draft} draft */
const fieldsOf = (section, draft) =>
  shownSettings(section, draft).toSorted((a, b) => Number(a.kind === "seed") - Number(b.kind === "seed"));

/** Fields of the dataset, but for where its sequences come from. @param {Draft} draft @param {FieldOf} field */
function dataset(draft, field) {
  const note = draft["dataset.held_out_by"] === "position" ? html`<p class="note">${WHOLE_SEQUENCES}</p>` : nothing;
  const settings = fieldsOf("dataset", draft).filter((setting) => !isOfMasters(setting));
  return settings.map((setting) => (setting.name === "held_out_by" ? [field(setting), note] : field(setting)));
}

/** A refusal of a setting that no field shows, by its label. @param {string} message  "trainer.batch_size must be …" */
function named(message) {
  const [path] = message.split(" ", 1);
  const [section, name] = path.split(".");
  return refusalWords(message, settingOf(/** @type {Section} */ (section), name)?.label ?? path);
}

/** @param {State} state @param {Set<string>} shown @param {(plan: Plan) => string} fit */
function outcome({ newRun: { plan, refusal: draftRefusal } }, shown, fit) {
  if (draftRefusal)
    return shown.has(draftRefusal.field)
      ? "One field needs another value."
      : html`<span class="refusal">${named(draftRefusal.message)}</span>`;
  if (!plan) return nothing;
  return `${widths(plan.shape)} · ${count(plan.parameters)} parameters · ${count(plan.steps_per_epoch)} steps per epoch · ${fit(plan)}`;
}
