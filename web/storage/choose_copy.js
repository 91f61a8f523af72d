/** The choice among the copies of a run: the newest valid one. It changes nothing. */

import { assemble, COLUMNS, unsealChunk, upTo } from "./history_chunks.js";
import { checkBody, Damaged, unsealHeader } from "./sealed.js";

/** @typedef {"ok" | "previous slot" | "second copy" | "damaged" | "lost"} Status */

/**
 * @typedef {object} SavedRun
 * @property {string} id
 * @property {any} summary                       as saved; of a damaged run the readable part, or null
 * @property {Uint8Array | null} checkpoint      null where no copy is valid
 * @property {{generation: number, values: Float64Array}} history  rows × 7, up to the checkpoint's step
 * @property {Status} status
 * @property {string} why                        the reason, for the visitor; "" if intact
 * @property {{name: string, bytes: Uint8Array}[]} remains  readable parts of a damaged run, for download
 */

/** @typedef {{slots: unknown[], log: unknown[]}} Copy  of one run in the second copy, unchecked */
/** @import { Found, Known } from "./database.js" */
/** @import { Opened } from "./sealed.js" */
/** @typedef {{name: string, sequence: number} | null} Remembered  by the index */
/** @typedef {{sequence: number, from: "database" | "copy", opened: Opened}} Candidate */

const NOTHING = { generation: 0, values: new Float64Array(0), whole: true };

/**
 * @param {string} id
 * @param {object} sources
 * @param {Found | null} [sources.found]  in the database; null when it cannot be read
 * @param {Copy | null} [sources.copy]
 * @param {Remembered} [sources.remembered]
 * @param {Copy[]} [sources.unnamed]  damaged copies that may belong to this run
 * @returns {Promise<{run: SavedRun, known: Known, rewrite: boolean}>}
 *   `known` guides the next save; `rewrite`: the database has no whole history any more
 */
export async function restore(id, { found = null, copy = null, remembered = null, unnamed = [] }) {
  const problems = /** @type {string[]} */ ([]);
  const candidates = [
    ...(found?.slots ?? []).flatMap((bytes) => candidateIn(bytes, id, "database", problems)),
    ...(copy?.slots ?? []).flatMap((bytes) => candidateIn(bytes, id, "copy", [])),
  ];
  const best = await newestWhole(candidates, problems);
  const newest = Math.max(found?.lease?.sequence ?? 0, remembered?.sequence ?? 0, best?.sequence ?? 0);
  if (!best) {
    const run = nothingValid(id, { found, copies: [...(copy ? [copy] : []), ...unnamed], remembered, problems });
    return { run, known: { sequence: newest, slot: null, tail: [] }, rewrite: false };
  }
  const { history, own } = bestHistory(id, found, copy, best);
  const { status, why } = explain(best, newest, found ? problems : null, history.whole);
  const { header, body: checkpoint } = best.opened;
  const { summary } = header;
  const { generation, values } = history;
  return {
    run: { id, summary, checkpoint, history: { generation, values }, status, why, remains: [] },
    known: { sequence: newest, slot: best.from === "database" ? best.sequence % 2 : null, tail: [] },
    rewrite: !own || !history.whole,
  };
}

/**
 * @param {unknown} bytes
 * @param {string} id
 * @param {Candidate["from"]} from
 * @param {string[]} problems
 * @returns {Candidate[]} one or none
 */
function candidateIn(bytes, id, from, problems) {
  try {
    const opened = unsealHeader(bytes);
    const { sequence } = opened.header;
    if (opened.header.id !== id || !Number.isSafeInteger(sequence)) throw new Damaged("it belongs to another run");
    return [{ sequence, from, opened }];
  } catch (/** @type {any} */ error) {
    problems.push(error.message);
    return [];
  }
}

/**
 * Check the long bodies only until one is intact.
 * @param {Candidate[]} candidates @param {string[]} problems  of those in the database
 */
async function newestWhole(candidates, problems) {
  for (const candidate of candidates.sort((a, b) => b.sequence - a.sequence)) {
    try {
      await checkBody(candidate.opened);
      return candidate;
    } catch (/** @type {any} */ error) {
      if (candidate.from === "database") problems.push(error.message);
    }
  }
  return null;
}

/**
 * @param {Candidate} best
 * @param {number} newest
 * @param {string[] | null} problems  null: the database cannot be read
 * @param {boolean} whole
 */
function explain({ from, sequence }, newest, problems, whole) {
  const gap = whole ? "" : " A part of its loss history could not be read.";
  const unusable = problems?.length ? `A checkpoint in the browser's database was unusable: ${problems[0]}.` : "";
  const reason = problems ? unusable : "The browser's database cannot be read now.";
  if (from === "copy") {
    const lost = reason || "The browser's database had lost its newest state of this run.";
    return {
      status: /** @type {Status} */ ("second copy"),
      why: `${lost} It was restored from the second copy.${gap}`,
    };
  }
  if (sequence >= newest) return { status: /** @type {Status} */ ("ok"), why: gap.trim() };
  const lost = reason || "The browser has lost its newest save.";
  return { status: /** @type {Status} */ ("previous slot"), why: `${lost} The save before it was restored.${gap}` };
}

