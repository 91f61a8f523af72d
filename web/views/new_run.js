/** The New run form. Its limits and sentences are Python's; what it would make is said while it is typed. */

import { count } from "../draw/number.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { widths } from "../words.js";
import { LOSSES } from "./controls.js";
import { choice, lines, text } from "./field.js";
import { optimizerFields } from "./optimizer.js";
import { stoppingFields } from "./stopping.js";

/** @typedef {import("../store.js").State} State */
/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {(name: string, label: string, hint?: string) => import("./field.js").Field} FieldOf */

export const ACTIVATIONS = {
  gelu: "GELU (tanh formula)",
  gelu_exact: "GELU (erf, exact)",
  relu: "ReLU",
  tanh: "tanh",
  sigmoid: "Sigmoid",
  silu: "SiLU",
  identity: "Identity (none)",
};
const DTYPES = { float32: "float32", float64: "float64" };
const FIRST_WEIGHTS = {
  xavier_uniform: "Xavier uniform",
  standard_normal: "Standard normal (too large)",
  zeros: "Zeros (nothing is learned)",
};
const TASKS = { next_token: "Predict the next token", classification: "Name the master of a sequence" };
const ENCODINGS = { one_hot: "One-hot", embedding: "Embedding (learned)" };
const SPLITS = { sample: "Sample", position: "Place in a master (really unseen)" };
const WAYS = { generated: "Generated masters", explicit: "My own masters", random: "Fully random" };

/** @param {State} state @param {Actions} actions */
export function newRun(state, actions) {
  const { draft, draft_refusal } = state;
  /** @type {FieldOf} */
  const field = (name, label, hint = "") => ({
    name,
    label,
    hint,
    value: draft[name],
    refusal: draft_refusal?.field === name ? draft_refusal : null,
    commit: (typed) => actions.edit_draft(name, typed),
  });
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    actions.create_run();
  };
  return html`
    <form class="new-run" @submit=${submit}>
      ${startingPoints(state, actions)}
      ${text({ ...field("name", "Name", "left empty, it gets a number"), live: true })}
      ${model(field)} ${data(draft, field)} ${training(field)} ${optimizerFields(draft, field)} ${ends(field)}
      <footer>
        <p class="plan" aria-live="polite">${outcome(state)}</p>
        <button type="submit" class="primary" data-focus="create_run">Create run</button>
        <button type="button" @click=${actions.close_dialog}>Cancel</button>
      </footer>
    </form>
  `;
}

/** @param {State} state @param {Actions} actions */
function startingPoints({ draft, presets }, actions) {
  const titles = Object.fromEntries(presets.map(({ name, title }) => [name, title]));
  return choice({
    name: "preset",
    label: "Start from",
    hint:
      presets.find(({ name }) => name === draft.preset)?.text ??
      "a network that learns well, or one that shows what can go wrong",
    value: draft.preset,
    options: { "": "What stands below", ...titles },
    commit: actions.start_from,
  });
}

/** @param {FieldOf} field */
function model(field) {
  return html`
    <fieldset>
      <legend>Network</legend>
      ${text({ ...field("model.hidden_dims", "Hidden layers", "widths, such as 32, 32; none is allowed"), live: true })}
      ${choice({ ...field("model.activation", "Activation"), options: ACTIVATIONS })}
      ${choice({ ...field("model.dtype", "Precision"), options: DTYPES })}
      ${choice({ ...field("model.initialization", "First weights"), options: FIRST_WEIGHTS })}
      ${text({ ...field("model.seed", "Seed of the weights"), live: true, numeric: true })}
    </fieldset>
  `;
}

/** @param {import("../draft.js").Draft} draft @param {FieldOf} field */
function data(draft, field) {
  return html`
    <fieldset>
      <legend>Data</legend>
      ${text({ ...field("dataset.vocabulary", "Vocabulary", "tokens with spaces between them"), live: true })}
      ${text({ ...field("dataset.sequence_length", "Sequence length", "tokens per sample"), live: true, numeric: true })}
      ${text({ ...field("dataset.num_samples", "Number of samples"), live: true, numeric: true })}
      ${choice({ ...field("dataset.task", "Task"), options: TASKS })}
      ${choice({ ...field("dataset.encoding", "Encoding"), options: ENCODINGS })}
      ${
        draft["dataset.encoding"] === "embedding"
          ? text({
              ...field("dataset.embedding_dim", "Embedding dimensions", "numbers per token"),
              live: true,
              numeric: true,
            })
          : nothing
      }
      ${text({ ...field("dataset.held_out", "Held out", "share never trained on: 0.2 is a fifth"), live: true, numeric: true })}
      ${choice({ ...field("dataset.held_out_by", "Held out by"), options: SPLITS })}
      ${text({ ...field("dataset.seed", "Seed of the data"), live: true, numeric: true })}
      ${choice({ ...field("masters", "Sequences come from"), options: WAYS })} ${masters(draft, field)}
    </fieldset>
  `;
}

/** @param {import("../draft.js").Draft} draft @param {FieldOf} field */
function masters(draft, field) {
  if (draft.masters === "random") return nothing;
  if (draft.masters === "explicit") {
    return lines({
      ...field("dataset.master_sequences", "Master sequences", "one per line: abccaabb, or a b c c"),
      rows: 4,
    });
  }
  return html`
    ${text({ ...field("dataset.num_master_sequences", "Number of masters"), live: true, numeric: true })}
    ${text({ ...field("dataset.master_sequence_length", "Length of a master", "10, or 8-12 for a range"), live: true })}
  `;
}

/** @param {FieldOf} field */
function training(field) {
  return html`
    <fieldset>
      <legend>Training</legend>
      ${text({ ...field("trainer.learning_rate", "Learning rate"), live: true, numeric: true })}
      ${text({ ...field("trainer.batch_size", "Batch size"), live: true, numeric: true })}
      ${choice({ ...field("trainer.loss_type", "Loss"), options: LOSSES })}
      ${text({ ...field("trainer.seed", "Seed of the order"), live: true, numeric: true })}
    </fieldset>
  `;
}

/** @param {FieldOf} field */
function ends(field) {
  return html`
    <fieldset>
      <legend>When to stop</legend>
      ${stoppingFields(field, true)}
    </fieldset>
  `;
}

/** @param {State} state */
function outcome({ plan, draft_refusal }) {
  if (draft_refusal)
    return draft_refusal.field
      ? "One field needs another value."
      : html`<span class="refusal">${draft_refusal.message}</span>`;
  if (!plan) return nothing;
  return `${widths(plan.shape)} · ${count(plan.parameters)} parameters · ${count(plan.steps_per_epoch)} steps per epoch`;
}
