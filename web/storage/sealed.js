/**
 * Sealed bytes: the format of everything that is stored, with checksums.
 *
 * A flipped byte, a torn write or a cut end shows when they are opened.
 *
 *   bytes 0–3    "BPRS"
 *   bytes 4–7    format number             (all numbers: unsigned, 32 bits, little-endian)
 *   bytes 8–11   length of the header
 *   bytes 12–15  length of the body
 *   bytes 16–19  CRC-32 of the body
 *   bytes 20–23  CRC-32 of these 20 bytes and the header
 *   then         the header (JSON in UTF-8), the body (any bytes)
 *
 * The format number counts the fields of a header as well as this layout. A reader for every layout ever released stays.
 * Format 1 had two: this one; and until 25 November 2026 one without bytes 20–23, whose bytes 16–19 were the CRC-32 of all
 * other bytes.
 */

import { crc32, crc32InParts } from "../files/crc32.js";
import { asObject, parse, Refused } from "../files/strict_json.js";

export const FORMAT = 2;

const MAGIC = 0x53525042; // "BPRS", read as a little-endian number
const FRONT = 24;
const FIRST_FRONT = 20; // of the first layout of format 1
const MAX_HEADER = 4 * 2 ** 20; // bytes
const HEADER_DEPTH = 8; // a run's summary lies in it, with its config

/**
 * @typedef {object} Opened
 * @property {number} format
 * @property {any} header
 * @property {Uint8Array} body
 * @property {number} length  of the sealed bytes altogether
 * @property {number} seed    CRC-32 of the bytes that are summed before the body, or 0
 * @property {number} crc     expected CRC-32 of these and the body
 */

/** Damage of stored bytes, as a phrase that follows "it": "it was cut short". */
export class Damaged extends Error {
  /** @override */
  name = "Damaged";
}

/** @type {Record<number, (bytes: Uint8Array) => Opened>} */
const READERS = { 1: readFormat1, 2: (bytes) => readHeaded(bytes, 2) };

/**
 * @param {object} header  anything that JSON can hold
 * @param {Uint8Array} body
 * @param {number} [crc]   CRC-32 of the body, where it is known already: to compute it takes longer than all the rest
 * @returns {Uint8Array<ArrayBuffer>} new bytes; `body` is copied
 */
export function seal(header, body, crc = crc32(body)) {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(FRONT + text.length + body.length);
  const view = new DataView(bytes.buffer);
  [MAGIC, FORMAT, text.length, body.length, crc].forEach((value, i) => {
    view.setUint32(4 * i, value, true);
  });
  bytes.set(text, FRONT);
  bytes.set(body, FRONT + text.length);
  view.setUint32(20, crcBefore(bytes, FRONT + text.length), true);
  return bytes;
}

/**
 * Open what lies at the beginning of `bytes`; more may follow.
 * @param {unknown} bytes  untrusted
 * @returns {Opened} `header` is an object, and `body` is a view
 * @throws {Damaged}
 */
export function unseal(bytes) {
  const opened = unsealHeader(bytes);
  if (crc32(opened.body, opened.seed) !== opened.crc) throw changed();
  return opened;
}

/**
 * Like `unseal`, without checking the body; see `checkBody`.
 * @param {unknown} bytes  untrusted
 * @returns {Opened}
 * @throws {Damaged}
 */
export function unsealHeader(bytes) {
  if (!(bytes instanceof Uint8Array)) throw new Damaged("it is not there");
  if (bytes.length < FIRST_FRONT) throw new Damaged("it was cut short");
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (view.getUint32(0, true) !== MAGIC) throw new Damaged("its beginning was overwritten");
  const format = view.getUint32(4, true);
  const read = READERS[format];
  if (!read) throw new Damaged(`it was written by a newer version of this page (format ${format})`);
  return read(bytes);
}

/** Checked in parts, so that the page stays responsive. @param {Opened} opened @throws {Damaged} */
export async function checkBody({ body, seed, crc }) {
  if ((await crc32InParts(body, seed)) !== crc) throw changed();
}

const changed = () => new Damaged("some of its bytes have changed (its checksum differs)");

/**
 * The CRC of the header, which the first layout lacks, identifies the layout.
 * @param {Uint8Array} bytes @returns {Opened}
 */
function readFormat1(bytes) {
  try {
    return readHeaded(bytes, 1);
  } catch (error) {
    return readFirstLayout(bytes) ?? raise(error);
  }
}

/** @param {Uint8Array} bytes @param {number} format @returns {Opened} */
function readHeaded(bytes, format) {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const start = FRONT + view.getUint32(8, true);
  const length = start + view.getUint32(12, true);
  if (start > bytes.length) throw new Damaged("it was cut short, or its lengths have changed");
  if (start > FRONT + MAX_HEADER) throw new Damaged("its description is too long");
  if (crcBefore(bytes, start) !== view.getUint32(20, true)) throw changed();
  if (length > bytes.length) throw new Damaged("it was cut short");
  const header = parseHeader(bytes.subarray(FRONT, start));
  return { format, header, body: bytes.subarray(start, length), length, seed: 0, crc: view.getUint32(16, true) };
}

/** @param {Uint8Array} bytes @returns {Opened | null} null if it has another layout, or its header is damaged */
function readFirstLayout(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const start = FIRST_FRONT + view.getUint32(8, true);
  const length = start + view.getUint32(12, true);
  if (start > Math.min(bytes.length, FIRST_FRONT + MAX_HEADER)) return null;
  const header = headerIn(bytes.subarray(FIRST_FRONT, start));
  if (header === null) return null;
  if (length > bytes.length) throw new Damaged("it was cut short");
  const seed = crc32(bytes.subarray(FIRST_FRONT, start), crc32(bytes.subarray(0, 16)));
  return { format: 1, header, body: bytes.subarray(start, length), length, seed, crc: view.getUint32(16, true) };
}

/** @param {Uint8Array} bytes @returns {any} null if it is no header */
function headerIn(bytes) {
  try {
    return parseHeader(bytes);
  } catch {
    return null;
  }
}

/** @param {unknown} error @returns {never} */
function raise(error) {
  throw error;
}

/** The header: an object of plain keys and limited depth, or damage. @param {Uint8Array} bytes */
function parseHeader(bytes) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return asObject("it", parse("it", text, HEADER_DEPTH));
  } catch (cause) {
    if (cause instanceof Refused) throw new Damaged(`its description is refused: ${cause.message}`, { cause });
    throw new Damaged("its description cannot be read", { cause });
  }
}

/** CRC-32 of everything before the body except this CRC itself. @param {Uint8Array} bytes @param {number} start  of the body */
const crcBefore = (bytes, start) => crc32(bytes.subarray(FRONT, start), crc32(bytes.subarray(0, 20)));
