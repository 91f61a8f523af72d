/**
 * Checks of untrusted run files, before Python reads them.
 *
 * The format is a strict profile of safetensors; py/backprop/files/run_file.py and py/backprop/files/safetensors.py describe it. What the
 * numbers mean, Python checks (py/backprop/runs/record.py).
 */

import { nameRefusal, UNNAMED, UNSEEN } from "./run_name.js";
import { asObject, BEGINNING, endOfHeader, unpack, unpackHeader, unpackInParts } from "./safetensors.js";
import { parse, quote, Refused } from "./strict_json.js";

/** @import { RunConfig } from "../api.d.ts" */

const KIND = "backprop-run";
const FORMAT = "2";
const PARAMETERS = /^(layers\/\d{1,2}\/(weights|biases)|embedding\/weights)$/;
const ARRAY =
  /^((initial\/|best\/|stopper\/|(last_(pass|update)\/)?(optimizer\/(velocity|first_moment|second_moment)\/)?)(layers\/\d{1,2}\/(weights|biases)|embedding\/weights)|trainer\/order|last_(pass|update)\/batch|flow\/(values|previous)|epochs\/(epoch|step|seconds|(train|held_out)_(loss|accuracy))|history\/(min|mean|max|recent_loss|(recent_)?(epoch|seconds|accuracy)))$/;
const TEXTS = ["kind", "format", "id", "name", "created", "crc32"];
const JSONS = ["config", "comparable_from", "trainer", "dataset", "metrics", "best", "history"];
/** Fields added by successive layouts of format 1; format 2 has all of them. */
const ADDED = [
  ["archived", "twin_group"],
  ["last_pass"],
  ["marks"],
  ["flow"],
  ["epochs"],
  ["stopper", "stopped"],
  ["stops"],
];
const OPTIONAL_JSONS = ["last_update"];
const JSON_DEPTH = 4;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)$/;

/**
 * @typedef {object} RunFileSummary
 * @property {string} id
 * @property {string} name        untrusted text
 * @property {string} created
 * @property {RunConfig} config  an object; its fields are not checked
 * @property {number} step
 * @property {number} parameters  number of parameters of the model
 * @property {number} bytes       size of the file
 * @property {boolean} checkpoint whether the long part of the history is not in the file
 */

/** Summary of a run file, or the reason for refusing it. @typedef {{ok: true, summary: RunFileSummary} | {ok: false, message: string}} Header */

/**
 * @param {Uint8Array} bytes  untrusted
 * @param {boolean} [sealed]  as for `unpack`
 * @returns {Header}
 */
export function readHeader(bytes, sealed = false) {
  try {
    return { ok: true, summary: summaryOf(bytes.length, unpack(bytes, sealed)) };
  } catch (error) {
    return refused(error);
  }
}

/**
 * Like `readHeader`, in parts, so that the page stays responsive.
 * @param {Uint8Array} bytes  untrusted
 * @returns {Promise<Header>}
 */
export async function readFile(bytes) {
  try {
    return { ok: true, summary: summaryOf(bytes.length, await unpackInParts(bytes)) };
  } catch (error) {
    return refused(error);
  }
}

/**
 * Like `readHeader`, reading only the header, or the first bytes of other files; checks everything but the checksum.
 * @param {Blob} file  untrusted
 * @returns {Promise<Header>}
 */
export async function readBeginning(file) {
  const upTo = async (/** @type {number} */ end) => new Uint8Array(await file.slice(0, end).arrayBuffer());
  try {
    const beginning = await upTo(endOfHeader(await upTo(BEGINNING), file.size));
    return { ok: true, summary: summaryOf(file.size, unpackHeader(beginning, file.size)) };
  } catch (error) {
    return refused(error);
  }
}

/** @param {unknown} error @returns {Header} */
function refused(error) {
  if (error instanceof Refused) return { ok: false, message: error.message };
  throw error;
}

