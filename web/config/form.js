/**
 * Contents of the New run form: text, by the field names of Python's messages.
 * It is converted to a config without validation: text that is no number is kept, and Python refuses it.
 */

import { asTyped } from "../ui/typed.js";
import { settingsOf, settingText } from "./optimizers_text.js";

/** @import { PartialRunConfig, RunConfig, SequenceConfig, StoppingConfig } from "../api.d.ts" */

/** @typedef {Record<string, string>} Draft  "dataset.seed" → "0"; also "preset", "name", "masters" and "dataset.*" per way of making sequences */

/** @param {RunConfig} config @returns {Draft} */
export function draftOf({ dataset, model, trainer, stopping }) {
  const length = dataset.master_sequence_length;
  return {
    preset: "",
    name: "",
    masters: waysOf(dataset),
    "dataset.vocabulary": dataset.vocabulary.join(" "),
    "dataset.sequence_length": String(dataset.sequence_length),
    "dataset.num_samples": String(dataset.num_samples),
    "dataset.task": dataset.task,
    "dataset.encoding": dataset.encoding,
    "dataset.embedding_dim": String(dataset.embedding_dim),
    "dataset.master_sequences": (dataset.master_sequences ?? []).map((master) => master.join(" ")).join("\n"),
    "dataset.num_master_sequences": String(dataset.num_master_sequences ?? 3),
    "dataset.master_sequence_length": Array.isArray(length) ? length.join("-") : String(length),
    "dataset.seed": String(dataset.seed),
    "dataset.held_out": String(dataset.held_out),
    "dataset.held_out_by": dataset.held_out_by,
    "model.hidden_dims": model.hidden_dims.join(", "),
    "model.activation": model.activation,
    "model.dtype": model.dtype,
    "model.initialization": model.initialization,
    "model.seed": String(model.seed),
    "trainer.learning_rate": String(trainer.learning_rate),
    "trainer.batch_size": String(trainer.batch_size),
    "trainer.loss_type": trainer.loss_type,
    "trainer.seed": String(trainer.seed),
    "trainer.optimizer": trainer.optimizer,
    "trainer.momentum": String(trainer.momentum),
    "trainer.beta1": String(trainer.beta1),
    "trainer.beta2": String(trainer.beta2),
    "trainer.epsilon": String(trainer.epsilon),
    "trainer.weight_decay": String(trainer.weight_decay),
    "trainer.clip_norm": settingText(trainer.clip_norm),
    ...stoppingDraft(stopping),
  };
}

/** @param {StoppingConfig} stopping @returns {Draft} */
export function stoppingDraft(stopping) {
  return {
    "stopping.early_stopping": stopping.early_stopping ? "yes" : "no",
    "stopping.monitor": stopping.monitor === "held_out_loss" ? "auto-monitor" : stopping.monitor,
    "stopping.mode": stopping.mode,
    "stopping.min_delta": String(stopping.min_delta),
    "stopping.patience": String(stopping.patience),
    "stopping.restore_best_weights": stopping.restore_best_weights ? "yes" : "no",
    "stopping.start_from_epoch": String(stopping.start_from_epoch),
    "stopping.target": stopping.target === null ? "" : String(stopping.target),
    "stopping.max_epochs": stopping.max_epochs === null ? "" : String(stopping.max_epochs),
  };
}

/** @param {SequenceConfig} dataset */
function waysOf(dataset) {
  if (dataset.master_sequences) return "explicit";
  return dataset.num_master_sequences === null ? "random" : "generated";
}

/**
 * @param {Draft} draft
 * @returns {PartialRunConfig} the config to validate; may hold text in place of a number
 */
