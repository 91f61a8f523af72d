/** The part of a matrix that is shown: whole cells, as many as there is room for. */

import { heightShown, planFor } from "../network/stage.js";
import { extent } from "../tensors/shape.js";
import { tensorOf } from "./state.js";

/** @import { Space } from "../network/plan.js" */
/** @import { State } from "../page/store.js" */
/** Cells with the gap behind them, in CSS pixels, and how many are shown. @typedef {{across: number, down: number, rows: number, columns: number}} Frame */
/** Room for cells in CSS pixels, height of a cell, and its usual width. @typedef {{width: number, height: number, down: number, usual: number}} Room */
/** @typedef {Frame & {size: number, phone: boolean, shape: [number, number], top: number, left: number}} Layout */

/** Widths of a cell; the usual one on a wide screen and on a phone; heights for a mouse and for a finger. */
const SIZES = [20, 28, 36, 50, 64, 96];
const USUAL = { wide: 50, phone: 44 };
const DOWN = { mouse: 22, touch: 28 };
/** Space between cells; names of rows at the left and of columns above. */
const GAP = 1;
const NAMES = { across: 58, down: 20 };
/** On a phone the page scrolls, and the matrix has this many rows at most. */
const PHONE_ROWS = 14;

const TOUCH = globalThis.matchMedia?.("(hover: none)").matches ?? false;

/** @param {Pick<Space, "width" | "height" | "phone">} space of a column of the network @param {boolean} [touch] @returns {Room} */
export function roomOf({ width, height, phone }, touch = TOUCH) {
  const down = touch ? DOWN.touch : DOWN.mouse;
  return {
    width: (phone ? 2 * width + 20 : width) - NAMES.across, // both columns of a phone
    height: phone ? PHONE_ROWS * (down + GAP) : height + 12 - NAMES.down,
    down,
    usual: phone ? USUAL.phone : USUAL.wide,
  };
}

/** @param {Room} room @param {number} size @param {[number, number]} shape @returns {Frame} */
export function frameOf({ width, height, down }, size, [rows, columns]) {
  const fits = (/** @type {number} */ space, /** @type {number} */ pitch) =>
    Math.max(1, Math.floor((space + GAP) / pitch));
  return {
    across: size + GAP,
    down: down + GAP,
    rows: Math.min(rows, fits(height, down + GAP)),
    columns: Math.min(columns, fits(width, size + GAP)),
  };
}

/** The next width of a cell. @param {number} size @param {number} direction */
export function nextSize(size, direction) {
  const next = direction > 0 ? SIZES.find((one) => one > size) : SIZES.findLast((one) => one < size);
  return next ?? size;
}

/** The first unit that is shown, at most so far that no place stays empty. @param {number} first @param {number} shown @param {number} units */
export const within = (first, shown, units) => Math.max(0, Math.min(units - shown, Math.round(first)));

/** Move the first unit until another one is shown: by as little as possible. @param {number} first @param {number} shown @param {number} unit */
export function following(first, shown, unit) {
  if (unit < first) return unit;
  return unit >= first + shown ? unit - shown + 1 : first;
}

/** The first unit after a change of size, so that one unit keeps its place. @param {{first: number, unit: number, before: number, after: number}} change */
export const zoomed = ({ first, unit, before, after }) => unit - Math.round(((unit - first) * before) / after);

/** The layout of what is looked at; null if nothing is, or it is not in this network. @param {State} state @returns {Layout | null} */
export function layoutOf(state) {
  const { at } = state.look;
  const { net } = state.network;
  const tensor = at && tensorOf(net, at.forward);
  if (!net || !tensor) return null;
  const { space } = planFor(state, net);
  const room = roomOf({ ...space, height: heightShown(state, net) });
  const shape = extent(tensor.shape);
  const size = at.size ?? room.usual;
  const frame = frameOf(room, size, shape);
  const [top, left] = [within(at.top, frame.rows, shape[0]), within(at.left, frame.columns, shape[1])];
  return { ...frame, size, phone: space.phone, shape, top, left };
}
