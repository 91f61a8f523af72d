/** Settings that were changed on the way, in words. */

import { count } from "./draw/number.js";
import { written } from "./optimizers.js";

/** @typedef {import("./api.d.ts").Mark} Mark */

/** In a sentence, and where there is little room. @type {Record<string, [string, string]>} */
const NAMES = {
  learning_rate: ["learning rate", "lr"],
  batch_size: ["batch size", "batch"],
  loss_type: ["loss", "loss"],
  optimizer: ["optimizer", "optimizer"],
  momentum: ["momentum", "momentum"],
  beta1: ["beta 1", "β₁"],
  beta2: ["beta 2", "β₂"],
  epsilon: ["epsilon", "ε"],
  weight_decay: ["weight decay", "decay"],
  clip_norm: ["clip", "clip"],
};

/** @param {Mark["from"]} value */
const shown = (value) => (typeof value === "string" ? value.replace("_", "-") : written(value));

/** @param {Mark} mark @param {0 | 1} length */
const change = ({ field, from, to }, length) => `${NAMES[field]?.[length] ?? field} ${shown(from)} → ${shown(to)}`;

/** "lr 0.1 → 0.03" @param {Mark} mark */
export const markLabel = (mark) => change(mark, 1);

/** "learning rate 0.1 → 0.03 at step 1,200" @param {Mark} mark */
export const markWords = (mark) => `${change(mark, 0)} at step ${count(mark.step)}`;
