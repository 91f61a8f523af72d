/** Events of a run in words: changed settings and stops. */

import { settingText } from "../config/optimizers_text.js";
import { epochs } from "../ui/format.js";
import { count } from "../ui/number.js";

/** @import { Mark, StopFlag } from "../api.d.ts" */

/** Long and short names. @type {Record<string, [string, string]>} */
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
  weights: ["weights", "weights"],
};

/** @param {Mark["from"]} value */
export const valueText = (value) => (typeof value === "string" ? value.replace("_", "-") : settingText(value));

/** @param {Mark} mark @param {0 | 1} length */
const change = ({ field, from, to }, length) =>
  `${NAMES[field]?.[length] ?? field} ${valueText(from)} → ${valueText(to)}`;

/** "lr 0.1 → 0.03" @param {Mark} mark */
export const markLabel = (mark) => change(mark, 1);

/** "learning rate 0.1 → 0.03 at step 1,200" @param {Mark} mark */
export const markWords = (mark) => `${change(mark, 0)} at step ${count(mark.step)}`;

/** @type {Record<StopFlag["reason"], string>} */
const FLAGS = { early_stopping: "stopped early", target: "target", max_epochs: "epochs done", diverged: "diverged" };

/** "⚑ stopped early" @param {StopFlag} stop */
export const stopLabel = ({ reason }) => `⚑ ${FLAGS[reason]}`;

/** "at step 1,200, epoch 150: Stopped early: …" @param {StopFlag} stop */
export const stopWords = ({ step, epoch, sentence }) => `at step ${count(step)}, epoch ${epochs(epoch)}: ${sentence}`;
