/** Optimizers in words: what they are called, which settings each has, and how a run's is said in short. */

/** @typedef {import("./api.d.ts").TrainerConfig} TrainerConfig */
/** @typedef {import("./api.d.ts").OptimizerName} OptimizerName */
/** @typedef {"momentum" | "beta1" | "beta2" | "epsilon" | "weight_decay" | "clip_norm"} Setting */

/** @type {Record<OptimizerName, string>} */
export const OPTIMIZERS = { sgd: "SGD (plain descent)", momentum: "SGD with momentum", adam: "Adam" };

/** Its own settings, and those that every update has. @type {Record<OptimizerName, Setting[]>} */
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
  momentum: "share of the velocity that is kept",
  beta1: "share of the mean gradient that is kept",
  beta2: "share of the mean square that is kept",
  epsilon: "keeps from dividing by 0",
  weight_decay: "0 for none",
  clip_norm: "largest norm of them all, or none",
};

/** Which settings go with an optimizer. @param {string} name @returns {Setting[]} */
export const settingsOf = (name) => SETTINGS[/** @type {OptimizerName} */ (name)] ?? [];

/** As it stands in a field; no limit is "none". @param {number | null} value */
export const written = (value) => (value === null ? "none" : String(value));

/** "sgd", "momentum 0.9", "adam 0.9, 0.999 · decay 0.01 · clip 1" @param {TrainerConfig} trainer */
export function optimizerWords({ optimizer, momentum, beta1, beta2, weight_decay, clip_norm }) {
  const own = { sgd: "", momentum: ` ${momentum}`, adam: ` ${beta1}, ${beta2}` }[optimizer];
  const decay = weight_decay ? ` · decay ${weight_decay}` : "";
  return `${optimizer}${own}${decay}${clip_norm === null ? "" : ` · clip ${clip_norm}`}`;
}
