/**
 * A run's whole configuration as a readable URL fragment: `#hidden=32,32&lr=0.1&batch=10&…`.
 *
 * Fragments are untrusted, and programs may have encoded them again (link_fields.js). Fields that cannot be read are ignored
 * with a notice, so that their defaults apply. Python checks the values (plan_run); `leaveOut` removes those it refuses.
 */

import { quote } from "../files/strict_json.js";
import { fieldsOf, guarded, isForeign, PLACES, partsOf } from "./link_fields.js";
import {
  decodedText,
  FLAG,
  LENGTHS,
  Misread,
  NUMBER,
  OPTIONAL,
  readNumber,
  TOKENS,
  WIDTHS,
  WORD,
} from "./link_values.js";
import { settings } from "./schema.js";

/** @import { PartialRunConfig, RunConfig, SettingWords } from "../api.d.ts" */
/** @import { Kind } from "./link_values.js" */
/** @import { Section } from "./schema.js" */

export const MAX_CHARACTERS = 500_000;
const MAX_FIELDS = 200;
const MAX_NOTICES = 10;

/** How values of a kind are read and written. @type {Record<string, Kind>} */
const KINDS = {
  number: NUMBER,
  integer: NUMBER,
  choice: WORD,
  flag: FLAG,
  tokens: TOKENS,
  widths: WIDTHS,
  length: LENGTHS,
};
/** No part of a configuration: places on the page, the run's name (link.js), the guard (link_fields.js). */
const OTHERS = new Set([...PLACES, "name", "percent"]);
/** Two fields that are one choice: where the sequences come from. */
const MASTERS = ["master_sequences", "num_master_sequences"];
/** `seed=0` is all three of them. @type {[string, Section][]} */
const SEEDS = [
  ["data_seed", "dataset"],
  ["model_seed", "model"],
  ["order_seed", "trainer"],
];

/** Settings that are fields of their own, in the order of writing: all but masters and seeds. */
const fieldSettings = () => settings().filter(({ name, kind }) => kind !== "seed" && !MASTERS.includes(name));

/** @param {SettingWords} setting @returns {Kind} */
const kindOf = ({ kind, none }) => (none === null ? KINDS[kind] : OPTIONAL);

/** @param {RunConfig} config @returns {string} without the "#" */
export function formatFragment(config) {
  const sections = /** @type {Record<Section, Record<string, any>>} */ (/** @type {unknown} */ (config));
  const fields = fieldSettings().map((setting) => [
    setting.key,
    kindOf(setting).write(sections[setting.section][setting.name]),
  ]);
  const seeds = SEEDS.map(([key, section]) => [key, String(sections[section].seed)]);
  const same = seeds.every(([, seed]) => seed === seeds[0][1]);
  const { master_sequences: explicit, num_master_sequences: count } = config.dataset;
  const masters = explicit
    ? explicit.map((master) => ["master", TOKENS.write(master)])
    : [["masters", String(count ?? "none")]];
  const all = [...fields, ...masters, ...(same ? [["seed", seeds[0][1]]] : seeds)];
  return guarded(all.map(([key, value]) => `${key}=${value}`).join("&"));
}

/**
 * @param {string} fragment  untrusted, with or without the "#"
 * @returns {{config: PartialRunConfig, notices: string[]}} the config as far as it could be read, and notices about the rest
 */
