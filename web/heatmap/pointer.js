/** The cell pointed at by mouse, touch or keyboard, from one listener around all heatmaps. */

import { gridAt } from "./aria_grid.js";

/** @typedef {import("./aria_grid.js").Cell} Cell */
/** @import { Grid } from "./aria_grid.js" */
/** @typedef {(cell: Cell | null) => void} Show */
/**
 * @typedef {object} Listener
 * @property {Show} showCell
 * @property {(cell: Cell, byKeyboard: boolean) => void} ask
 * @property {(tensor: string) => number | undefined} [pageOf]  rows that Page Up and Page Down skip in a matrix
 */

/** Rows that Page Up and Page Down skip where all of a matrix is shown. */
const PAGE = 10;

/**
 * @param {Listener} listener
 * @returns {(event: Event) => void} for pointermove, pointerdown, pointerout, click, keydown, focusin and focusout
 */
export function cursor({ showCell: show, ask, pageOf = () => PAGE }) {
  return (event) => {
    const grid = gridAt(event.target);
    if (asks(event)) question(event, grid, ask);
    else if (event instanceof KeyboardEvent) press(event, grid, show, pageOf);
    else if (event instanceof PointerEvent) point(event, grid, show);
    else if (event instanceof FocusEvent && event.type === "focusout") letGo(event, grid, show);
    else if (grid?.isHeld) show(grid.place);
  };
}

/** @param {Event} event @returns {boolean} whether it asks why a number is what it is */
function asks(event) {
  return event.type === "click" || (event instanceof KeyboardEvent && event.key === "Enter" && !event.repeat);
}

/**
 * @param {Event} event
 * @param {Grid | undefined} grid
 * @param {Listener["ask"]} ask
 */
function question(event, grid, ask) {
  if (!grid) return;
  event.preventDefault();
  // A click without a pointer comes from a screen reader.
  const byPointer = event instanceof MouseEvent && event.detail > 0;
  // The arrow keys continue from the clicked cell.
  if (byPointer) grid.move(cellAt(grid, event), { preventScroll: true });
  ask(grid.place, !byPointer);
}

/**
 * @param {KeyboardEvent} event
 * @param {Grid | undefined} grid
 * @param {Show} show
 * @param {NonNullable<Listener["pageOf"]>} pageOf
 */
function press(event, grid, show, pageOf) {
  if (event.key === "Escape") return show(null);
  const place = grid && moved(grid, event, pageOf(grid.place.tensor));
  if (!place) return;
  event.preventDefault(); // the arrows would scroll the page
  grid.move(grid.within(place));
  show(grid.place);
}

/**
 * @param {PointerEvent} event
 * @param {Grid | undefined} grid
 * @param {Show} show
 */
function point(event, grid, show) {
  if (event.type === "pointerout") leave(event, grid, show);
  else if (grid) show(cellAt(grid, event));
  else if (event.type === "pointerdown") show(null);
}

/**
 * The mouse has left a matrix: return to the focused cell, if any. A touched cell stays.
 * @param {PointerEvent} event
 * @param {Grid | undefined} grid
 * @param {Show} show
 */
function leave(event, grid, show) {
  if (event.pointerType !== "mouse" || !grid) return;
  const held = gridAt(document.activeElement);
  show(held?.isHeld ? held.place : null);
}

/**
 * The focus has left, unless it moves from cell to cell.
 * @param {FocusEvent} event
 * @param {Grid | undefined} grid
 * @param {Show} show
 */
function letGo(event, grid, show) {
  if (!grid || gridAt(event.relatedTarget) !== grid) show(null);
}

/** @param {Grid} grid @param {Pick<MouseEvent, "clientX" | "clientY" | "target">} event @returns {Cell} */
export function cellAt(grid, event) {
  const [rows, columns] = grid.extent;
  // The canvas may show a part.
  const box = /** @type {Element} */ (/** @type {Element} */ (event.target).closest(".cells")).getBoundingClientRect();
  const row = Math.floor(((event.clientY - box.top) / box.height) * rows);
  const col = Math.floor(((event.clientX - box.left) / box.width) * columns);
  return grid.within({ row, col });
}

/**
 * Keys of a grid, as ARIA's authoring practices have them.
 * @param {Pick<Grid, "row" | "col" | "extent">} grid
 * @param {KeyboardEvent} event
 * @param {number} [page] rows that Page Up and Page Down skip
 * @returns {{row: number, col: number} | null}
 */
export function moved({ row, col, extent: [rows, columns] }, { key, ctrlKey, altKey, metaKey }, page = PAGE) {
  if (altKey || metaKey) return null;
  /** @type {Record<string, [number, number]>} */
  const targets = {
    ArrowUp: [row - 1, col],
    ArrowDown: [row + 1, col],
    ArrowLeft: [row, col - 1],
    ArrowRight: [row, col + 1],
    PageUp: [row - page, col],
    PageDown: [row + page, col],
    Home: ctrlKey ? [0, 0] : [row, 0],
    End: ctrlKey ? [rows - 1, columns - 1] : [row, columns - 1],
  };
  const next = targets[key];
  return next ? { row: next[0], col: next[1] } : null;
}
