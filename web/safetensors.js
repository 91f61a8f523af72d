/**
 * Named arrays in one piece of bytes: a strict profile of the safetensors format, as py/backprop/safetensors.py describes it.
 * Read here to be checked only; the numbers themselves are Python's.
 */

import { crc32, crc32InParts } from "./storage/crc.js";
import { parse, quote, Refused } from "./strict_json.js";

export const MOST_BYTES = 336 * 2 ** 20;
const MOST_HEADER = 4 * 2 ** 20;
const MOST_ARRAYS = 640;
const MOST_DIMENSIONS = 2;
const MOST_KEYS = 64; // of the metadata
const ITEM_BYTES = new Map([
  ["F64", 8],
  ["F32", 4],
  ["I32", 4],
]);

/** What people may take for a run file: how it begins (a character for each byte), what comes soon after, what it is. */
const OTHERS = [
  ["PK\x03\x04", ".npy", "a NumPy .npz archive"],
  ["PK\x03\x04", "data.pkl", "a PyTorch .pt file, which holds a pickle"],
  ["PK\x03\x04", "", "a zip archive"],
  ["\x80\x02", "", "a Python pickle, and pickles can run code"],
  ["\x80\x03", "", "a Python pickle, and pickles can run code"],
  ["\x80\x04", "", "a Python pickle, and pickles can run code"],
  ["\x80\x05", "", "a Python pickle, and pickles can run code"],
  ["\x93NUMPY", "", "a NumPy .npy file"],
  ["\x1f\x8b", "", "a gzip archive"],
  ["\x89HDF", "", "an HDF5 file"],
  ["{", "", "a text in JSON"],
  ["[", "", "a text in JSON"],
];

/** @typedef {{name: string, dtype: string, shape: number[], size: number}} ArrayEntry  `size`: how many numbers */

/**
 * @param {Uint8Array} bytes  untrusted
 * @param {boolean} [sealed]  its bytes have been checked against a checksum already: to do it again takes longer than all the rest
 * @returns {{metadata: Map<string, string>, arrays: ArrayEntry[]}}
 * @throws {Refused}
 */
export function unpack(bytes, sealed = false) {
  const { text, body } = cut(bytes);
  const { __metadata__, ...header } = asObject("The file's header", parse("The file's header", text, 3));
  const metadata = checkMetadata(__metadata__);
  const arrays = checkArrays(Object.entries(header), body.length);
  if (!sealed) checkSum(crc32(body), metadata, arrays);
  return { metadata, arrays };
}

/**
 * The same of a file that may be long: it is summed up a part at a time, and the page stays alive meanwhile.
 * @param {Uint8Array} bytes  untrusted
 * @throws {Refused}
 */
export async function unpackInParts(bytes) {
  const { metadata, arrays } = unpack(bytes, true);
  checkSum(await crc32InParts(cut(bytes).body), metadata, arrays);
  return { metadata, arrays };
}

/** Header and arrays. @param {Uint8Array} bytes */
function cut(bytes) {
  if (bytes.length > MOST_BYTES)
    throw new Refused(
      `This file is too large for a run: ${inDigits(bytes.length)} bytes, and ${inDigits(MOST_BYTES)} are the most`,
    );
  const length = bytes.length < 8 ? 0 : Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length < 2 || length > Math.min(MOST_HEADER, bytes.length - 8) || bytes[8] !== 0x7b)
    throw new Refused(`This is ${whatIs(bytes)}, not a run file (.safetensors)`);
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return { text: decoder.decode(bytes.subarray(8, 8 + length)), body: bytes.subarray(8 + length) };
  } catch (cause) {
    throw new Refused("The file's header must be text in UTF-8", { cause });
  }
}

/** @param {Uint8Array} bytes */
function whatIs(bytes) {
  if (bytes.length === 0) return "an empty file";
  const beginning = String.fromCharCode(...bytes.subarray(0, 300));
  const other = OTHERS.find(([start, part]) => beginning.startsWith(start) && beginning.includes(part));
  return other?.[2] ?? "something else, or only a part of a file";
}

