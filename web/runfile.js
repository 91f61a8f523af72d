/**
 * Run files as they come from strangers: everything that can be checked is checked here, before Python sees a byte.
 *
 * The format is a strict profile of safetensors; py/backprop/runfile.py and py/backprop/safetensors.py describe it. What the
 * numbers mean, Python checks (py/backprop/record.py).
 */

import { asObject, inDigits, unpack, unpackInParts } from "./safetensors.js";
import { parse, quote, Refused } from "./strict_json.js";

const MOST_CHARACTERS = 100; // of a run's name
const KIND = "backprop-run";
const FORMAT = "1";
const PARAMETERS = /^(layers\/\d{1,2}\/(weights|biases)|embedding\/weights)$/;
const ARRAY =
  /^((initial\/|best\/|stopper\/|(last_pass\/)?(optimizer\/(velocity|first_moment|second_moment)\/)?)(layers\/\d{1,2}\/(weights|biases)|embedding\/weights)|trainer\/order|last_pass\/batch|flow\/(values|previous)|epochs\/(epoch|step|seconds|(train|held_out)_(loss|accuracy))|history\/(min|mean|max|recent_loss|(recent_)?(epoch|seconds|accuracy)))$/;
const TEXTS = ["kind", "format", "id", "name", "created", "crc32"];
const JSONS = [
  "archived",
  "twin_group",
  "config",
  "comparable_from",
  "stopper",
  "stopped",
  "stops",
  "marks",
  "trainer",
  "last_pass",
  "dataset",
  "metrics",
  "best",
  "history",
  "flow",
  "epochs",
];
const JSON_DEPTH = 4;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)$/;

/**
 * @typedef {object} RunFileSummary
 * @property {string} id
 * @property {string} name        untrusted text
 * @property {string} created
 * @property {import("./api.d.ts").RunConfig} config  an object; its fields are not checked
 * @property {number} step
 * @property {number} parameters  how many numbers the model learns
 * @property {number} bytes       size of the file
 * @property {boolean} checkpoint whether the long part of the history is not in the file
 */

/** A run file in short, or one sentence that says why it is none. @typedef {{ok: true, summary: RunFileSummary} | {ok: false, message: string}} Header */

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
 * The same of a file that may be long; the page stays alive meanwhile.
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
  if (metadata.get("format") !== FORMAT)
    throw new Refused(
      `This file was written by a newer version: format ${quote(metadata.get("format") ?? "")}, and ${FORMAT} is the newest known`,
    );
  const missing = [...TEXTS, ...JSONS].find((key) => !metadata.has(key));
  if (missing) throw new Refused(`The file's ${missing} is missing`);
  const surplus = [...metadata.keys()].find((key) => !TEXTS.includes(key) && !JSONS.includes(key));
  if (surplus) throw new Refused(`The file's ${surplus} is unknown`);
  const values = new Map(
    JSONS.map((key) => [key, parse(`The file's ${key}`, /** @type {string} */ (metadata.get(key)), JSON_DEPTH)]),
  );
  return { ...checkNames(metadata), ...checkValues(values) };
}

/** @param {Map<string, string>} metadata */
function checkNames(metadata) {
  const [id = "", name = "", created = ""] = ["id", "name", "created"].map((key) => metadata.get(key));
  if (!/^[0-9A-Za-z_-]{1,64}$/.test(id))
    throw new Refused("The file's id must be 1 to 64 letters, digits, hyphens or underscores");
  const characters = [...name.trim()].length;
  if (characters < 1 || characters > MOST_CHARACTERS)
    throw new Refused(
      `The file's name must be text of 1 to ${MOST_CHARACTERS} characters, got ${inDigits(characters)}`,
    );
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(name))
    throw new Refused("The file's name must not hold control characters or line breaks");
  if (!MOMENT.test(created) || Number.isNaN(Date.parse(created)))
    throw new Refused("The file's created must be a date and time in ISO 8601 with its offset from UTC");
  return { id, name, created };
}

/** @param {Map<string, any>} values */
function checkValues(values) {
  const [config, trainer] = ["config", "trainer"].map((key) => asObject(`The file's ${key}`, values.get(key)));
  for (const section of ["dataset", "model", "trainer", "stopping"])
    asObject(`The file's config.${section}`, config[section]);
  for (const key of ["last_pass", "dataset", "history", "flow", "epochs", "stopper"])
    asObject(`The file's ${key}`, values.get(key));
  for (const key of ["stops", "marks"])
    if (!Array.isArray(values.get(key))) throw new Refused(`The file's ${key} must be a list`);
  for (const key of ["metrics", "best", "stopped"]) {
    if (values.get(key) !== null) asObject(`The file's ${key}`, values.get(key));
  }
  const { step } = trainer;
  if (!Number.isSafeInteger(step) || step < 0) throw new Refused("The file's trainer.step must be a whole number");
  return { config, step };
}
