/**
 * A run's whole configuration as a readable URL fragment: `#hidden=32,32&lr=0.1&batch=10&…`.
 *
 * A fragment may come from anyone. What is not understood is said in words and left out, so that its default is used; whether
 * a value makes sense, Python says (plan_run), and `leaveOut` takes away what it refuses.
 */

import { quote } from "./strict_json.js";

/** @typedef {import("./api.d.ts").RunConfig} RunConfig */
/** @typedef {import("./api.d.ts").PartialRunConfig} PartialRunConfig */
/** @typedef {"dataset" | "model" | "trainer" | "stopping"} Section */

const MOST_CHARACTERS = 500_000;
const MOST_FIELDS = 200;
const MOST_NOTICES = 10;

/** What is read, or why it is not. */
class Misread extends Error {}

/** @typedef {{read: (text: string) => unknown, write: (value: any) => string}} Kind */

/** @type {Kind} */
const NUMBER = { read: readNumber, write: String };
/** @type {Kind} */
const LIMIT = {
  read: (text) => (text === "none" ? null : readNumber(text)),
  write: (limit) => String(limit ?? "none"),
};
/** @type {Kind} */
const WORD = {
  read(text) {
    if (/^[a-z][a-z0-9_]{0,39}$/.test(text)) return text;
    throw new Misread("must be one word");
  },
  write: String,
};
/** @type {Kind} */
const FLAG = {
  read(text) {
    if (text === "yes" || text === "no") return text === "yes";
    throw new Misread("must be yes or no");
  },
  write: (flag) => (flag ? "yes" : "no"),
};
/** @type {Kind} */
const OPTIONAL = {
  read: (text) => (text === "none" ? null : readNumber(text)),
  write: (number) => (number === null ? "none" : String(number)),
};
/** @type {Kind} */
const TOKENS = {
  read: (text) => text.split(",").map(readToken),
  write: (tokens) => tokens.map(encodeURIComponent).join(","),
};
/** @type {Kind} */
const WIDTHS = {
  read: (text) => (text === "none" ? [] : text.split(",").map(readNumber)),
  write: (widths) => widths.join(",") || "none",
};
/** @type {Kind} */
const LENGTHS = {
  read(text) {
    const [, shortest, longest] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text) ?? [];
    if (shortest === undefined) throw new Misread("must be one length, or the shortest and the longest");
    return longest === undefined ? Number(shortest) : [Number(shortest), Number(longest)];
  },
  write: (length) => (Array.isArray(length) ? length.join("-") : String(length)),
};

/** Key → where it belongs, and what it holds. In this order they are written. @type {[string, Section, string, Kind][]} */
const FIELDS = [
  ["hidden", "model", "hidden_dims", WIDTHS],
  ["activation", "model", "activation", WORD],
  ["dtype", "model", "dtype", WORD],
  ["init", "model", "initialization", WORD],
  ["lr", "trainer", "learning_rate", NUMBER],
  ["batch", "trainer", "batch_size", NUMBER],
  ["loss", "trainer", "loss_type", WORD],
  ["optimizer", "trainer", "optimizer", WORD],
  ["momentum", "trainer", "momentum", NUMBER],
  ["beta1", "trainer", "beta1", NUMBER],
  ["beta2", "trainer", "beta2", NUMBER],
  ["epsilon", "trainer", "epsilon", NUMBER],
  ["decay", "trainer", "weight_decay", NUMBER],
  ["clip", "trainer", "clip_norm", LIMIT],
  ["task", "dataset", "task", WORD],
  ["encoding", "dataset", "encoding", WORD],
  ["embedding", "dataset", "embedding_dim", NUMBER],
  ["vocabulary", "dataset", "vocabulary", TOKENS],
  ["length", "dataset", "sequence_length", NUMBER],
  ["samples", "dataset", "num_samples", NUMBER],
  ["master_length", "dataset", "master_sequence_length", LENGTHS],
  ["held_out", "dataset", "held_out", NUMBER],
  ["held_out_by", "dataset", "held_out_by", WORD],
  ["early_stopping", "stopping", "early_stopping", FLAG],
  ["monitor", "stopping", "monitor", WORD],
  ["mode", "stopping", "mode", WORD],
  ["min_delta", "stopping", "min_delta", NUMBER],
  ["patience", "stopping", "patience", NUMBER],
  ["restore_best", "stopping", "restore_best_weights", FLAG],
  ["start_from", "stopping", "start_from_epoch", NUMBER],
  ["target", "stopping", "target", OPTIONAL],
  ["max_epochs", "stopping", "max_epochs", OPTIONAL],
];
/** What else may stand there, and is no part of a configuration: the cell that is explained (why_link.js), the run's name (config_link.js). */
const OTHERS = new Set(["why", "name"]);
/** `seed=0` is all three of them. @type {[string, Section][]} */
const SEEDS = [
  ["data_seed", "dataset"],
  ["model_seed", "model"],
  ["order_seed", "trainer"],
];

