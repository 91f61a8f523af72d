/** Blocks of the network: inputs, embedding and layers, the pitch of each axis, and rows of blocks. */

/**
 * A network as far as its picture depends on it.
 * @typedef {object} NetShape
 * @property {number[]} widths inputs of the first layer, then the units of each layer
 * @property {number} batch set batch size, not the number of rows on screen
 * @property {{tokens: number, size: number, positions: number} | null} embedding
 * @property {number} [letters] in the longest label of a sample, such as "adda→c"
 */
/** An axis as drawn: `shown` of its units, `pitch` pixels each. Fewer than all are a window. @typedef {{units: number, pitch: number, shown: number}} Span */
/** @typedef {{kind: "inputs" | "embedding" | "hidden" | "output", place: string, units: number, fanIn: number}} Plain a block without sizes */
/**
 * Inputs, the embedding or a layer.
 * @typedef {object} Block
 * @property {Plain["kind"]} kind
 * @property {string} place
 * @property {Span} columns
 * @property {Span} rows of its weights
 * @property {number} slot width in its row of blocks
 */
/** @typedef {{across: number, down: number, cap: number}} Limits pixels that a long axis may take as columns and as rows; its maximum pitch as columns */

/** Space between weights and biases, between blocks, and between rows of blocks. */
export const UNDER = 2;
export const GAP = 12;
export const ROW_GAP = 14;
/** Room of sample labels at the left of the inputs, and of the thumb of a window of samples. */
export const GUTTER = 38;
export const THUMB = 14;
/** Units up to which an axis has the pitch of a cell. */
export const LONG = 96;
export const MIN_SLOT = 24;

/** Heights of the captions above weights, and above bands of samples. @param {boolean} low */
const captions = (low) => ({ cap: low ? 16 : 17, band: low ? 17 : 19 });

/** @param {NetShape} net @returns {Plain[]} in order */
export function blocksOf({ widths, embedding }) {
  const [inputs, ...layers] = widths;
  const tokens = embedding && embedding.positions * Math.min(embedding.tokens, 8);
  /** @type {Plain[]} */
  const blocks = [{ kind: "inputs", place: "", units: tokens ?? inputs, fanIn: 0 }];
  if (embedding) blocks.push({ kind: "embedding", place: "embedding", units: inputs, fanIn: embedding.tokens });
  layers.forEach((units, i) => {
    const kind = i === layers.length - 1 ? "output" : "hidden";
    blocks.push({ kind, place: `layers/${i}`, units, fanIn: widths[i] });
  });
  return blocks;
}

/** @param {Plain} block @param {number} cell @param {Limits} limits @returns {Block} */
export function sized({ kind, place, units, fanIn }, cell, { across, down, cap }) {
  const columns = span(units, cell, across, cap);
  const rows = span(fanIn, cell, down, LONG);
  // A window has no more rows than the same units have as columns of the block before.
  if (rows.shown < fanIn) rows.shown = Math.min(rows.shown, span(fanIn, cell, across, cap).shown);
  return { kind, place, columns, rows, slot: slotOf(kind, columns) };
}

/** @param {Plain["kind"]} kind @param {Span} columns */
export function slotOf(kind, { shown, pitch }) {
  return Math.max(shown * pitch, kind === "inputs" ? 0 : MIN_SLOT);
}

/** @param {number} units @param {number} cell @param {number} room in pixels @param {number} cap @returns {Span} */
function span(units, cell, room, cap) {
  if (units <= LONG) return { units, pitch: cell, shown: units };
  if (units > room) return { units, pitch: cell, shown: Math.min(units, Math.floor(room / cell)) };
  return { units, pitch: Math.max(1, Math.min(cell, cap, Math.floor(room / units))), shown: units };
}

/** Break blocks into rows of about equal width. @param {Block[]} blocks @param {number} count @returns {Block[][] | null} null with fewer blocks than rows */
export function brokenInto(blocks, count) {
  const total = blocks.reduce((sum, { slot }) => sum + slot, 0);
  /** @type {Block[][]} */
  const rows = [[]];
  let width = 0;
  for (const block of blocks) {
    const last = rows[rows.length - 1];
    const isFull = last.length > 0 && rows.length < count && width + block.slot > (1.02 * total) / count;
    if (isFull) rows.push([block]);
    else last.push(block);
    width = isFull ? block.slot : width + block.slot;
  }
  while (rows.length < count) {
    const at = rows.findIndex((row) => row.length > 1);
    if (at < 0) return null;
    rows.splice(at, 1, rows[at].slice(0, 1), rows[at].slice(1));
  }
  return rows;
}

/** Heights of a row of blocks, part by part. @param {Block[]} row @param {number} cell @param {Span} samples @param {boolean} low */
export function rowHeights(row, cell, samples, low) {
  const { cap, band } = captions(low);
  const isLayered = row.some(({ kind }) => kind === "hidden" || kind === "output");
  const weights = Math.max(...row.map(({ rows }) => rows.shown * rows.pitch));
  const rows = samples.shown * samples.pitch;
  const parts = {
    weights: row.some(({ kind }) => kind !== "inputs") ? cap + weights + UNDER : 0,
    biases: isLayered ? cell : 0,
    preActivations: isLayered ? band + rows : 0,
    activations: row.some(({ kind }) => kind !== "output") ? band + rows : 0,
  };
  return { ...parts, all: parts.weights + parts.biases + parts.preActivations + parts.activations };
}
