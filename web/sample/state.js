/** State of the sample in the corner and of the tab Sample, and which sample is shown. */

import { parts } from "../tensors/names.js";
import { softmax } from "./bars.js";
import { spelled } from "./tokens.js";

/** @import { Generation, Numbers, Prediction, Sample } from "../api.d.ts" */
/** @import { Net } from "../network/state.js" */
/** @import { State } from "../page/store.js" */
/** @typedef {"start" | "tokens" | "length" | "temperature" | "seed"} FieldName */
/** @typedef {{typed: string, message: string}} Refused */
/**
 * @typedef {object} SampleState
 * @property {number | null} row  the chosen row of the batch; null: the one pointed at, or the first
 * @property {{net: Net, samples: Sample[]} | null} seen  the pass that the corner shows; during Play ten times a second
 * @property {string | null} typing  text of the corner's field, while it is open
 * @property {Prediction | null} own  the answer for the visitor's tokens, which the corner shows instead of the batch
 * @property {string | null} refusal  of the corner's field
 * @property {Partial<Record<FieldName, string>>} fields  of the tab, as typed
 * @property {Partial<Record<FieldName, Refused>>} refusals  of these
 * @property {Generation | null} made   generated tokens
 * @property {Prediction | null} asked  the predicted class, of classification
 */
/**
 * The sample that the corner shows.
 * @typedef {object} Shown
 * @property {number} row    in the batch; -1 for the visitor's tokens
 * @property {number} count  samples of the batch
 * @property {string[]} tokens   none if they are not known
 * @property {string | null} target
 * @property {Numbers} outputs
 * @property {Numbers | null} probabilities  null with MSE, or if an output is not finite
 */

/** Contents of the fields before anything is typed. */
export const DEFAULTS = { temperature: "1", seed: "0", length: "20" };

/** @returns {SampleState} */
export const initialSample = () => ({
  row: null,
  seen: null,
  typing: null,
  own: null,
  refusal: null,
  fields: {},
  refusals: {},
  made: null,
  asked: null,
});

/** Rows of the batch in the pass of the corner. @param {SampleState} sample */
function countOf({ seen }) {
  const tensors = seen?.net.forward.tensors;
  return tensors?.length ? tensors[tensors.length - 1].shape[0] : 0;
}

/** Row that the corner shows: the one pointed at, else the chosen one, else the first. @param {State} state */
export function rowOf({ network: { cell }, sample }) {
  const pointed = cell && hasSamples(cell.tensor) ? cell.row : null;
  return Math.max(0, Math.min(pointed ?? sample.row ?? 0, countOf(sample) - 1));
}

/** Row to outline through the network, if a visitor has chosen one. @param {State} state @returns {number | null} */
export function outlinedRow({ sample }) {
  return sample.row === null || sample.own ? null : Math.max(0, Math.min(sample.row, countOf(sample) - 1));
}

/** Whether each row of a tensor belongs to a sample. @param {string} name */
function hasSamples(name) {
  const { kind, vector } = parts(name);
  return vector === null && kind !== "weights" && kind !== "biases";
}

/** The sample in the corner, if a pass is known. @param {State} state @returns {Shown | null} */
export function shownSample(state) {
  const { seen, own } = state.sample;
  const isMse = state.run?.config.trainer.loss_type === "mse";
  if (own) {
    const { tokens, target, outputs, probabilities } = own;
    return { row: -1, count: 0, tokens, target, outputs, probabilities };
  }
  const count = countOf(state.sample);
  if (!seen || count === 0 || seen.net.run_id !== state.run?.id) return null;
  const row = rowOf(state);
  const { data, shape } = seen.net.forward.tensors[seen.net.forward.tensors.length - 1];
  const outputs = data.subarray(row * shape[1], (row + 1) * shape[1]);
  const sample = seen.samples[row];
  const probabilities = isMse ? null : softmax(outputs);
  return { row, count, tokens: sample?.input ?? [], target: sample?.target ?? null, outputs, probabilities };
}

/** Classes of the active run. @param {State} state */
export const classesOf = ({ dataset: { about } }) => about?.output_labels ?? [];

/** Length of an input in tokens. @param {State} state */
export function positionsOf({ dataset: { about } }) {
  if (!about) return 0;
  return about.config.sequence_length - (about.config.task === "next_token" ? 1 : 0);
}

/** Text of a field: what was typed, else the input of the first training sample, or a default. @param {State} state @param {FieldName} field */
export function fieldOf(state, field) {
  const typed = state.sample.fields[field];
  if (typed !== undefined) return typed;
  if (field !== "start" && field !== "tokens") return DEFAULTS[field];
  const first = state.dataset.page.samples.find(({ held_out }) => !held_out) ?? state.dataset.page.samples[0];
  return first ? spelled(first.input.slice(0, positionsOf(state))) : "";
}