/** @param {unknown} value @returns {Map<string, string>} */
function checkMetadata(value) {
  if (value === undefined) throw new Refused("The file has no __metadata__: it holds arrays, but no run");
  const entries = Object.entries(asObject("The file's __metadata__", value));
  if (entries.length > MOST_KEYS)
    throw new Refused(`The file's __metadata__ must have at most ${MOST_KEYS} keys, got ${entries.length}`);
  for (const [key, text] of entries) {
    if (!/^[a-z][a-z0-9_]{0,39}$/.test(key) || typeof text !== "string")
      throw new Refused(`The file's __metadata__ must be text under plain names, got ${quote(key)}`);
  }
  return new Map(entries);
}

/**
 * Each array begins where the one before it ends, and the last ends with the file.
 * @param {[string, unknown][]} entries @param {number} length  of all arrays together
 */
function checkArrays(entries, length) {
  if (entries.length > MOST_ARRAYS)
    throw new Refused(`The file must hold at most ${MOST_ARRAYS} arrays, got ${entries.length}`);
  let begin = 0;
  const arrays = entries.map(([name, entry]) => {
    const array = checkArray(name, entry, begin);
    begin = array.end;
    if (begin > length)
      throw new Refused(`The file is cut short: ${name} ends at byte ${inDigits(begin)} of ${inDigits(length)}`);
    return array;
  });
  if (begin !== length)
    throw new Refused(`The file must end with its last array, got ${inDigits(length - begin)} bytes more`);
  return arrays;
}

/** @param {string} name @param {unknown} entry @param {number} begin @returns {ArrayEntry & {end: number}} */
function checkArray(name, entry, begin) {
  if (!/^[a-z][a-z0-9_/]{0,79}$/.test(name))
    throw new Refused(`The file's arrays must have plain names, got ${quote(name)}`);
  const { dtype, shape, data_offsets, ...others } = asObject(`The file's entry ${name}`, entry);
  const itemBytes = ITEM_BYTES.get(dtype);
  if (Object.keys(others).length) throw new Refused(`The file's entry ${name} must have dtype, shape and data_offsets`);
  if (!itemBytes) throw new Refused(`The file's array ${name} must be one of ${[...ITEM_BYTES.keys()].join(", ")}`);
  if (!isCounts(shape) || shape.length > MOST_DIMENSIONS)
    throw new Refused(`The file's array ${name} must have a shape of at most ${MOST_DIMENSIONS} whole numbers`);
  const size = shape.reduce((product, width) => product * width, 1);
  const end = begin + size * itemBytes;
  if (!isCounts(data_offsets) || data_offsets.length !== 2 || data_offsets[0] !== begin || data_offsets[1] !== end)
    throw new Refused(`The file's array ${name} must lie at bytes ${inDigits(begin)} to ${inDigits(end)}`);
  return { name, dtype, shape, size, end };
}

/** @param {unknown} value @returns {value is number[]} */
const isCounts = (value) => Array.isArray(value) && value.every((it) => isCount(it, MOST_BYTES));

/** @param {unknown} value @param {number} most */
const isCount = (value, most) => Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= most;

/**
 * CRC-32 of the arrays; then of what each is; then of the metadata.
 * @param {number} sum  of the arrays @param {Map<string, string>} metadata @param {ArrayEntry[]} arrays
 */
function checkSum(sum, metadata, arrays) {
  const parts = arrays.map(({ name, dtype, shape }) => `${name}\0${dtype}\0[${shape.join(", ")}]\0`);
  for (const [key, text] of [...metadata].sort()) {
    if (key !== "crc32") parts.push(`${key}\0${text}\0`);
  }
  const crc = crc32(new TextEncoder().encode(parts.join("")), sum);
  if (metadata.get("crc32") !== crc.toString(16).padStart(8, "0"))
    throw new Refused("This file is damaged: its checksum differs");
}

/** @param {string} name @param {unknown} value @returns {any} */
export function asObject(name, value) {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new Refused(`${name} must be an object`);
}

/** @param {number} number */
export const inDigits = (number) => number.toLocaleString("en");