/** @param {number} bytes @param {ReturnType<typeof unpack>} file @returns {RunFileSummary} */
function summaryOf(bytes, { metadata, arrays }) {
  const run = checkRun(metadata);
  const odd = arrays.find(({ name }) => !ARRAY.test(name));
  if (odd) throw new Refused(`The file must not hold an array ${odd.name}`);
  return {
    ...run,
    parameters: arrays.reduce((sum, { name, size }) => sum + (PARAMETERS.test(name) ? size : 0), 0),
    bytes,
    checkpoint: !arrays.some(({ name }) => name === "history/epoch"),
  };
}

/** @param {Map<string, string>} metadata */
function checkRun(metadata) {
  if (metadata.get("kind") !== KIND)
    throw new Refused(`This safetensors file holds no run: its metadata has no kind "${KIND}"`);
  const jsons = [...JSONS, ...addedFields(metadata)];
  const missing = [...TEXTS, ...jsons].find((key) => !metadata.has(key));
  if (missing) throw new Refused(`The file's ${missing} is missing`);
  const surplus = [...metadata.keys()].find((key) => !TEXTS.includes(key) && !jsons.includes(key));
  if (surplus) throw new Refused(`The file's ${surplus} is unknown`);
  const values = new Map(
    jsons.map((key) => [key, parse(`The file's ${key}`, /** @type {string} */ (metadata.get(key)), JSON_DEPTH)]),
  );
  return { ...checkNames(metadata), ...checkValues(values) };
}

/** Fields that a file of this format must have; of format 1, those of the newest layout of which it has one. @param {Map<string, string>} metadata */
function addedFields(metadata) {
  const format = metadata.get("format") ?? "";
  if (format === FORMAT) return [...ADDED.flat(), ...OPTIONAL_JSONS.filter((key) => metadata.has(key))];
  if (format === "1")
    return ADDED.slice(0, ADDED.findLastIndex((fields) => fields.some((it) => metadata.has(it))) + 1).flat();
  throw new Refused(
    `This file was written by a newer version: format ${quote(format)}, and ${FORMAT} is the newest known`,
  );
}

/** @param {Map<string, string>} metadata */
function checkNames(metadata) {
  const [id = "", name = "", created = ""] = ["id", "name", "created"].map((key) => metadata.get(key));
  if (!/^[0-9A-Za-z_-]{1,64}$/.test(id))
    throw new Refused("The file's id must be 1 to 64 letters, digits, hyphens or underscores");
  // Format 1 allowed names that cannot be seen.
  const readable = metadata.get("format") === "1" && nameRefusal(name) === UNSEEN ? UNNAMED : name;
  const refusal = nameRefusal(readable);
  if (refusal) throw new Refused(`The file's name ${refusal}`);
  if (!MOMENT.test(created) || Number.isNaN(Date.parse(created)))
    throw new Refused("The file's created must be a date and time in ISO 8601 with its offset from UTC");
  return { id, name: readable, created };
}

const OBJECTS = ["last_pass", "last_update", "dataset", "history", "flow", "epochs", "stopper"];
const LISTS = ["stops", "marks"];
const OBJECTS_OR_NULL = ["metrics", "best", "stopped"];

/** @param {Map<string, any>} values  as many as the layout has */
function checkValues(values) {
  const [config, trainer] = ["config", "trainer"].map((key) => asObject(`The file's ${key}`, values.get(key)));
  const sections = ["dataset", "model", "trainer", "stopping"];
  for (const section of values.has("stopper") ? sections : sections.slice(0, 3))
    asObject(`The file's config.${section}`, config[section]);
  for (const [key, value] of values) {
    if (OBJECTS.includes(key) || (OBJECTS_OR_NULL.includes(key) && value !== null))
      asObject(`The file's ${key}`, value);
    if (LISTS.includes(key) && !Array.isArray(value)) throw new Refused(`The file's ${key} must be a list`);
  }
  const { step } = trainer;
  if (!Number.isSafeInteger(step) || step < 0) throw new Refused("The file's trainer.step must be a whole number");
  return { config, step };
}
