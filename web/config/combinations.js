/** Combinations of options that a form rules out, with the reasons. Python refuses the same. */

import { asTyped } from "../ui/typed.js";
import { isUsedBy, settingsIn } from "./schema.js";

/** @import { RunConfig } from "../api.d.ts" */
/** @import { Draft } from "./form.js" */
/** @typedef {Record<string, Record<string, string>>} Excluded  field → option → reason */

const NONE_HELD_OUT = "no sample is held out";

/** @param {Draft} draft @returns {Excluded} */
export function excludedBy(draft) {
  const isRandom = draft.masters === "random";
  const byPosition = draft["dataset.held_out_by"] === "position" && holdsOut(draft);
  const classifies = draft["dataset.task"] === "classification";
  return {
    "dataset.task": isRandom ? { classification: "random sequences have no source sequence" } : {},
    "dataset.held_out_by": isRandom && holdsOut(draft) ? { position: "random sequences have no source sequence" } : {},
    masters: classifies
      ? { random: "the task asks for the source sequence" }
      : byPosition
        ? { random: "equal sequences are kept together" }
        : {},
    "stopping.monitor": excludedMetrics(holdsOut(draft)),
  };
}

/** The metrics that a run cannot monitor. @param {boolean} holds  samples held out @returns {Record<string, string>} */
export const excludedMetrics = (holds) =>
  holds ? {} : { held_out_loss: NONE_HELD_OUT, held_out_accuracy: NONE_HELD_OUT };

/** Settings without an effect on training, in which a twin must not differ. @param {RunConfig} config */
export function idleSettings({ model, trainer }) {
  const idle = settingsIn("trainer").filter((setting) => !isUsedBy(setting, trainer.optimizer));
  return {
    ...Object.fromEntries(idle.map(({ name }) => [name, `${trainer.optimizer} does not use it`])),
    ...(model.hidden_dims.length === 0 ? { activation: "there is no hidden layer" } : {}),
  };
}

/** A single sample is never held out. @param {Draft} draft */
const holdsOut = (draft) =>
  asTyped(draft["dataset.held_out"], "held_out") !== 0 && asTyped(draft["dataset.num_samples"], "num_samples") !== 1;
