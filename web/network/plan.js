/** The plan of the network: the size of a cell, the pitch of each axis, and what stands in which row. */

import {
  blocksOf,
  brokenInto,
  GAP,
  GUTTER,
  LONG,
  MIN_SLOT,
  ROW_GAP,
  rowHeights,
  sized,
  slotOf,
  THUMB,
} from "./blocks.js";

/** @import { Block, NetShape, Plain, Span } from "./blocks.js" */
/**
 * Room of one column, in CSS pixels, without its head, foot and margins.
 * @typedef {object} Space
 * @property {number} width
 * @property {number} height
 * @property {number} dpr
 * @property {number | null} zoom size of a cell, or null for Fit
 * @property {boolean} phone one block in each row
 * @property {boolean} [print] a page of paper: whole matrices, without windows
 * @property {boolean} low whether the window is at most 800 px high: captions move together
 */
/**
 * @typedef {object} Arrangement
 * @property {number} cell pitch of ordinary axes
 * @property {Span} samples
 * @property {Block[][]} rows
 * @property {number} width
 * @property {number} height
 * @property {boolean} fits without scrolling
 */
/** @typedef {{cell: number, rows: number, samples: number, cap: number}} Attempt size of cells, rows of blocks, samples shown, maximum pitch of long axes */

/** Samples up to which their rows are as high as cells. */
const MANY = 16;
/** Samples that a window may show; where the stage scrolls, and on a phone. */
const WINDOWS = [48, 32, 24, 16, 12];
const MAX_SCROLLED = 24;
const MAX_ON_PHONE = 32;
/** Units up to which an axis has square cells on a phone, and the heights there of long axes as rows. */
const LONG_ON_PHONE = 56;
const TALL_ON_PHONE = 280;

/** Choose the largest cells with which the network fits. @param {NetShape} net @param {Space} space @returns {Arrangement} */
export function arrange(net, space) {
  const blocks = blocksOf(net);
  if (space.print) return printed(blocks, net.batch, space);
  if (space.phone) return stacked(blocks, net.batch, space);
  if (space.zoom) return zoomed(blocks, net.batch, space, space.zoom);
  for (const attempt of attempts(blocks, net.batch)) {
    const made = attempted(blocks, net.batch, space, attempt);
    if (made && made.width <= space.width && made.height <= space.height) return { ...made, fits: true };
  }
  const samples = Math.min(net.batch, MAX_SCROLLED);
  const made = blocks.flatMap(
    (_, i) => attempted(blocks, net.batch, space, { cell: 3, rows: i + 1, samples, cap: LONG }) ?? [],
  );
  return { ...fewestRows(made, space.width), fits: false };
}

/** Attempts in order, the best first. @param {Plain[]} blocks @param {number} batch @returns {Generator<Attempt>} */
function* attempts(blocks, batch) {
  const most = Math.max(...blocks.flatMap(({ units, fanIn }) => [units, fanIn]));
  for (let cell = most <= 16 ? 24 : 14; cell >= 4; cell--)
    for (let rows = 1; rows <= blocks.length; rows++) yield { cell, rows, samples: batch, cap: LONG };
  if (batch > MANY) yield* windowed(blocks.length, batch, [6, 5, 4, 3], LONG);
  for (const cap of [2, 1]) yield* windowed(blocks.length, batch, [4, 3], cap);
}

/** @param {number} most rows @param {number} batch @param {number[]} cells @param {number} cap @returns {Generator<Attempt>} */
function* windowed(most, batch, cells, cap) {
  const windows = [batch, ...WINDOWS.filter((samples) => samples < batch)];
  for (const cell of cells)
    for (let rows = 1; rows <= most; rows++) for (const samples of windows) yield { cell, rows, samples, cap };
}

/**
 * @param {Plain[]} blocks
 * @param {number} batch
 * @param {Space} space
 * @param {Attempt} attempt
 * @returns {Omit<Arrangement, "fits"> | null} null with fewer blocks than rows
 */
function attempted(blocks, batch, { width, height, low }, { cell, rows, samples, cap }) {
  const limits = { across: across(blocks, width), down: Math.floor(0.6 * height), cap };
  const broken = brokenInto(
    blocks.map((block) => sized(block, cell, limits)),
    rows,
  );
  const pitch = batch <= MANY ? cell : Math.max(3, Math.min(cell, Math.floor((0.3 * height) / batch)));
  return broken && measured({ cell, samples: { units: batch, pitch, shown: samples }, rows: broken }, low);
}

/** Maximum width of a long axis. @param {Plain[]} blocks @param {number} width */
function across(blocks, width) {
  const short = blocks.reduce((sum, { units }) => sum + (units <= LONG ? Math.max(MIN_SLOT, 3 * units) : 0), 0);
  const long = blocks.filter(({ units }) => units > LONG).length || 1;
  const share = (width - GUTTER - GAP * (blocks.length - 1) - short) / long;
  return Math.floor(Math.max(0.3 * width, Math.min(0.45 * width, share)));
}

/** @param {Pick<Arrangement, "cell" | "samples" | "rows">} made @param {boolean} low @returns {Omit<Arrangement, "fits">} */
function measured(made, low) {
  const { cell, samples, rows } = made;
  const thumb = samples.shown < samples.units ? THUMB : 0;
  const widths = rows.map((row) => {
    const gutter = row[0].kind === "inputs" ? GUTTER : 0;
    return gutter + row.reduce((sum, { slot }) => sum + slot, 0) + GAP * (row.length - 1) + thumb;
  });
  const heights = rows.map((row) => rowHeights(row, cell, samples, low).all);
  const height = heights.reduce((sum, part) => sum + part, ROW_GAP * (rows.length - 1));
  return { ...made, width: Math.max(...widths), height };
}

