/**
 * Strict profile of the safetensors format: named arrays in one file, only checked here.
 *
 * py/backprop/files/safetensors.py describes it and reads the numbers.
 */

import { crc32, crc32InParts } from "./crc32.js";
import { parse, quote, Refused } from "./strict_json.js";

export const MAX_BYTES = 336 * 2 ** 20;
const MAX_HEADER = 4 * 2 ** 20;
const MAX_ARRAYS = 640;
const MAX_DIMENSIONS = 2;
const MAX_KEYS = 64; // of the metadata
const ITEM_BYTES = new Map([
  ["F64", 8],
  ["F32", 4],
  ["I32", 4],
]);

/** Other kinds of files: first bytes, a later mark, description. */
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
 * @param {boolean} [sealed]  skip the checksum: the bytes were verified before
 * @returns {{metadata: Map<string, string>, arrays: ArrayEntry[]}}
 * @throws {Refused}
 */
export function unpack(bytes, sealed = false) {
  const file = unpackHeader(bytes, bytes.length);
  if (!sealed) checkSum(crc32(bytes.subarray(endOfHeader(bytes, bytes.length))), file.metadata, file.arrays);
  return file;
}

/**
 * Read the header of a file; checks everything but the checksum.
 * @param {Uint8Array} bytes  untrusted: the file up to the end of its header, or more
 * @param {number} size  of the whole file
 * @returns {{metadata: Map<string, string>, arrays: ArrayEntry[]}}
 * @throws {Refused}
 */
export function unpackHeader(bytes, size) {
  const end = endOfHeader(bytes, size);
  const { __metadata__, ...header } = asObject("The file's header", parse("The file's header", textOf(bytes, end), 3));
  return { metadata: checkMetadata(__metadata__), arrays: checkArrays(Object.entries(header), size - end) };
}

/**
 * Like `unpack`, in parts, so that the page stays responsive.
 * @param {Uint8Array} bytes  untrusted
 * @throws {Refused}
 */
export async function unpackInParts(bytes) {
  const { metadata, arrays } = unpack(bytes, true);
  checkSum(await crc32InParts(bytes.subarray(endOfHeader(bytes, bytes.length))), metadata, arrays);
  return { metadata, arrays };
}

/** Number of first bytes that identify a file. */
export const BEGINNING = 300;

/**
 * @param {Uint8Array} bytes  untrusted: the whole file, or its beginning
 * @param {number} size  of the whole file
 * @returns {number} where its header ends
 * @throws {Refused} if the file is of another kind
 */
export function endOfHeader(bytes, size) {
  if (size > MAX_BYTES)
    throw new Refused(
      `This file is too large for a run: ${inDigits(size)} bytes, and ${inDigits(MAX_BYTES)} are the most`,
    );
  const length = size < 8 ? 0 : Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length < 2 || length > Math.min(MAX_HEADER, size - 8) || bytes[8] !== 0x7b)
    throw new Refused(`This is ${whatIs(bytes)} (.safetensors)`);
  return 8 + length;
}

/** @param {Uint8Array} bytes @param {number} end  of the header */
function textOf(bytes, end) {
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return decoder.decode(bytes.subarray(8, end));
  } catch (cause) {
    throw new Refused("The file's header must be text in UTF-8", { cause });
  }
}

/** @param {Uint8Array} bytes */
function whatIs(bytes) {
  if (bytes.length === 0) return "an empty file, not a run file";
  const beginning = String.fromCharCode(...bytes.subarray(0, BEGINNING));
  const other = OTHERS.find(([start, part]) => beginning.startsWith(start) && beginning.includes(part));
  return other ? `${other[2]}, not a run file` : "not a complete run file";
}

/** @param {unknown} value @returns {Map<string, string>} */
function checkMetadata(value) {
  if (value === undefined) throw new Refused("The file has no __metadata__: it holds arrays, but no run");
  const entries = Object.entries(asObject("The file's __metadata__", value));
  if (entries.length > MAX_KEYS)
    throw new Refused(`The file's __metadata__ must have at most ${MAX_KEYS} keys, got ${entries.length}`);
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
  if (entries.length > MAX_ARRAYS)
    throw new Refused(`The file must hold at most ${MAX_ARRAYS} arrays, got ${entries.length}`);
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

/**
 * @param {string} name
 * @param {unknown} entry
 * @param {number} begin
 * @returns {ArrayEntry & {end: number}}
 */
function checkArray(name, entry, begin) {
  if (!/^[a-z][a-z0-9_/]{0,79}$/.test(name))
    throw new Refused(`The file's arrays must have plain names, got ${quote(name)}`);
  const { dtype, shape, data_offsets, ...others } = asObject(`The file's entry ${name}`, entry);
  const itemBytes = ITEM_BYTES.get(dtype);
  if (Object.keys(others).length) throw new Refused(`The file's entry ${name} must have dtype, shape and data_offsets`);
  if (!itemBytes) throw new Refused(`The file's array ${name} must be one of ${[...ITEM_BYTES.keys()].join(", ")}`);
  if (!isCounts(shape) || shape.length > MAX_DIMENSIONS)
    throw new Refused(`The file's array ${name} must have a shape of at most ${MAX_DIMENSIONS} whole numbers`);
  const size = shape.reduce((product, width) => product * width, 1);
  const end = begin + size * itemBytes;
  if (!isCounts(data_offsets) || data_offsets.length !== 2 || data_offsets[0] !== begin || data_offsets[1] !== end)
    throw new Refused(`The file's array ${name} must lie at bytes ${inDigits(begin)} to ${inDigits(end)}`);
  return { name, dtype, shape, size, end };
}

/** @param {unknown} value @returns {value is number[]} */
const isCounts = (value) => Array.isArray(value) && value.every((it) => isCount(it, MAX_BYTES));

/** @param {unknown} value @param {number} most */
const isCount = (value, most) => Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= most;

/**
 * CRC-32 of the arrays; then of what each is; then of the metadata.
 * @param {number} sum  of the arrays
 * @param {Map<string, string>} metadata
 * @param {ArrayEntry[]} arrays
 */
function checkSum(sum, metadata, arrays) {
  const entries = arrays.map(({ name, dtype, shape }) => `${name}\0${dtype}\0[${shape.join(", ")}]\0`);
  const texts = [...metadata].sort().flatMap(([key, text]) => (key === "crc32" ? [] : [`${key}\0${text}\0`]));
  const crcOf = (/** @type {string[]} */ parts) =>
    crc32(new TextEncoder().encode(parts.join("")), sum)
      .toString(16)
      .padStart(8, "0");
  // Until 23 November 2026 the checksum left out what each array is.
  if (![[...entries, ...texts], texts].map(crcOf).includes(metadata.get("crc32") ?? ""))
    throw new Refused("This file is damaged: its checksum differs");
}

/** @param {string} name @param {unknown} value @returns {any} */
export function asObject(name, value) {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new Refused(`${name} must be an object`);
}

/** @param {number} number */
export const inDigits = (number) => number.toLocaleString("en");