export function parseFragment(fragment) {
  /** @type {Record<Section, Record<string, unknown>>} */
  const config = { dataset: {}, model: {}, trainer: {}, stopping: {} };
  /** @type {string[]} */
  const notices = [];
  const fields = fragment.length > MAX_CHARACTERS ? [] : fieldsOf(fragment);
  if (fragment.length > MAX_CHARACTERS || fields.length > MAX_FIELDS)
    return { config: {}, notices: ["The link is too long to be a configuration: the defaults are used."] };
  const pairs = fields.map(partsOf).filter(([key]) => !OTHERS.has(key) && !isForeign(key));
  const masters = pairs.filter(([key]) => key === "master").map(([, text]) => text);
  const seen = new Set();
  for (const [key, text] of pairs) {
    if (key === "master" && seen.has(key)) continue; // all were read with the first
    try {
      if (seen.has(key)) throw new Misread("is given twice");
      seen.add(key);
      put(config, key, text, masters);
    } catch (error) {
      if (!(error instanceof Misread)) throw error;
      notices.push(`In the link, ${quote(key)} ${error.message}, got ${quote(error.got ?? text)}: ${error.left}.`);
    }
  }
  const given = Object.entries(config).filter(([, options]) => Object.keys(options).length);
  return { config: Object.fromEntries(given), notices: shortened(notices) };
}

/**
 * Return the configuration without the field that Python refuses. If the link does not hold that field, its default contradicts
 * the link, and the whole link is ignored.
 * @param {PartialRunConfig} config
 * @param {string} message  a sentence that begins with section and field: "model.hidden_dims must be …"
 * @returns {{config: PartialRunConfig, notice: string}}
 */
export function leaveOut(config, message) {
  const [section, field] = message.split(/[^\w.]/, 1)[0].split(".");
  const sections = new Map(Object.entries(config).map(([name, options]) => [name, new Map(Object.entries(options))]));
  const refused = section === "dataset" && MASTERS.includes(field) ? MASTERS : [field];
  // Without its masters alone, the rest would ask for fully random sequences.
  if (!refused.map((name) => sections.get(section)?.delete(name)).includes(true))
    return { config: {}, notice: `The link's configuration cannot be used: ${message}. The defaults are used.` };
  const left = [...sections].map(([name, options]) => [name, Object.fromEntries(options)]);
  return { config: Object.fromEntries(left), notice: `In the link, ${message}: it is ignored.` };
}

/**
 * @param {Record<Section, Record<string, unknown>>} config
 * @param {string} key
 * @param {string} text
 * @param {string[]} masters
 */
function put(config, key, text, masters) {
  const known = fieldSettings().find((setting) => setting.key === key);
  if (known) {
    const kind = kindOf(known);
    config[known.section][known.name] = kind.read(kind === TOKENS ? text : decodedText(text));
  } else if (key === "master") putMasters(config.dataset, masters.map(readMaster), null);
  else if (key !== "masters") putSeed(config, key, text);
  else if (masters.length) throw new Misread("cannot be combined with explicit masters");
  else putMasters(config.dataset, null, OPTIONAL.read(decodedText(text)));
}

/**
 * @param {Record<string, unknown>} dataset
 * @param {string[][] | null} explicit
 * @param {unknown} count
 */
const putMasters = (dataset, explicit, count) =>
  Object.assign(dataset, { master_sequences: explicit, num_master_sequences: count });

/**
 * @param {string} text
 * @param {number} _
 * @param {string[]} masters
 */
function readMaster(text, _, masters) {
  try {
    return TOKENS.read(text);
  } catch (error) {
    const left = masters.length > 1 ? "all masters are ignored" : "it is ignored";
    throw error instanceof Misread ? Object.assign(error, { got: text, left }) : error;
  }
}

/**
 * @param {Record<Section, Record<string, unknown>>} config
 * @param {string} key
 * @param {string} text
 */
function putSeed(config, key, text) {
  const meant = SEEDS.filter(([name]) => key === name || (key === "seed" && !("seed" in config[sectionOf(name)])));
  if (meant.length === 0 && key !== "seed") throw new Misread("is not known");
  const seed = readNumber(decodedText(text));
  for (const [, section] of meant) config[section].seed = seed;
}

/** @param {string} seed */
const sectionOf = (seed) => /** @type {[string, Section]} */ (SEEDS.find(([name]) => name === seed))[1];

/** @param {string[]} notices */
function shortened(notices) {
  const more = notices.length - MAX_NOTICES;
  return more > 0 ? [...notices.slice(0, MAX_NOTICES), `In the link, ${more} more fields are ignored.`] : notices;
}
