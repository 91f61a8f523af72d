/**
 * A first look at run files: size, first bytes, and the kind, id and name that they state.
 *
 * Python alone decides whether a file is valid (docs/run-file-format.md describes the format). The page looks only at
 * what saves it from reading a large file of another kind, and at what it needs to know of a run before Python has read it.
 */

export const KIND = "backprop-run";
export const MAX_BYTES = 336 * 2 ** 20;
const MAX_HEADER = 4 * 2 ** 20;
/** Number of first bytes from which Python can tell what kind of file it is. */
export const BEGINNING = 300;

/** Text that a file states; untrusted, "" where there is none. @typedef {{kind: string, id: string, name: string}} Label */

/**
 * @param {Uint8Array} bytes  untrusted: the whole file, or its beginning
 * @param {number} size       of the whole file
 * @returns {number} end of its header; 0 for a file of another kind, or one without its end
 */
export function endOfHeader(bytes, size) {
  if (bytes.length < 9 || bytes[8] !== "{".charCodeAt(0)) return 0;
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  return length >= 2 && length <= Math.min(MAX_HEADER, size - 8) ? 8 + length : 0;
}

/**
 * @param {Uint8Array} bytes  untrusted: the file up to the end of its header, or more
 * @param {number} [size]     of the whole file
 * @returns {Label | null} null if the header cannot be read: Python says why
 */
export function readLabel(bytes, size = bytes.length) {
  const end = endOfHeader(bytes, size);
  if (!end) return null;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(8, end));
    const { kind, id, name } = JSON.parse(text).__metadata__ ?? {};
    return { kind: textOf(kind), id: textOf(id), name: textOf(name) };
  } catch {
    return null; // not UTF-8, not JSON, or nested too deeply for this browser
  }
}

/** @param {unknown} value */
const textOf = (value) => (typeof value === "string" ? value : "");
