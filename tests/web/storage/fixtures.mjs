/**
 * A run as each released format kept it: tests/data/storage_format_N.json, bytes in base64.
 * `node tests/web/storage/fixtures.mjs` writes the one of a new format, once; none is ever written again.
 */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { COLUMNS, sealChunk } from "../../../web/storage/history_chunks.js";
import { FORMAT, seal } from "../../../web/storage/sealed.js";

const fileOf = (format) => new URL(`../../data/storage_format_${format}.json`, import.meta.url);
const bytesOf = (text) => new Uint8Array(Buffer.from(text, "base64"));

export const OLD_FORMATS = Array.from({ length: 100 }, (_, i) => i + 1).filter((format) => existsSync(fileOf(format)));

/** @param {number} format */
export function recordsOf(format) {
  const { expected, slots, chunks } = JSON.parse(readFileSync(fileOf(format), "utf8"));
  const lease = { format, epoch: 1, sequence: 5, removed: false };
  const log = Buffer.concat(chunks.map(bytesOf));
  return {
    expected,
    found: { lease, summary: undefined, slots: slots.map(bytesOf), chunks: chunks.map(bytesOf) },
    copy: { slots: slots.map(bytesOf), log: [new Uint8Array(log), new Uint8Array(0)] },
  };
}

/** What is written today. */
export function present() {
  const summary = { name: "Ein Lauf – ⚙", step: 4, config: { hidden_dims: [32, 32] }, loss: null };
  const checkpoint = Array.from({ length: 300 }, (_, i) => (7 * i) % 256);
  const rows = Array.from({ length: 4 * COLUMNS }, (_, i) => (i % COLUMNS === 0 ? i / COLUMNS + 1 : i / 9));
  const chunk = (start, values) => sealChunk("run-1", 5, { generation: 2, start, values: new Float64Array(values) });
  const slot = (sequence, body) => seal({ id: "run-1", sequence, summary }, new Uint8Array(body));
  const text = (bytes) => Buffer.from(bytes).toString("base64");
  return {
    expected: { summary, checkpoint, generation: 2, history: rows },
    slots: [slot(4, [1, 2, 3]), slot(5, checkpoint)].map(text),
    chunks: [
      chunk(0, rows.slice(0, 2 * COLUMNS)),
      chunk(2, [...rows.slice(2 * COLUMNS), 5, Number.NaN, ...Array(COLUMNS - 2).fill(0)]),
    ].map(text),
  };
}

/** @param {number} format */
export const textOf = (format) => readFileSync(fileOf(format), "utf8");

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(fileOf(FORMAT), `${JSON.stringify(present(), null, 2)}\n`, { flag: "wx" });
