/** Values of a closed section of the New run form, in a few words. */

import { choicesOf } from "../config/schema.js";

/** @import { Draft } from "../config/form.js" */

/** @param {Record<string, string>} words @param {string} key */
const wordOf = (words, key) => (Object.hasOwn(words, key) ? words[key] : key);

/** @param {Draft} draft */
export const networkWords = (draft) =>
  `${draft["model.hidden_dims"] || "no hidden layer"} · ${wordOf(choicesOf("model", "activation"), draft["model.activation"])} · ${draft["model.dtype"]}`;

/** @param {Draft} draft */
export const dataWords = (draft) =>
  [
    draft["dataset.task"]?.replace("_", " "),
    draft["dataset.vocabulary"],
    `length ${draft["dataset.sequence_length"]}`,
    `${draft["dataset.num_samples"]} samples`,
  ].join(" · ");

/** @param {Draft} draft */
export const trainingWords = (draft) =>
  `${wordOf(choicesOf("trainer", "optimizer"), draft["trainer.optimizer"])} · ${draft["trainer.learning_rate"]} · batch ${draft["trainer.batch_size"]}`;

/** @param {Draft} draft */
export function stoppingWords(draft) {
  const early = draft["stopping.early_stopping"] === "yes" ? `early, patience ${draft["stopping.patience"]}` : "";
  const target = draft["stopping.target"] ? "at a target" : "";
  const epochs = draft["stopping.max_epochs"] ? `after ${draft["stopping.max_epochs"]} epochs` : "";
  return [early, target, epochs].filter(Boolean).join(" · ") || "only if it diverges";
}
