/**
 * A matrix as an ARIA grid, for the keyboard and for screen readers.
 *
 * Pattern: https://www.w3.org/WAI/ARIA/apg/patterns/grid/. Of all its cells one is there as an element, the one that the keyboard
 * stands on or would come to; the canvas beneath shows them all.
 */

import { extent } from "../tensors/shape.js";
import { Directive, directive, PartType } from "../vendor/lit-html/directive.js";
import { noChange } from "../vendor/lit-html/lit-html.js";

/** @import { ElementPart, PartInfo } from "../vendor/lit-html/directive.js" */
/** @typedef {{tensor: string, row: number, col: number}} Cell */
/**
 * Contents of a grid.
 * @typedef {object} Sheet
 * @property {string} name of the matrix
 * @property {number[]} shape
 * @property {string} target which `data-focus` finds its cell
 * @property {{row: number, col: number}} [start] where the keyboard would come to at first
 * @property {boolean} [isInBlock] whether Tab stops at a block around it instead
 * @property {boolean} passing whether the next numbers follow at once: training plays
 * @property {unknown[]} reads what the words are made of: they are new when one of these is
 * @property {(row: number, col: number) => {label: string, description: string}} words of a cell
 */

/** @type {WeakMap<Element, Grid>} */
const grids = new WeakMap();

/** Return the grid that contains an element or lies over its canvas. @param {EventTarget | null} target @returns {Grid | undefined} */
export function gridAt(target) {
  if (!(target instanceof Element) || !target.matches(".cells > canvas, [role=gridcell]")) return undefined;
  const element = target.closest(".cells")?.querySelector("[role=grid]");
  return element ? grids.get(element) : undefined;
}

export class Grid extends Directive {
  row = 0;
  col = 0;
  /** @type {Sheet | null} */
  sheet = null;
  /** The row of the one cell. */
  line = emptyRow();

  /** @param {PartInfo} part */
  constructor(part) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new TypeError("grid() stands inside a tag, beside its attributes");
  }

  /** @param {Sheet} _ */
  render(_) {
    return noChange;
  }

  /** @override @param {ElementPart} part @param {[Sheet]} sheet */
  update({ element }, [sheet]) {
    const before = this.sheet;
    this.sheet = sheet;
    if (!before) this.begin(element);
    else if (same(before, sheet)) return noChange;
    const isSame = before?.name === sheet.name;
    const { row, col } = this.within(isSame ? this : (sheet.start ?? { row: 0, col: 0 }));
    const stays = isSame && row === this.row && col === this.col;
    Object.assign(this, { row, col });
    // Screen readers announce each new name of the focused cell, so it keeps its name during Play.
    if (!stays || !sheet.passing) this.name();
    return noChange;
  }

  /** @param {Element} element */
  begin(element) {
    grids.set(element, this);
    element.append(this.line);
    element.addEventListener("focusin", () => this.name());
  }

  get cell() {
    return /** @type {HTMLElement} */ (this.line.firstElementChild);
  }

  /** @returns {Cell} where the keyboard stands, or would come to */
  get place() {
    return { tensor: this.sheet?.name ?? "", row: this.row, col: this.col };
  }

  /** @returns {[number, number]} rows, columns */
  get extent() {
    return extent(this.sheet?.shape ?? [1]);
  }

  /** Whether the focus is here and moved by keyboard, not by a click. */
  get isHeld() {
    return this.cell.matches(":focus-visible");
  }

  /** @param {{row: number, col: number}} place @returns {Cell} the nearest one that is there */
  within({ row, col }) {
    const [rows, columns] = this.extent;
    return {
      tensor: this.place.tensor,
      row: Math.max(0, Math.min(rows - 1, row)),
      col: Math.max(0, Math.min(columns - 1, col)),
    };
  }

  /** Focus a cell. A new element each time, so that screen readers announce it. @param {{row: number, col: number}} place @param {FocusOptions} [options] */
  move({ row, col }, options) {
    const { line } = this;
    if (row !== this.row || col !== this.col) {
      Object.assign(this, { row, col, line: emptyRow() });
      line.after(this.line);
      this.name();
    }
    this.cell.focus(options);
    if (line !== this.line) line.remove();
  }

  /** Update the cell's position, name and description. */
  name() {
    if (!this.sheet) return;
    const { line, cell, row, col } = this;
    const { label, description } = this.sheet.words(row, col);
    line.ariaRowIndex = String(row + 1);
    cell.ariaColIndex = String(col + 1);
    cell.dataset.focus = this.sheet.target;
    cell.tabIndex = this.sheet.isInBlock ? -1 : 0;
    cell.style.setProperty("--row", String(row));
    cell.style.setProperty("--column", String(col));
    cell.ariaLabel = label;
    cell.ariaDescription = description;
  }
}

/** @param {Sheet} before @param {Sheet} after */
function same(before, after) {
  if (before.name !== after.name || before.passing !== after.passing) return false;
  return before.reads.every((part, i) => part === after.reads[i]);
}

function emptyRow() {
  const line = document.createElement("div");
  line.role = "row";
  const cell = document.createElement("div");
  cell.role = "gridcell";
  cell.tabIndex = 0;
  line.append(cell);
  return line;
}

/** `<div role="grid" ${grid(sheet)}>`, beside the canvas in `.cells` */
export const grid = directive(Grid);
