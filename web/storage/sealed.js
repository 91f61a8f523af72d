/**
 * Sealed bytes: the one form in which anything is kept, in the database as in files. A flipped byte, a torn write or a
 * cut end shows when they are opened.
 *
 *   bytes 0–3    "BPRS"
 *   bytes 4–7    format number             (all numbers: unsigned, 32 bits, little-endian)
 *   bytes 8–11   length of the header
 *   bytes 12–15  length of the body
 *   bytes 16–19  CRC-32 of the body
 *   bytes 20–23  CRC-32 of these 20 bytes and the header
 *   then         the header (JSON in UTF-8), the body (any bytes)
 *
 * The format number counts what a header means as well as this layout. A reader for every number ever released stays.
 */

import { crc32 } from "./crc.js";

export const FORMAT = 1;

const MAGIC = 0x53525042; // "BPRS", read as a little-endian number
const FRONT = 24;

/** @typedef {{header: any, body: Uint8Array, length: number}} Opened  `length`: of the sealed bytes altogether */

/** What is wrong with stored bytes, in a phrase that follows "it": "it was cut short". */
export class Damaged extends Error {
  /** @override */
  name = "Damaged";
}

/** @type {Record<number, (bytes: Uint8Array) => Opened>} */
const READERS = { 1: readFormat1 };

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
 * @returns {Opened} `body` is a view
 * @throws {Damaged}
 */
export function unseal(bytes) {
  if (!(bytes instanceof Uint8Array)) throw new Damaged("it is not there");
  if (bytes.length < FRONT) throw new Damaged("it was cut short");
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (view.getUint32(0, true) !== MAGIC) throw new Damaged("its beginning was overwritten");
  const format = view.getUint32(4, true);
  const read = READERS[format];
  if (!read) throw new Damaged(`it was written by a newer version of this page (format ${format})`);
  return read(bytes);
}

/** @param {Uint8Array} bytes @returns {Opened} */
function readFormat1(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const start = FRONT + view.getUint32(8, true);
  const length = start + view.getUint32(12, true);
  if (length > bytes.length) throw new Damaged("it was cut short");
  const body = bytes.subarray(start, length);
  if (crcBefore(bytes, start) !== view.getUint32(20, true) || crc32(body) !== view.getUint32(16, true))
    throw new Damaged("some of its bytes have changed (its checksum differs)");
  return { header: parse(bytes.subarray(FRONT, start)), body, length };
}

/** @param {Uint8Array} text */
function parse(text) {
  try {
    return JSON.parse(new TextDecoder().decode(text));
  } catch (error) {
    throw new Damaged("its description cannot be read", { cause: error });
  }
}

/** Of what comes before the body, but this CRC itself. @param {Uint8Array} bytes @param {number} start  of the body */
const crcBefore = (bytes, start) => crc32(bytes.subarray(FRONT, start), crc32(bytes.subarray(0, 20)));
