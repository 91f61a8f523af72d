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

import { asObject } from "../safetensors.js";
import { parse, Refused } from "../strict_json.js";
import { crc32, crc32InParts } from "./crc.js";

export const FORMAT = 1;

const MAGIC = 0x53525042; // "BPRS", read as a little-endian number
const FRONT = 24;
const MOST_HEADER = 4 * 2 ** 20; // bytes
const HEADER_DEPTH = 8; // a run's summary lies in it, with its config

/** @typedef {{header: any, body: Uint8Array, length: number, crc: number}} Opened  `length`: of the sealed bytes altogether; `crc`: what that of the body should be */

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
 * @returns {Opened} `header` is an object, and `body` is a view
 * @throws {Damaged}
 */
export function unseal(bytes) {
  const opened = unsealHeader(bytes);
  if (crc32(opened.body) !== opened.crc) throw changed();
  return opened;
}

/**
 * The same, but the body is still to be checked: by `checkBody`.
 * @param {unknown} bytes  untrusted
 * @returns {Opened}
 * @throws {Damaged}
 */
export function unsealHeader(bytes) {
  if (!(bytes instanceof Uint8Array)) throw new Damaged("it is not there");
  if (bytes.length < FRONT) throw new Damaged("it was cut short");
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (view.getUint32(0, true) !== MAGIC) throw new Damaged("its beginning was overwritten");
  const format = view.getUint32(4, true);
  const read = READERS[format];
  if (!read) throw new Damaged(`it was written by a newer version of this page (format ${format})`);
  return read(bytes);
}

/** Without holding up the page, however long it is. @param {Opened} opened @throws {Damaged} */
export async function checkBody({ body, crc }) {
  if ((await crc32InParts(body)) !== crc) throw changed();
}

const changed = () => new Damaged("some of its bytes have changed (its checksum differs)");

/** @param {Uint8Array} bytes @returns {Opened} */
function readFormat1(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const start = FRONT + view.getUint32(8, true);
  const length = start + view.getUint32(12, true);
  if (length > bytes.length) throw new Damaged("it was cut short");
  if (start > FRONT + MOST_HEADER) throw new Damaged("its description is too long");
  if (crcBefore(bytes, start) !== view.getUint32(20, true)) throw changed();
  const header = parseHeader(bytes.subarray(FRONT, start));
  return { header, body: bytes.subarray(start, length), length, crc: view.getUint32(16, true) };
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

/** Of what comes before the body, but this CRC itself. @param {Uint8Array} bytes @param {number} start  of the body */
const crcBefore = (bytes, start) => crc32(bytes.subarray(FRONT, start), crc32(bytes.subarray(0, 20)));
