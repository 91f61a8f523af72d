/** The New run form, with Python's limits and messages and the plan of the run. */

import { excludedBy } from "../config/combinations.js";
import { ACTIVATIONS, LOSSES } from "../config/labels.js";
import { optimizerFields } from "../config/optimizer_fields.js";
import { stoppingFields } from "../config/stopping_fields.js";
import { choice, lines, text } from "../ui/fields.js";
import { widths } from "../ui/format.js";
import { count } from "../ui/number.js";
import { ref } from "../vendor/lit-html/directives/ref.js";
import { html, nothing, svg } from "../vendor/lit-html/lit-html.js";
import { FROM_RUN } from "./new_run.js";
import { dataWords, networkWords, stoppingWords, trainingWords } from "./new_run_text.js";
import { PRESET_LOSSES } from "./preset_losses.js";
import { pathOf } from "./sparkline.js";

/** @import { Draft } from "../config/form.js" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { Field } from "../ui/fields.js" */
/** @typedef {(name: string, label: string, hint?: string) => Field} FieldOf */

/** Size of a preset's picture. */
const PICTURE = { width: 56, height: 24 };
const DTYPES = { float32: "float32", float64: "float64" };
const INITIAL_WEIGHTS = {
  xavier_uniform: "Xavier uniform",
  standard_normal: "Standard normal (too large)",
  zeros: "Zeros (nothing is learned)",
};
const TASKS = { next_token: "Predict the next token", classification: "Classify: which master sequence?" };
const ENCODINGS = { one_hot: "One-hot", embedding: "Embedding (learned)" };
const SPLITS = {
  sample: "Draw samples one by one",
  position: "Keep equal sequences together",
};
const WHOLE_SEQUENCES =
  "Test sequences are truly new: none of them is trained on. Inputs may repeat: another sequence can begin with the same tokens and end with another one.";
const WAYS = {
  generated: "Master sequences, generated",
  explicit: "Master sequences, typed in",
  random: "Fully random",
};

