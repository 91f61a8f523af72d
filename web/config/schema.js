/** The schema of settings: what Python declares of each, learned once when it has started. */

import { learnVectors } from "../tensors/names.js";
import { learnWhole } from "../ui/typed.js";

/** @import { Schema, SettingWords } from "../api.d.ts" */
/** @typedef {SettingWords["section"]} Section */

/** Kinds of settings that are whole numbers, or lists of them. */
const WHOLE = new Set(["integer", "seed", "widths", "length"]);

/** @type {Schema} */
let schema = { settings: [], optimizers: {}, vectors: {} };

/** @param {Schema} answer */
export function learnSchema(answer) {
  schema = answer;
  learnVectors(answer.vectors);
  learnWhole(answer.settings.filter(({ kind }) => WHOLE.has(kind)).map(({ name }) => name));
}

/** All settings, in the order of forms and links. */
export const settings = () => schema.settings;

/** The settings of a section, in their order. @param {Section} section */
export const settingsIn = (section) => schema.settings.filter((setting) => setting.section === section);

/** @param {Section} section @param {string} name @returns {SettingWords | undefined} */
export const settingOf = (section, name) =>
  schema.settings.find((setting) => setting.section === section && setting.name === name);

/** Labels of the choices of a setting; none before Python has started. @param {Section} section @param {string} name */
export const choicesOf = (section, name) => settingOf(section, name)?.choices ?? {};

/** Settings in which twins may differ: the trainer's first. */
export const twinSettings = () => [...settingsIn("trainer"), ...settingsIn("model")].filter(({ twin }) => twin);

/** Whether a setting has an effect with an optimizer. @param {SettingWords} setting @param {string} optimizer */
export const isUsedBy = ({ of }, optimizer) => of === null || of.includes(optimizer);

/** A few letters for an optimizer. @param {string} name */
export const shortOptimizer = (name) => schema.optimizers[name] ?? name;