/** @template {{width: number}} T @param {T[]} made with 1, 2, … rows @param {number} width @returns {T} */
function fewestRows(made, width) {
  return made.find((one) => one.width <= width) ?? made[made.length - 1];
}

/** All pitches equal, without windows. @param {Plain[]} blocks @param {number} batch @param {Space} space @param {number} cell @returns {Arrangement} */
function zoomed(blocks, batch, { width, height, low }, cell) {
  const all = Number.POSITIVE_INFINITY;
  const squares = blocks.map((block) => {
    const columns = { units: block.units, pitch: cell, shown: block.units };
    const rows = { units: block.fanIn, pitch: cell, shown: block.fanIn };
    return { kind: block.kind, place: block.place, columns, rows, slot: slotOf(block.kind, columns) };
  });
  const samples = { units: batch, pitch: cell, shown: batch };
  const made = blocks.flatMap((_, i) => {
    const broken = brokenInto(squares, i + 1);
    return broken ? measured({ cell, samples, rows: broken }, low) : [];
  });
  const chosen =
    made.find((one) => one.width <= width && one.height <= height) ?? fewestRows(made, Math.min(width, all));
  return { ...chosen, fits: chosen.width <= width && chosen.height <= height };
}

/** Least and largest cell on paper, 0.5 mm and 2.6 mm; shares of the page that a long axis may take. CSS pixels. */
const PAPER = { least: 1.9, most: 10, across: 0.4, down: 0.5 };

/** Whole matrices, the largest cells first; long axes have a pitch of their own. @param {Plain[]} blocks @param {number} batch @param {Space} space @returns {Arrangement} */
function printed(blocks, batch, { width, height }) {
  const long = (/** @type {number} */ units, /** @type {number} */ cell, /** @type {number} */ room) =>
    units <= LONG ? cell : Math.min(cell, room / units);
  const whole = (/** @type {number} */ units, /** @type {number} */ pitch) => ({ units, pitch, shown: units });
  const made = [];
  for (let cell = PAPER.most; cell >= 2; cell--) {
    const sizes = blocks.map(({ kind, place, units, fanIn }) => {
      const columns = whole(units, long(units, cell, PAPER.across * width));
      return {
        kind,
        place,
        columns,
        rows: whole(fanIn, long(fanIn, cell, PAPER.down * height)),
        slot: slotOf(kind, columns),
      };
    });
    const pitch = batch <= MANY ? cell : Math.max(2, Math.min(cell, Math.floor((0.3 * height) / batch)));
    for (let count = 1; count <= blocks.length; count++) {
      const broken = brokenInto(sizes, count);
      if (broken) made.push(measured({ cell, samples: whole(batch, pitch), rows: broken }, false));
    }
  }
  const best = made.find((one) => one.width <= width && one.height <= height);
  return { ...(best ?? fewestRows(made.slice(-blocks.length), width)), fits: best !== undefined };
}

/** Whether cells of a printed plan are smaller than half a millimetre. @param {Arrangement} arrangement */
export const isTooSmallOnPaper = ({ rows, fits }) =>
  !fits || rows.flat().some(({ columns, rows: down }) => Math.min(columns.pitch, down.pitch || 9) < PAPER.least);

/** One block in each row. @param {Plain[]} blocks @param {number} batch @param {Space} space @returns {Arrangement} */
function stacked(blocks, batch, { width, dpr, zoom, low }) {
  const fine = Math.min(2, dpr);
  const whole = (/** @type {number} */ length) => Math.floor(length * fine) / fine;
  const most = Math.max(...blocks.flatMap(({ units, fanIn }) => [units, fanIn]));
  const widest = Math.max(1, ...blocks.map(({ units }) => units).filter((units) => units <= LONG_ON_PHONE));
  const cell = zoom ?? Math.max(3, Math.min(most <= 16 ? 10 : 6, whole(width / widest)));
  const rows = blocks.map(({ kind, place, units, fanIn }) => {
    const squeezed = whole(width / units);
    const pitch = units <= LONG_ON_PHONE || squeezed < 1.5 ? cell : Math.min(cell, squeezed);
    const columns = { units, pitch, shown: Math.min(units, Math.floor(width / pitch)) };
    return [{ kind, place, columns, rows: tall(fanIn, cell, pitch, whole), slot: slotOf(kind, columns) }];
  });
  const samples = {
    units: batch,
    pitch: batch <= MANY ? cell : Math.min(cell, 4),
    shown: Math.min(batch, MAX_ON_PHONE),
  };
  return { ...measured({ cell, samples, rows }, low), width, fits: true };
}

/** @param {number} units @param {number} cell @param {number} pitch of its columns @param {(length: number) => number} whole @returns {Span} */
function tall(units, cell, pitch, whole) {
  if (units <= LONG_ON_PHONE) return { units, pitch: Math.min(cell, Math.max(pitch, 3)), shown: units };
  const squeezed = units <= TALL_ON_PHONE ? Math.max(1, Math.min(3, whole(TALL_ON_PHONE / units))) : 3;
  const isAll = units * squeezed <= TALL_ON_PHONE + 20;
  return { units, pitch: squeezed, shown: isAll ? units : 60 };
}
