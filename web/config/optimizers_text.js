/** Optimizers in words: their labels, their settings, and a run's optimizer in short. */

/** @import { OptimizerName, TrainerConfig } from "../api.d.ts" */
/** @typedef {"momentum" | "beta1" | "beta2" | "epsilon" | "weight_decay" | "clip_norm"} Setting */

/** @type {Record<OptimizerName, string>} */
export const OPTIMIZERS = { sgd: "SGD (plain descent)", momentum: "SGD with momentum", adam: "Adam" };

/** Settings of each optimizer, and those of every update. @type {Record<OptimizerName, Setting[]>} */
const SETTINGS = {
  sgd: ["weight_decay", "clip_norm"],
  momentum: ["momentum", "weight_decay", "clip_norm"],
  adam: ["beta1", "beta2", "epsilon", "weight_decay", "clip_norm"],
};

/** @type {Record<Setting, string>} */
export const LABELS = {
  momentum: "Momentum",
  beta1: "Beta 1",
  beta2: "Beta 2",
  epsilon: "Epsilon",
  weight_decay: "Weight decay",
  clip_norm: "Clip gradients",
};
/** @type {Record<Setting, string>} */
export const HINTS = {
  momentum: "how much of the velocity is kept each step",
  beta1: "how much of the running mean gradient is kept each step",
  beta2: "how much of the running mean square is kept each step",
  epsilon: "keeps from dividing by 0",
  weight_decay: "0 for none",
  clip_norm: "maximum gradient norm, or “none”",
};

/** Return the settings of an optimizer. @param {string} name @returns {Setting[]} */
export const settingsOf = (name) => SETTINGS[/** @type {OptimizerName} */ (name)] ?? [];

/** Format a setting for its field; no limit is "none". @param {number | null} value */
export const settingText = (value) => (value === null ? "none" : String(value));

/** @type {Record<OptimizerName, string>} */
const SHORT = { sgd: "SGD", momentum: "Momentum", adam: "Adam" };

/** "SGD", "Momentum 0.9", "Adam 0.9, 0.999 · decay 0.01 · clip 1" @param {TrainerConfig} trainer */
export function optimizerWords({ optimizer, momentum, beta1, beta2, weight_decay, clip_norm }) {
  const own = { sgd: "", momentum: ` ${momentum}`, adam: ` ${beta1}, ${beta2}` }[optimizer];
  const decay = weight_decay ? ` · decay ${weight_decay}` : "";
  return `${SHORT[optimizer]}${own}${decay}${clip_norm === null ? "" : ` · clip ${clip_norm}`}`;
}