/** @param {State} state @param {Actions} actions */
export function newRun(state, actions) {
  const {
    newRun: { draft, refusal: draftRefusal },
  } = state;
  const excluded = excludedBy(draft);
  /** Names of the visible fields; refusals of other fields are shown at the foot. @type {Set<string>} */
  const shown = new Set();
  /** @type {FieldOf} */
  const field = (name, label, hint = "") => {
    shown.add(name);
    return {
      name,
      label,
      hint,
      value: draft[name],
      excluded: excluded[name],
      refusal: draftRefusal?.field === name ? draftRefusal : null,
      commit: (typed) => actions.newRun.edit(name, typed),
    };
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    actions.newRun.create();
  };
  const name = text({ ...field("name", "Name", "leave empty for a number, e.g. “Run 2”"), live: true });
  /** @type {Section[]} */
  const sections = [
    { title: "Network", fields: ["name", "model."], words: networkWords(draft), content: [name, model(field)] },
    { title: "Data", fields: ["dataset.", "masters"], words: dataWords(draft), content: data(draft, field) },
    {
      title: "Training",
      fields: ["trainer."],
      words: trainingWords(draft),
      content: [training(field), optimizerFields(draft, field)],
    },
    { title: "Stopping", fields: ["stopping."], words: stoppingWords(draft), content: stoppingFields(field, true) },
  ];
  return html`
    <form class="runs-form" @submit=${submit}>
      ${startingPoints(state, actions)}
      ${sections.map((one, i) => section(one, draftRefusal?.field, i === 0))}
      <footer>
        <p class="plan" aria-live="polite" translate="no">${outcome(state, shown)}</p>
        <button type="button" @click=${actions.newRun.cancel}>Cancel</button>
        <button type="submit" class="primary" data-focus="create_run">Create run</button>
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
 * @typedef {object} Section
 * @property {string} title
 * @property {string[]} fields  beginnings of their names
 * @property {string} words     the values, while it is closed
 * @property {unknown} content
 */

/**
 * One section of the form; it opens where a field is refused.
 * @param {Section} section
 * @param {string | undefined} refused  a field
 * @param {boolean} [open]  at first
 */
function section({ title, fields, words, content }, refused, open = false) {
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

/** @param {FieldOf} field */
function model(field) {
  return html`
      ${text({ ...field("model.hidden_dims", "Hidden layers", "units per layer, e.g. 32, 32; empty for no hidden layer"), live: true })}
      ${choice({ ...field("model.activation", "Activation"), options: ACTIVATIONS })}
      ${choice({ ...field("model.dtype", "Precision"), options: DTYPES })}
      ${choice({ ...field("model.initialization", "Initial weights"), options: INITIAL_WEIGHTS })}
      ${text({ ...field("model.seed", "Seed of the weights"), live: true, setting: "seed" })}
  `;
}

/** @param {Draft} draft @param {FieldOf} field */
function data(draft, field) {
  return html`
      ${text({ ...field("dataset.vocabulary", "Vocabulary", "separate tokens with spaces"), live: true })}
      ${text({ ...field("dataset.sequence_length", "Sequence length", "tokens per sample"), live: true, setting: "sequence_length" })}
      ${text({ ...field("dataset.num_samples", "Number of samples"), live: true, setting: "num_samples" })}
      ${choice({ ...field("dataset.task", "Task"), options: TASKS })}
      ${choice({ ...field("dataset.encoding", "Encoding"), options: ENCODINGS })}
      ${
        draft["dataset.encoding"] === "embedding"
          ? text({
              ...field("dataset.embedding_dim", "Embedding dimensions", "numbers per token"),
              live: true,
              setting: "embedding_dim",
            })
          : nothing
      }
      ${text({ ...field("dataset.held_out", "Held out", "share kept back for testing, e.g. 0.2 = 20%"), live: true, setting: "held_out" })}
      ${choice({ ...field("dataset.held_out_by", "Held out by"), options: SPLITS })}
      ${draft["dataset.held_out_by"] === "position" ? html`<p class="note">${WHOLE_SEQUENCES}</p>` : nothing}
      ${text({ ...field("dataset.seed", "Seed of the data"), live: true, setting: "seed" })}
      ${choice({ ...field("masters", "Sequences come from"), options: WAYS })} ${masters(draft, field)}
  `;
}

/** @param {Draft} draft @param {FieldOf} field */
function masters(draft, field) {
  if (draft.masters === "random") return nothing;
  if (draft.masters === "explicit") {
    return lines({
      ...field("dataset.master_sequences", "Master sequences", "one per line: abccaabb, or a b c c"),
      rows: 4,
    });
  }
  return html`
    ${text({ ...field("dataset.num_master_sequences", "Number of master sequences"), live: true, setting: "num_master_sequences" })}
    ${text({ ...field("dataset.master_sequence_length", "Length of each master sequence", "10, or 8-12 for a range"), live: true })}
  `;
}

/** @param {FieldOf} field */
function training(field) {
  return html`
      ${text({ ...field("trainer.learning_rate", "Learning rate"), live: true, setting: "learning_rate" })}
      ${text({ ...field("trainer.batch_size", "Batch size"), live: true, setting: "batch_size" })}
      ${choice({ ...field("trainer.loss_type", "Loss"), options: LOSSES })}
      ${text({ ...field("trainer.seed", "Shuffling seed"), live: true, setting: "seed" })}
  `;
}

/** @param {State} state @param {Set<string>} shown */
function outcome({ newRun: { plan, refusal: draftRefusal } }, shown) {
  if (draftRefusal)
    return shown.has(draftRefusal.field)
      ? "One field needs another value."
      : html`<span class="refusal">${draftRefusal.message}</span>`;
  if (!plan) return nothing;
  return `${widths(plan.shape)} · ${count(plan.parameters)} parameters · ${count(plan.steps_per_epoch)} steps per epoch`;
}
