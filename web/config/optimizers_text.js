/** A run's optimizer in short. */

import { settingText } from "./kinds.js";
import { isUsedBy, settingsIn, shortOptimizer } from "./schema.js";

/** @import { TrainerConfig } from "../api.d.ts" */

/** "SGD", "Momentum 0.9", "Adam 0.9, 0.999 · decay 0.01 · clip 1" @param {TrainerConfig} trainer */
export function optimizerWords(trainer) {
  const used = optimizerSettings(trainer.optimizer);
  const own = used.filter(({ of, brief }) => of !== null && brief).map(({ name }) => trainer[name]);
  const others = used.filter((setting) => setting.of === null && trainer[setting.name] !== setting.default);
  return [
    own.length > 0 ? `${shortOptimizer(trainer.optimizer)} ${own.join(", ")}` : shortOptimizer(trainer.optimizer),
    ...others.map((setting) => `${setting.short} ${settingText(setting, trainer[setting.name])}`),
  ].join(" · ");
}

/** Settings of the trainer with fields of their own, beside those of the optimizer. */
const OTHERS = new Set(["learning_rate", "batch_size", "loss_type", "seed", "optimizer"]);

/** Settings of an optimizer, and those of every update. @param {string} optimizer */
export const optimizerSettings = (optimizer) =>
  settingsIn("trainer").filter((setting) => !OTHERS.has(setting.name) && isUsedBy(setting, optimizer));