/** What stands in a fragment, part by part. @param {string} fragment  with or without the "#" */
export const fieldsOf = (fragment) =>
  fragment
    .replace(/^#/, "")
    .split("&")
    .filter((field) => field !== "");

/** @param {RunConfig} config @returns {string} without the "#" */
export function formatFragment(config) {
  const sections = /** @type {Record<Section, Record<string, any>>} */ (/** @type {unknown} */ (config));
  const fields = FIELDS.map(([key, section, field, { write }]) => [key, write(sections[section][field])]);
  const seeds = SEEDS.map(([key, section]) => [key, String(sections[section].seed)]);
  const same = seeds.every(([, seed]) => seed === seeds[0][1]);
  const { master_sequences: explicit, num_master_sequences: count } = config.dataset;
  const masters = explicit
    ? explicit.map((master) => ["master", TOKENS.write(master)])
    : [["masters", String(count ?? "none")]];
  const all = [...fields, ...masters, ...(same ? [["seed", seeds[0][1]]] : seeds)];
  return all.map(([key, value]) => `${key}=${value}`).join("&");
}

/**
 * @param {string} fragment  untrusted, with or without the "#"
 * @returns {{config: PartialRunConfig, notices: string[]}} what was understood, and sentences about what was not
 */
export function parseFragment(fragment) {
  /** @type {Record<Section, Record<string, unknown>>} */
  const config = { dataset: {}, model: {}, trainer: {}, stopping: {} };
  /** @type {string[]} */
  const notices = [];
  const parts = fragment
    .replace(/^#/, "")
    .split("&", MOST_FIELDS + 1)
    .filter((part) => part !== "");
  if (fragment.length > MOST_CHARACTERS || parts.length > MOST_FIELDS)
    return { config: {}, notices: ["The link is too long to be a configuration: the defaults are used."] };
  const seen = new Set();
  for (const part of parts) {
    const [, key, text] = /** @type {RegExpExecArray} */ (/^([^=]*)=?(.*)$/s.exec(part));
    if (OTHERS.has(key)) continue;
    try {
      if (seen.has(key) && key !== "master") throw new Misread("was given before");
      seen.add(key);
      put(config, key, text);
    } catch (error) {
      if (!(error instanceof Misread)) throw error;
      notices.push(`In the link, ${quote(key)} ${error.message}, got ${quote(text)}: it is left out.`);
    }
  }
  const given = Object.entries(config).filter(([, options]) => Object.keys(options).length);
  return { config: Object.fromEntries(given), notices: shortened(notices) };
}

/**
 * Without the field that Python refuses; without all, if the link does not hold that field (its default and the link do not agree).
 * @param {PartialRunConfig} config
 * @param {string} message  a sentence that begins with section and field: "model.hidden_dims must be …"
 * @returns {{config: PartialRunConfig, notice: string}}
 */
export function leaveOut(config, message) {
  const [section, field] = message.split(/[^\w.]/, 1)[0].split(".");
  const sections = new Map(Object.entries(config).map(([name, options]) => [name, new Map(Object.entries(options))]));
  if (!sections.get(section)?.delete(field))
    return { config: {}, notice: `The link's configuration cannot be used: ${message}. The defaults are used.` };
  const left = [...sections].map(([name, options]) => [name, Object.fromEntries(options)]);
  return { config: Object.fromEntries(left), notice: `In the link, ${message}: it is left out.` };
}

/** @param {Record<Section, Record<string, unknown>>} config @param {string} key @param {string} text */
function put(config, key, text) {
  const known = FIELDS.find(([name]) => name === key);
  if (known) config[known[1]][known[2]] = known[3].read(text);
  else if (key === "master" || key === "masters") putMasters(config.dataset, key, text);
  else putSeed(config, key, text);
}

/** @param {Record<string, unknown>} dataset @param {"master" | "masters"} key @param {string} text */
function putMasters(dataset, key, text) {
  const explicit = /** @type {string[][]} */ (dataset.master_sequences ?? []);
  if (key === "master")
    Object.assign(dataset, { master_sequences: [...explicit, TOKENS.read(text)], num_master_sequences: null });
  else if (explicit.length) throw new Misread("does not go with explicit masters");
  else
    Object.assign(dataset, { master_sequences: null, num_master_sequences: text === "none" ? null : readNumber(text) });
}

/** @param {Record<Section, Record<string, unknown>>} config @param {string} key @param {string} text */
function putSeed(config, key, text) {
  const meant = SEEDS.filter(([name]) => key === name || (key === "seed" && !("seed" in config[sectionOf(name)])));
  if (meant.length === 0 && key !== "seed") throw new Misread("is not known");
  const seed = readNumber(text);
  for (const [, section] of meant) config[section].seed = seed;
}

/** @param {string} seed */
const sectionOf = (seed) => /** @type {[string, Section]} */ (SEEDS.find(([name]) => name === seed))[1];

/** @param {string} text */
function readNumber(text) {
  const number = /^-?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})(e[+-]?\d{1,4})?$/i.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(number)) return number;
  throw new Misread("must be a number");
}

/** @param {string} text */
function readToken(text) {
  try {
    const token = decodeURIComponent(text);
    if (token !== "" && !/\p{Surrogate}/u.test(token)) return token;
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
  }
  throw new Misread("must be tokens with commas between them");
}

/** @param {string[]} notices */
function shortened(notices) {
  const more = notices.length - MOST_NOTICES;
  return more > 0 ? [...notices.slice(0, MOST_NOTICES), `In the link, ${more} more fields are left out.`] : notices;
}
