/**
 * History in chunks of rows of seven numbers, the step first, written once and appended.
 *
 * Row numbers count from the beginning of a run. A chunk that starts inside the rows so far replaces them from there on;
 * one of another generation, whose rows mean something else, replaces everything.
 */

import { Damaged, seal, unseal } from "./sealed.js";

export const COLUMNS = 7;
const FORMER_COLUMNS = 6; // until 26 November 2026, without the accuracy
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

/**
 * @param {string} id
 * @param {number} sequence
 * @param {Chunk} chunk
 */
export function sealChunk(id, sequence, { generation, start, values }) {
  const body = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return seal({ id, sequence, generation, start, columns: COLUMNS }, body);
}

/**
 * @param {unknown} bytes  untrusted
 * @param {string} id      whose chunk it should be
 * @returns {Chunk & {sequence: number, length: number}}
 * @throws {Damaged}
 */
export function unsealChunk(bytes, id) {
  const { format, header, body, length } = unseal(bytes);
  const { generation, start, sequence } = header;
  const counts = [generation, start, sequence].every((it) => Number.isSafeInteger(it) && it >= 0);
  if (header.id !== id || !counts) throw new Damaged("it belongs to something else");
  if (body.length % 8) throw new Damaged("its rows are not whole numbers of 8 bytes");
  const numbers = new Float64Array(body.slice().buffer);
  const columns = format === 1 ? columnsOf(numbers) : header.columns;
  if (columns !== COLUMNS && columns !== FORMER_COLUMNS)
    throw new Damaged(`its rows have ${columns} numbers, and this page knows rows of ${COLUMNS}`);
  if (numbers.length % columns) throw new Damaged("its last row is not whole");
  return { generation, start, sequence, length, values: columns === COLUMNS ? numbers : widened(numbers) };
}

/**
 * Format 1 did not say how many numbers are in a row. The first of each is its step: a whole number that rises.
 * @param {Float64Array} numbers
 */
function columnsOf(numbers) {
  const isSteps = (/** @type {number} */ columns) => {
    let last = 0;
    for (let i = 0; i < numbers.length; i += columns) {
      if (!Number.isInteger(numbers[i]) || numbers[i] <= last) return false;
      last = numbers[i];
    }
    return numbers.length % columns === 0;
  };
  const fitting = [COLUMNS, FORMER_COLUMNS].filter((columns) => numbers.length % columns === 0);
  return fitting.find(isSteps) ?? fitting[0] ?? COLUMNS;
}

/** Rows without accuracies: they were not measured, which is NaN. @param {Float64Array} numbers */
function widened(numbers) {
  const values = new Float64Array((numbers.length / FORMER_COLUMNS) * COLUMNS).fill(Number.NaN);
  for (let row = 0; row * COLUMNS < values.length; row++)
    values.set(numbers.subarray(row * FORMER_COLUMNS, (row + 1) * FORMER_COLUMNS), row * COLUMNS);
  return values;
}
