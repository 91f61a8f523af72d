/** The pack: all that a start of Python needs but the interpreter, compressed (made by tools/pack.py). */

import { StartFault } from "./start_faults.js";

/** Path → contents. @typedef {Map<string, Uint8Array<ArrayBuffer>>} Files */

/** Where the standard library lies in it. */
export const STDLIB = "lib/python314.zip";

/** @param {Uint8Array<ArrayBuffer>} pack @returns {Promise<Files>} */
export async function unpacked(pack) {
  // Not of a Blob, whose bytes go through the browser's own process.
  const { body: packed } = new Response(pack);
  const stream = /** @type {ReadableStream} */ (packed).pipeThrough(new DecompressionStream("gzip"));
  const body = await new Response(stream).arrayBuffer().catch((error) => {
    throw new StartFault(`Python's files could not be unpacked (${error.message}). Press Retry.`);
  });
  const length = new DataView(body).getUint32(0, true);
  /** @type {[string, number][]} */
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(body, 4, length)));
  let offset = 4 + length;
  const files = new Map();
  for (const [path, size] of header) {
    files.set(path, new Uint8Array(body, offset, size));
    offset += size;
  }
  return files;
}
