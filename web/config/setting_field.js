/** The field of a setting in a form, as its kind asks for it. */

import { choice, lines, text } from "../ui/fields.js";

/** @import { SettingWords } from "../api.d.ts" */
/** @import { Field } from "../ui/fields.js" */

const YES = { no: "No", yes: "Yes" };
/** Kinds that are no numbers, and are not normalized when their field is left. */
const WORDS = new Set(["tokens", "widths", "length"]);

/**
 * @param {SettingWords} setting
 * @param {Field & {excluded?: Record<string, string>}} field
 * @param {{live?: boolean, choices?: Record<string, string> | null}} [options]
 *   live: whether each keystroke is committed; choices: others than those of the setting
 */
export function settingField({ kind, name, choices: declared }, field, { live = false, choices = declared } = {}) {
  if (kind === "flag") return choice({ ...field, options: YES });
  if (kind === "sequences") return lines({ ...field, rows: 4 });
  if (choices) return choice({ ...field, options: choices });
  return text({ ...field, live, ...(WORDS.has(kind) ? {} : { setting: name }) });
}