/**
 * Return the history beside the checkpoint, or the other one if that is intact and this one has a gap or ends earlier.
 * @param {string} id
 * @param {Found | null} found
 * @param {Copy | null} copy
 * @param {Candidate} best
 */
function bestHistory(id, found, copy, { from, opened, sequence }) {
  const step = opened.header.summary?.step ?? Number.POSITIVE_INFINITY;
  const own = cut(assemble(readable(found?.chunks ?? [], id)), step);
  if (from === "database" && own.whole && own.last === step) return { history: own, own: true };
  const other = cut(newestLog(copy?.log ?? [], id, sequence), step);
  const [first, second] = from === "database" ? [own, other] : [other, own];
  const history = second.whole && (second.last > first.last || (!first.whole && second.last > 0)) ? second : first;
  return { history, own: history === own };
}

/** @param {ReturnType<typeof assemble>} history @param {number} step */
function cut({ generation, values, whole }, step) {
  const rows = upTo(values, step);
  return { generation, values: rows, whole, last: rows.at(-COLUMNS) ?? 0 };
}

/** @param {unknown[]} chunks @param {string} id */
function readable(chunks, id) {
  return chunks.flatMap((bytes) => {
    try {
      return [unsealChunk(bytes, id)];
    } catch {
      return []; // assembling the history reveals the gap
    }
  });
}

/**
 * The second copy keeps the chunks of a run one after the other in a file, and begins the other of its two files when a
 * history is rewritten. The newer file counts.
 * @param {unknown[]} logs
 * @param {string} id
 * @param {number} sequence  of the checkpoint
 */
function newestLog(logs, id, sequence) {
  const all = logs.map((log) => readLog(log, id, sequence));
  const readableLogs = all.filter(({ chunks }) => chunks.length > 0);
  const isUnreadable = all.some(({ chunks, whole }) => chunks.length === 0 && !whole); // possibly the newest
  const [newest] = readableLogs.sort((a, b) => b.chunks[0].sequence - a.chunks[0].sequence);
  if (!newest) return { ...NOTHING, whole: !isUnreadable };
  const history = assemble(newest.chunks.sort((a, b) => a.sequence - b.sequence));
  return { ...history, whole: history.whole && newest.whole && !isUnreadable };
}

/**
 * All chunks of a log that can be read. Of a damaged one the header may still say where the next begins.
 * @param {unknown} log
 * @param {string} id
 * @param {number} sequence  of the checkpoint: later saves do not matter
 */
function readLog(log, id, sequence) {
  const chunks = [];
  let whole = true;
  for (let rest = log instanceof Uint8Array ? log : new Uint8Array(0); rest.length > 0; ) {
    const [chunk] = readable([rest], id);
    if (chunk) chunks.push(chunk);
    const header = chunk ? null : headerOf(rest);
    if (!chunk && !(header && header.sequence > sequence)) whole = false;
    rest = rest.subarray(chunk?.length ?? header?.length ?? rest.length);
  }
  return { chunks, whole };
}

/** @param {Uint8Array} bytes @returns {{sequence: number, length: number} | null} null if it cannot be read */
function headerOf(bytes) {
  try {
    const { header, length } = unsealHeader(bytes);
    return { sequence: Number(header.sequence), length };
  } catch {
    return null;
  }
}

/**
 * The chunks of a log, up to its end or to the first that is damaged.
 * @param {unknown} log @param {string} id
 */
export function chunksIn(log, id) {
  const chunks = [];
  let rest = log instanceof Uint8Array ? log : new Uint8Array(0);
  while (rest.length > 0) {
    const [chunk] = readable([rest], id);
    if (!chunk) break;
    chunks.push(chunk);
    rest = rest.subarray(chunk.length);
  }
  return chunks;
}

/**
 * @param {string} id
 * @param {{found: Found | null, copies: Copy[], remembered: Remembered, problems: string[]}} traces
 * @returns {SavedRun}
 */
function nothingValid(id, { found, copies, remembered, problems }) {
  const [copy, log] = [copies.flatMap(({ slots }) => slots), copies.flatMap(({ log }) => log)];
  const pieces = { checkpoint: found?.slots, history: found?.chunks, copy, "copy-history": log };
  const remains = Object.entries(pieces).flatMap(([name, values]) =>
    (values ?? []).flatMap((bytes, i) =>
      bytes instanceof Uint8Array && bytes.length ? [{ name: `${name}-${i}`, bytes }] : [],
    ),
  );
  const summary = found?.summary?.summary ?? (remembered ? { name: remembered.name } : null);
  const lost = found !== null && remains.length === 0 && !found.summary;
  const why = lost
    ? "This run was saved here, but the browser has lost it."
    : found === null
      ? `This run was saved here, but the browser's database cannot be read now${remains.length ? ", and its second copy is damaged. What is left of it can be downloaded" : ""}.`
      : `No checkpoint of this run is usable: ${problems[0] ?? "none is left"}. What is left of it can be downloaded.`;
  const history = { generation: 0, values: new Float64Array(0) };
  return { id, summary, checkpoint: null, history, status: lost ? "lost" : "damaged", why, remains };
}
