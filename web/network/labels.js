/** Labels along the matrices: samples at the inputs, positions and classes under columns. */

import { LETTER, ROOMY } from "./geometry.js";

/** @import { Sample } from "../api.d.ts" */
/** @import { Plan } from "./geometry.js" */
/** Lines of text, each as high as `pitch`; `right` is their distance from the inputs. @typedef {{lines: string[], pitch: number, top: number, right: number, size: number}} Lines */

/** Sizes of the text, and the distance from the inputs. */
const LEAST = 9;
const MOST = 10.5;
const DISTANCE = 5;
/** Height of sample rows from which all have labels. */
const SHOWN = 5;
/** Width of a letter, as a share of its size. */
const SHARE = 0.6;

/**
 * Labels of the samples on screen: full, else their last tokens, else their targets, in two columns where rows are low; below 5 px only one.
 * @param {Plan} plan
 * @param {Sample[]} samples from the first that is shown
 * @param {number} pointed the row pointed at
 * @returns {Lines[]}
 */
export function sampleLines({ samples: { pitch }, gutter }, samples, pointed) {
  const room = gutter - DISTANCE - 2;
  if (pitch < SHOWN) {
    const row = Math.max(0, Math.min(samples.length - 1, pointed));
    const lines = samples.slice(row, row + 1).map((sample) => short(sample, letters(room, LEAST)));
    return [{ lines, pitch: LEAST, top: (row + 0.5) * pitch - LEAST / 2, right: DISTANCE, size: LEAST }];
  }
  if (pitch < ROOMY) return staggered(samples, pitch, room);
  const size = Math.min(MOST, Math.max(LEAST, pitch - 1));
  const lines = samples.map((sample) => short(sample, letters(room, size)));
  return [{ lines, pitch, top: 0, right: DISTANCE, size }];
}

/** Targets, every second one further left. @param {Sample[]} samples @param {number} pitch @param {number} room @returns {Lines[]} */
function staggered(samples, pitch, room) {
  const longest = Math.max(0, ...samples.map(({ target }) => target.length));
  const width = (longest + 1) * LEAST * SHARE + 3;
  if (2 * width > room) return [];
  return [0, 1].map((column) => ({
    lines: samples.filter((_, i) => i % 2 === column).map(({ target }) => `→${target}`),
    pitch: 2 * pitch,
    top: (column - 0.5) * pitch,
    right: DISTANCE + column * width,
    size: LEAST,
  }));
}

/** @param {number} room @param {number} size */
const letters = (room, size) => Math.floor(room / Math.min(LETTER, size * SHARE));

/** The longest label of a sample of at most `most` letters. @param {Sample} sample @param {number} most */
export function short({ input, target }, most) {
  const between = input.some((token) => token.length > 1) ? "\u2009" : "";
  const full = `${input.join(between)}→${target}`;
  if (full.length <= most) return full;
  for (let from = 1; from <= input.length - 2; from++) {
    const tail = `…${input.slice(from).join(between)}→${target}`;
    if (tail.length <= most) return tail;
  }
  return target.length + 1 <= most ? `→${target}` : "";
}

/**
 * Brackets under the positions of a sequence, from 9 px on; numbers where there is room, else under the first and each fifth.
 * @param {number} count
 * @param {number} width of one
 * @returns {{x: number, width: number, label: string}[]}
 */
export function positionMarks(count, width) {
  if (width < 9 || !Number.isInteger(count)) return [];
  return Array.from({ length: count }, (_, i) => ({
    x: i * width,
    width: width - 1,
    label: width >= 16 || i === 0 || i % 5 === 4 ? String(i + 1) : "",
  }));
}

/**
 * Names under columns: all if each fits, else the first and the last at the ends, else none.
 * @param {string[]} names
 * @param {number} pitch
 * @returns {{x: number, label: string, align: "center" | "start" | "end"}[]}
 */
export function columnLabels(names, pitch) {
  const width = (/** @type {string} */ name) => name.length * LEAST * SHARE;
  if (pitch >= 6 && names.every((name) => width(name) + 2 <= pitch + 2))
    return names.map((label, i) => ({ x: (i + 0.5) * pitch, label, align: "center" }));
  const ends = [names[0] ?? "", names[names.length - 1] ?? ""];
  if (names.length < 2 || width(ends.join("")) + 12 > names.length * pitch) return [];
  return [
    { x: 0, label: ends[0], align: "start" },
    { x: names.length * pitch, label: ends[1], align: "end" },
  ];
}