export function configOf(draft) {
  const number = (/** @type {string} */ field) => /** @type {number} */ (asTyped(draft[field], field));
  const text = (/** @type {string} */ field) => /** @type {any} */ (draft[field]);
  return {
    dataset: {
      vocabulary: tokens(draft["dataset.vocabulary"]),
      sequence_length: number("dataset.sequence_length"),
      num_samples: number("dataset.num_samples"),
      task: text("dataset.task"),
      encoding: text("dataset.encoding"),
      seed: number("dataset.seed"),
      held_out: number("dataset.held_out"),
      held_out_by: text("dataset.held_out_by"),
      ...(draft["dataset.encoding"] === "embedding" ? { embedding_dim: number("dataset.embedding_dim") } : {}),
      ...masters(draft),
    },
    model: {
      hidden_dims: /** @type {number[]} */ (widths(draft["model.hidden_dims"])),
      activation: text("model.activation"),
      dtype: text("model.dtype"),
      initialization: text("model.initialization"),
      seed: number("model.seed"),
    },
    trainer: {
      learning_rate: number("trainer.learning_rate"),
      batch_size: number("trainer.batch_size"),
      loss_type: text("trainer.loss_type"),
      seed: number("trainer.seed"),
      optimizer: text("trainer.optimizer"),
      ...settings(draft),
    },
    stopping: stoppingOf(draft),
  };
}

/** Only the settings of the chosen optimizer. @param {Draft} draft */
function settings(draft) {
  const names = settingsOf(draft["trainer.optimizer"]);
  return Object.fromEntries(names.map((name) => [name, settingTyped(name, draft[`trainer.${name}`])]));
}

/** Parse the stopping fields; the default metric, which depends on held-out samples, is left to Python. @param {Draft} draft */
function stoppingOf(draft) {
  const typed = Object.entries(draft).flatMap(([field, text]) => {
    const [section, name] = field.split(".");
    return section !== "stopping" || text === "auto-monitor" ? [] : [[name, stoppingValue(name, text)]];
  });
  return Object.fromEntries(typed);
}

/** Parse a stopping field; empty means none. @param {string} name @param {string} text */
export function stoppingValue(name, text) {
  if (name === "early_stopping" || name === "restore_best_weights") return text === "yes";
  if (text.trim() === "" && (name === "target" || name === "max_epochs")) return null;
  return asTyped(text, name);
}

/**
 * Send only the fields of the chosen source of sequences, so that hidden fields cannot be refused.
 * @param {Draft} draft @returns {Partial<SequenceConfig>}
 */
function masters(draft) {
  if (draft.masters === "random") return { master_sequences: null, num_master_sequences: null };
  if (draft.masters === "explicit") {
    const lines = draft["dataset.master_sequences"].split("\n").filter((line) => line.trim() !== "");
    return { master_sequences: lines.map(line), num_master_sequences: null };
  }
  return {
    master_sequences: null,
    num_master_sequences: /** @type {number} */ (
      asTyped(draft["dataset.num_master_sequences"], "num_master_sequences")
    ),
    master_sequence_length: /** @type {number | [number, number]} */ (range(draft["dataset.master_sequence_length"])),
  };
}

/** Parse a setting of the trainer; "none" is no limit. @param {string} name @param {string} typed */
export const settingTyped = (name, typed) =>
  name === "clip_norm" && ["", "none"].includes(typed.trim().toLowerCase()) ? null : asTyped(typed, name);

/** "a b c" or "a, b, c" @param {string} text @returns {string[]} */
const tokens = (text) => text.split(/[\s,]+/).filter((token) => token !== "");

/** A master: tokens with spaces between them, or one character each. @param {string} text */
const line = (text) => (/[\s,]/.test(text.trim()) ? tokens(text) : [...text.trim()]);

/** "32, 16"; nothing or "none" is a model without hidden layers. @param {string} text */
const widths = (text) => (text.trim() === "none" ? [] : tokens(text).map((width) => asTyped(width, "hidden_dims")));

/** "10", or "8-12" from the shortest to the longest. @param {string} text */
function range(text) {
  const ends = /^\s*(\S+?)\s*(?:-|–|to)\s*(\S+)\s*$/.exec(text);
  const length = (/** @type {string} */ typed) => asTyped(typed, "master_sequence_length");
  return ends ? [length(ends[1]), length(ends[2])] : length(text);
}
