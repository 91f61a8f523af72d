/**
 * Contents of the New run form: text, by the field names of Python's messages.
 * It is converted to a config without validation: text that is no number is kept, and Python refuses it.
 */

import { settingText, settingTyped } from "./kinds.js";
import { isUsedBy, settings, settingsIn } from "./schema.js";

/** @import { SequenceConfig, PartialRunConfig, RunConfig, SettingWords, StoppingConfig } from "../api.d.ts" */
/** @import { Section } from "./schema.js" */

/** @typedef {Record<string, string>} Draft  "dataset.seed" → "0"; also "preset", "name", "masters" and "dataset.*" per way of making sequences */

/** Settings that depend on where the sequences come from. */
const MASTERS = new Set(["master_sequences", "num_master_sequences", "master_sequence_length"]);

/** @param {RunConfig} config @returns {Draft} */
export function draftOf(config) {
  const sections = /** @type {Record<Section, Record<string, any>>} */ (/** @type {unknown} */ (config));
  const { master_sequences, num_master_sequences } = config.dataset;
  return {
    preset: "",
    name: "",
    masters: waysOf(config.dataset),
    ...Object.fromEntries(
      settings().map((setting) => [nameOf(setting), settingText(setting, sections[setting.section][setting.name])]),
    ),
    // Where the sequences come from otherwise, suggestions:
    "dataset.num_master_sequences": String(num_master_sequences ?? 3),
    ...(master_sequences ? {} : { "dataset.master_sequences": "" }),
    ...stoppingDraft(config.stopping),
  };
}

/** @param {SettingWords} setting */
const nameOf = ({ section, name }) => `${section}.${name}`;

/** @param {StoppingConfig} stopping @returns {Draft} */
export function stoppingDraft(stopping) {
  /** @type {Record<string, any>} */
  const values = { ...stopping };
  const draft = Object.fromEntries(
    settingsIn("stopping").map((setting) => [nameOf(setting), settingText(setting, values[setting.name])]),
  );
  return { ...draft, ...(stopping.monitor === "held_out_loss" ? { "stopping.monitor": "auto-monitor" } : {}) };
}

/** @param {SequenceConfig} dataset */
function waysOf(dataset) {
  if (dataset.master_sequences) return "explicit";
  return dataset.num_master_sequences === null ? "random" : "generated";
}

/**
 * @param {Draft} draft
 * @returns {PartialRunConfig} the config to validate; may hold text in place of a number
 */
export function configOf(draft) {
  return {
    dataset: { ...typed(draft, "dataset"), ...masters(draft) },
    model: typed(draft, "model"),
    trainer: typed(draft, "trainer"),
    stopping: typed(draft, "stopping"),
  };
}

/**
 * Parse the fields that are shown, so that hidden ones cannot be refused.
 * The default metric, which depends on held-out samples, is left to Python.
 * @param {Draft} draft @param {Section} section @returns {Record<string, any>}
 */
function typed(draft, section) {
  const sent = shownSettings(section, draft).filter((setting) => draft[nameOf(setting)] !== "auto-monitor");
  return Object.fromEntries(sent.map((setting) => [setting.name, settingTyped(setting, draft[nameOf(setting)])]));
}

/** Whether a setting says where the sequences come from. @param {SettingWords} setting */
export const isOfMasters = ({ section, name }) => section === "dataset" && MASTERS.has(name);

/** Settings whose fields are shown, by the choices in other fields. @param {Section} section @param {Draft} draft */
export const shownSettings = (section, draft) => settingsIn(section).filter((setting) => isShown(setting, draft));

/** @param {SettingWords} setting @param {Draft} draft */
function isShown(setting, draft) {
  const { name, section } = setting;
  if (section === "trainer") return isUsedBy(setting, draft["trainer.optimizer"]);
  if (name === "embedding_dim") return draft["dataset.encoding"] === "embedding";
  if (!isOfMasters(setting) || draft.masters === "random") return !isOfMasters(setting);
  return (name === "master_sequences") === (draft.masters === "explicit");
}

/** The two settings that are one choice, where they have no field. @param {Draft} draft @returns {Partial<SequenceConfig>} */
function masters(draft) {
  if (draft.masters === "random") return { master_sequences: null, num_master_sequences: null };
  return draft.masters === "explicit" ? { num_master_sequences: null } : { master_sequences: null };
}
