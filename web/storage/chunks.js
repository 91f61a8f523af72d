/**
 * A loss history in chunks: rows of seven numbers (the first is the step), written once and appended.
 *
 * Row numbers count from the beginning of a run. A chunk that starts inside the rows so far replaces them from there on;
 * one of another generation, whose rows mean something else, replaces everything.
 */

import { Damaged, seal, unseal } from "./sealed.js";

export const COLUMNS = 7;
export const ROW_BYTES = 8 * COLUMNS;

// Chunks are joined up to this many rows: at one save a second a run would otherwise leave thousands of tiny records.
// 1024 rows are 56 KiB: below 64 KiB Chromium keeps a value inside its log and makes no file for it.
const JOINED_ROWS = 1024;

/**
 * @typedef {object} Chunk
 * @property {number} generation
 * @property {number} start           row number of the first row
 * @property {Float64Array} values    rows × 7
 */

/** @param {Chunk} chunk */
export const endOf = (chunk) => chunk.start + chunk.values.length / COLUMNS;

/**
 * Add a chunk to the chunks before it.
 * @param {Chunk[]} chunks  in order
 * @param {Chunk} chunk
 * @returns {Chunk[]} without what `chunk` replaces, joined where that keeps chunks small, and otherwise the same objects
 */
export function append(chunks, chunk) {
  const kept = chunks
    .filter((it) => it.generation === chunk.generation && it.start < chunk.start)
    .map((it) =>
      endOf(it) <= chunk.start ? it : { ...it, values: it.values.subarray(0, (chunk.start - it.start) * COLUMNS) },
    );
  const last = kept.at(-1);
  if (!last || endOf(last) !== chunk.start || endOf(chunk) - last.start > JOINED_ROWS) return [...kept, chunk];
  const values = new Float64Array(last.values.length + chunk.values.length);
  values.set(last.values);
  values.set(chunk.values, last.values.length);
  return [...kept.slice(0, -1), { ...last, values }];
}

/**
 * Put a history together.
 * @param {Chunk[]} chunks  in the order of writing
 * @returns {{generation: number, values: Float64Array, whole: boolean}} `whole`: no row is missing in between
 */
export function assemble(chunks) {
  let parts = /** @type {Chunk[]} */ ([]);
  for (const chunk of chunks) parts = append(parts, chunk);
  const values = new Float64Array(parts.reduce((length, part) => length + part.values.length, 0));
  let rows = 0;
  let whole = true;
  for (const part of parts) {
    whole &&= part.start === rows;
    values.set(part.values, rows * COLUMNS);
    rows += part.values.length / COLUMNS;
  }
  return { generation: parts.at(-1)?.generation ?? 0, values, whole };
}

/**
 * @param {Float64Array} values  rows by ascending step
 * @param {number} step
 * @returns {Float64Array} the rows up to `step`
 */
export function upTo(values, step) {
  let end = values.length;
  while (end > 0 && values[end - COLUMNS] > step) end -= COLUMNS;
  return values.subarray(0, end);
}

/** @param {string} id @param {number} sequence @param {Chunk} chunk */
export function sealChunk(id, sequence, { generation, start, values }) {
  const body = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return seal({ id, sequence, generation, start }, body);
}

/**
 * @param {unknown} bytes  untrusted
 * @param {string} id      whose chunk it should be
 * @returns {Chunk & {sequence: number, length: number}}
 * @throws {Damaged}
 */
export function unsealChunk(bytes, id) {
  const { header, body, length } = unseal(bytes);
  const { generation, start, sequence } = header;
  const counts = [generation, start, sequence].every((it) => Number.isSafeInteger(it) && it >= 0);
  if (header.id !== id || !counts || body.length % ROW_BYTES) throw new Damaged("it belongs to something else");
  return { generation, start, sequence, length, values: new Float64Array(body.slice().buffer) };
}
