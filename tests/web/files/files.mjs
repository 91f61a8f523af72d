/** Run files to be damaged: taken apart, and put together again with offsets and a checksum that fit. */

import { readFileSync } from "node:fs";
import { crc32 } from "../../../web/files/crc32.js";

export const RELEASED = new Uint8Array(readFileSync(new URL("../../data/run_format_1.safetensors", import.meta.url)));

/** @typedef {{metadata: Record<string, any>, arrays: {name: string, dtype: any, shape: any, data: Uint8Array}[]}} Parts */

/** @param {Uint8Array} bytes @returns {Parts} */
export function takeApart(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const { __metadata__: metadata, ...entries } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const body = bytes.subarray(8 + length);
  const arrays = Object.entries(entries).map(([name, { dtype, shape, data_offsets }]) => ({
    name,
    dtype,
    shape,
    data: body.slice(...data_offsets),
  }));
  return { metadata, arrays };
}

/** @param {Parts} parts @returns {Uint8Array} */
export function putTogether({ metadata, arrays }) {
  const body = new Uint8Array(Buffer.concat(arrays.map(({ data }) => data)));
  let begin = 0;
  const entries = arrays.map(({ name, dtype, shape, data }) => {
    const data_offsets = [begin, begin + data.length];
    begin += data.length;
    return [name, { dtype, shape, data_offsets }];
  });
  const parts = arrays.map(({ name, dtype, shape }) => `${name}\0${dtype}\0[${[shape].flat().join(", ")}]\0`);
  for (const key of Object.keys(metadata).sort()) if (key !== "crc32") parts.push(`${key}\0${metadata[key]}\0`);
  const crc = crc32(new TextEncoder().encode(parts.join("")), crc32(body));
  const crcText = crc.toString(16).padStart(8, "0");
  return raw(JSON.stringify({ __metadata__: { ...metadata, crc32: crcText }, ...Object.fromEntries(entries) }), body);
}

/** Any header. @param {string | Uint8Array} header @param {Uint8Array} [body] */
export function raw(header, body = new Uint8Array()) {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + body.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 8);
  bytes.set(body, 8 + text.length);
  return bytes;
}

/** @param {(parts: Parts) => void} change */
export function changed(change) {
  const parts = takeApart(RELEASED);
  change(parts);
  return putTogether(parts);
}

/** The same numbers in every run: mulberry32 (Ettinger 2017). @param {number} seed */
export function randomness(seed) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (/** @type {number} */ limit) => Math.floor(next() * limit);
  return { next, below, choice: (/** @type {any} */ items) => items[below(items.length)] };
}

/** Text with something in it exchanged. @param {string} text @param {ReturnType<typeof randomness>} random @param {string[]} pieces */
export function textChanged(text, random, pieces) {
  const at = random.below(text.length + 1);
  const piece = random.choice(pieces).repeat(random.choice([1, 1, 1, 50]));
  return text.slice(0, at) + piece + text.slice(at + random.choice([0, 1, 5]));
}

/** A sentence that can be shown as it is. @param {string} text */
export const isSentence = (text) =>
  text.length > 10 && text.length < 1000 && / /.test(text) && !/[\p{Cc}\p{Cf}\p{Cs}]/u.test(text);

/** Names that have broken other programs; each is text like any other. */
export const HOSTILE = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "{{constructor.constructor('alert(1)')()}}",
  "javascript:alert(1)",
  "__proto__",
  "constructor",
  "toString",
  "\u202eevil\u2066txt.exe",
  "\u200b\u00ad|",
  "𝕏".repeat(100),
  "../../etc/passwd",
  "$" + "{7*7}",
  "NaN",
  "null",
  '\\"\\u0000',
];
export const REFUSED = ["", " ", "a\0b", "a\nb", "\u2028", "x".repeat(101), "x".repeat(10_000), "\x1b[31m", "\x85"];
