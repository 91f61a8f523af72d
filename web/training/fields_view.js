/** Fields of the active run: learning rate, batch size and loss, in the bar and among all settings. */

import { choicesOf } from "../config/schema.js";
import { choice, text } from "../ui/fields.js";
import { count } from "../ui/number.js";
import { asTyped } from "../ui/typed.js";
import { neighbour } from "./learning_rates.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/**
 * Options of all fields of one place: the prefix of their names, and whether they are off.
 * @typedef {{prefix: string, disabled: boolean}} Place
 */

/** @param {State} state @param {Actions} actions @param {Place} place */
export function learningRate({ run, training: { refusals, committing } }, actions, { prefix, disabled }) {
  return text({
    name: `${prefix}learning_rate`,
    label: "Learning rate",
    value: committing.learning_rate ?? (run ? String(run.config.trainer.learning_rate) : ""),
    refusal: "learning_rate" in committing ? null : refusals.learning_rate,
    hint: "arrow keys step 0.1 → 0.3 → 1",
    setting: "learning_rate",
    disabled,
    commit: actions.training.setLearningRate,
    onKey: (event) => {
      restore(event, "learning_rate", actions);
      climb(event, actions.training.setLearningRate);
    },
  });
}

/** @param {State} state @param {Actions} actions @param {Place} place */
export function batchSize({ run, training: { refusals, committing } }, actions, { prefix, disabled }) {
  return text({
    name: `${prefix}batch_size`,
    label: "Batch size",
    value: committing.batch_size ?? (run ? String(run.config.trainer.batch_size) : ""),
    refusal: "batch_size" in committing ? null : refusals.batch_size,
    hint: run ? `of ${count(run.num_train)} training samples` : "",
    setting: "batch_size",
    disabled,
    commit: actions.training.setBatchSize,
    onKey: (event) => restore(event, "batch_size", actions),
  });
}

/** @param {State} state @param {Actions} actions @param {Place} place */
export function lossType({ run, training: { refusals, committing } }, actions, { prefix, disabled }) {
  return choice({
    name: `${prefix}loss_type`,
    label: "Loss",
    value: committing.loss_type ?? run?.config.trainer.loss_type ?? "cross_entropy",
    refusal: refusals.loss_type,
    options: choicesOf("trainer", "loss_type"),
    disabled,
    commit: actions.training.setLossType,
  });
}

/** Escape brings back the value in force. @param {KeyboardEvent} event @param {string} field @param {Actions} actions */
function restore(event, field, actions) {
  if (event.key === "Escape") actions.training.forgetRefusal(field);
}

/** Arrow keys step along 1, 3, 10. @param {KeyboardEvent} event @param {(text: string) => unknown} commit */
function climb(event, commit) {
  if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
  const input = /** @type {HTMLInputElement} */ (event.target);
  const next = neighbour(Number(asTyped(input.value, "learning_rate")), event.key === "ArrowUp" ? 1 : -1);
  if (next === null) return;
  event.preventDefault();
  input.value = next;
  commit(next);
}
