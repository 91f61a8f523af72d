/** The settings that a sweep can vary, and their values in a run. */

import { isUsedBy, settings } from "../config/schema.js";

/** @import { RunConfig, SettingWords } from "../api.d.ts" */

/** Left out: the sweep's own number of epochs, and sequences, which have several lines. */
const isVaried = (/** @type {SettingWords} */ { name, kind }) => name !== "max_epochs" && kind !== "sequences";

/** "trainer.learning_rate" @param {SettingWords} setting */
export const fieldOf = ({ section, name }) => `${section}.${name}`;

/** @param {string} field @returns {SettingWords | undefined} */
export const settingAt = (field) => settings().find((setting) => fieldOf(setting) === field);

/**
 * Settings in the order of forms, without those that no optimizer of the sweep uses.
 * @param {string[]} optimizers
 */
export const variedSettings = (optimizers) =>
  settings().filter((setting) => isVaried(setting) && optimizers.some((optimizer) => isUsedBy(setting, optimizer)));

/** @param {RunConfig} config @param {string} field @returns {any} */
export function valueAt(config, field) {
  const [section, name] = field.split(".");
  return /** @type {Record<string, Record<string, unknown>>} */ (/** @type {unknown} */ (config))[section]?.[name];
}

/** Names of sections in the list of settings. @type {Record<string, string>} */
export const SECTIONS = { model: "Network", dataset: "Data", trainer: "Training", stopping: "Stopping" };
