/** What happened to a run on the way, in words: settings that were changed, and stops. */

import { count } from "./draw/number.js";
import { written } from "./optimizers.js";
import { epochs } from "./words.js";

/** @typedef {import("./api.d.ts").Mark} Mark */
/** @typedef {import("./api.d.ts").StopFlag} StopFlag */

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

const FLAGS = { early_stopping: "stopped early", target: "target", max_epochs: "epochs done", diverged: "diverged" };

/** "⚑ stopped early" @param {StopFlag} stop */
export const stopLabel = ({ reason }) => `⚑ ${FLAGS[reason]}`;

/** "at step 1,200, epoch 150: Stopped early: …" @param {StopFlag} stop */
export const stopWords = ({ step, epoch, sentence }) => `at step ${count(step)}, epoch ${epochs(epoch)}: ${sentence}`;
