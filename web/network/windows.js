/** Windows of axes that are longer than their place: the units shown, and how they follow a cell. */

/** @import { Span } from "./blocks.js" */
/** @import { Plan } from "./geometry.js" */
/** @typedef {Record<string, number>} Windows first unit shown, for each axis that has been scrolled */

/**
 * First unit of an axis that a matrix shows. Matrices with shorter windows of the axis show a part of the longest.
 * @param {Plan} plan
 * @param {Windows} windows
 * @param {string} axis
 * @param {Span} span
 */
export function startOf(plan, windows, axis, span) {
  if (span.shown >= span.units) return 0;
  const longest = plan.strips.find((strip) => strip.axis === axis)?.span ?? span;
  const most = Math.max(0, longest.units - longest.shown);
  const start = Math.max(0, Math.min(most, windows[axis] ?? 0));
  return most === 0 ? 0 : Math.round((start * (span.units - span.shown)) / most);
}

/** @param {Plan} plan @param {Windows} windows @param {string} axis @param {number} start @returns {Windows} */
export function scrolledTo(plan, windows, axis, start) {
  const span = plan.strips.find((strip) => strip.axis === axis)?.span;
  if (!span) return windows;
  const next = Math.max(0, Math.min(span.units - span.shown, Math.round(start)));
  return next === (windows[axis] ?? 0) ? windows : { ...windows, [axis]: next };
}

/** Rows that a page of a matrix has: those of its window; undefined where all are shown. @param {Plan} plan @param {string} name by the name of the forward pass */
export function pageOf({ boxes }, name) {
  const rows = boxes.get(name)?.rows;
  return rows && rows.shown < rows.units ? rows.shown : undefined;
}

/**
 * Scroll until a cell is shown: by as little as possible, or into the middle.
 * @param {Plan} plan
 * @param {Windows} windows
 * @param {{name: string, row: number | null, col: number | null}} cell by the name of the forward pass; null: any
 * @param {boolean} [toMiddle] if it is not shown yet
 * @returns {Windows}
 */
export function showing(plan, windows, { name, row, col }, toMiddle = false) {
  const box = plan.boxes.get(name);
  if (!box) return windows;
  const down = following(plan, windows, { axis: box.down, span: box.rows, at: row, toMiddle });
  return following(plan, down, { axis: box.along, span: box.columns, at: col, toMiddle });
}

/** @param {Plan} plan @param {Windows} windows @param {{axis: string, span: Span, at: number | null, toMiddle: boolean}} unit @returns {Windows} */
function following(plan, windows, { axis, span, at, toMiddle }) {
  const start = startOf(plan, windows, axis, span);
  if (at === null) return windows;
  if (span.shown >= span.units || (at >= start && at < start + span.shown)) return windows;
  const nearest = at < start ? at : at - span.shown + 1;
  const wanted = toMiddle ? at - Math.floor(span.shown / 2) : nearest;
  const longest = plan.strips.find((strip) => strip.axis === axis)?.span ?? span;
  const share = (longest.units - longest.shown) / Math.max(1, span.units - span.shown);
  const rounded = at < start ? Math.floor(wanted * share) : Math.ceil(wanted * share);
  return scrolledTo(plan, windows, axis, rounded);
}
