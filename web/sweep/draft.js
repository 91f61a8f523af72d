/** The form of a sweep as typed: its values, or the first reason why it cannot be planned. */

import { asTyped } from "../ui/typed.js";
import { settingAt } from "./settings.js";
import { tooMany } from "./text.js";
import { MAX_RUNS, typedValues } from "./values.js";

/** @import { Params } from "../api.d.ts" */
/** @import { Row, SweepDraft } from "./state.js" */
/** `field`: a setting, "epochs", or "" if it is about all. @typedef {{field: string, message: string}} DraftRefusal */

/**
 * Read a draft without checking values, which Python does.
 * @param {SweepDraft} draft
 * @returns {{values: Params<"plan_sweep">["values"], epochs: number} | {refusal: DraftRefusal}}
 */
export function readDraft({ rows, epochs }) {
  /** @type {Record<string, any[]>} */
  const values = {};
  for (const { field, typed } of rows) {
    const setting = settingAt(field);
    const read = setting ? typedValues(setting, typed) : { refusal: "Choose a setting." };
    if ("refusal" in read) return { refusal: { field, message: read.refusal } };
    values[field] = read.values;
  }
  const runs = Object.values(values).reduce((product, { length }) => product * length, 1);
  const about = (/** @type {string} */ message) => ({ refusal: { field: "", message } });
  if (rows.length === 0) return about("Add a setting with at least one value.");
  if (runs > MAX_RUNS) return about(tooMany(runs, MAX_RUNS));
  return { values, epochs: /** @type {number} */ (asTyped(epochs, "max_epochs")) };
}

/** The field that Python's refusal is about: it begins with its name. @param {string} message @param {Row[]} rows @returns {DraftRefusal} */
export function refusalOf(message, rows) {
  const [name] = message.split(/[\s:[]/, 1);
  const isKnown = name === "epochs" || rows.some(({ field }) => field === name);
  return { field: isKnown ? name : "", message };
}
