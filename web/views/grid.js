/**
 * A matrix as an ARIA grid, for the keyboard and for screen readers: https://www.w3.org/WAI/ARIA/apg/patterns/grid/. Of all its
 * cells one is there as an element, the one that the keyboard stands on or would come to; the canvas beneath shows them all.
 */

import { axes, placeName } from "../draw/axis.js";
import { extent } from "../draw/heatmap.js";
import { sightWords } from "../scale_words.js";
import { Directive, directive, PartType } from "../vendor/lit-html/directive.js";
import { noChange } from "../vendor/lit-html/lit-html.js";
import { matrixTarget } from "../why_link.js";
import { spokenCell, spokenPartner, spokenUpdate } from "../why_words.js";

/** @typedef {import("../vendor/lit-html/directive.js").ElementPart} ElementPart */
/** @typedef {import("../vendor/lit-html/directive.js").PartInfo} PartInfo */
/** @typedef {import("../api.d.ts").Tensor} Tensor */
/** @typedef {import("../draw/axis.js").Facts} Facts */
/** @typedef {{tensor: string, row: number, col: number}} Cell */
/** @typedef {import("../phases.js").Shown} Shown */
/** @typedef {import("../draw/scale.js").Norm} Norm */
/** @typedef {[tensor: Shown, norm: Norm, partner: Shown | undefined, facts: Facts, passing: boolean]} Reading */

/** @type {WeakMap<Element, Grid>} */
const grids = new WeakMap();

/** The grid that a part of it, or the canvas beneath it, belongs to. @param {EventTarget | null} target @returns {Grid | undefined} */
export function gridAt(target) {
  if (!(target instanceof Element) || !target.matches(".cells > canvas, [role=gridcell]")) return undefined;
  const element = target.closest(".cells")?.querySelector("[role=grid]");
  return element ? grids.get(element) : undefined;
}

export class Grid extends Directive {
  row = 0;
  col = 0;
  /** @type {Reading | null} */
  reading = null;
  /** The row of the one cell. */
  line = emptyRow();

  /** @param {PartInfo} part */
  constructor(part) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new TypeError("grid() stands inside a tag, beside its attributes");
  }

  /** @param {Reading} _ */
  render(..._) {
    return noChange;
  }

  /** @override @param {ElementPart} part @param {Reading} reading */
  update({ element }, reading) {
    const before = this.reading;
    this.reading = reading;
    if (!before) this.begin(element);
    else if (same(before, reading)) return noChange;
    const [tensor, , , , passing] = reading;
    const { row, col } = this.within(before?.[0].name === tensor.name ? this : { row: 0, col: 0 });
    const stays = before && row === this.row && col === this.col && before[0].name === tensor.name;
    Object.assign(this, { row, col });
    // Each new name of a cell that has the keyboard is said aloud. While pictures of Play pass by, it keeps the one that it came with.
    if (!stays || !passing) this.name();
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
    return { tensor: this.reading?.[0].name ?? "", row: this.row, col: this.col };
  }

  /** @returns {[number, number]} rows, columns */
  get extent() {
    return extent(this.reading?.[0].shape ?? [1]);
  }

  /** Whether the keyboard is here, and is what moves: not after a click. */
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

  /** Give the keyboard to a cell. It is another element each time, so that a screen reader says it. @param {{row: number, col: number}} place @param {FocusOptions} [options] */
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

  /** Write where the cell is, what it is called and what it holds now. */
  name() {
    if (!this.reading) return;
    const { line, cell, row, col } = this;
    const [tensor, norm, partner, facts] = this.reading;
    line.ariaRowIndex = String(row + 1);
    cell.ariaColIndex = String(col + 1);
    cell.dataset.focus = matrixTarget(tensor.name);
    cell.style.setProperty("--row", String(row));
    cell.style.setProperty("--column", String(col));
    const { value, ...place } = valued(tensor, row, col);
    cell.ariaLabel = [
      spokenCell({ ...place, value }, facts.layers),
      ...(value === null ? [] : sightWords(norm, value)),
      ...places(tensor, row, col, facts),
    ].join(", ");
    cell.ariaDescription = [
      ...(partner ? [spokenPartner(valued(partner, row, col), facts.layers)] : []),
      ...(tensor.update ? [spokenUpdate(tensor.update, indexIn(tensor, row, col))] : []),
    ].join("; ");
  }
}

/** @param {Reading} before @param {Reading} after */
function same([tensor, norm, partner, { dataset, samples, layers }, passing], after) {
  if (tensor !== after[0] || norm !== after[1] || partner !== after[2] || passing !== after[4]) return false;
  return dataset === after[3].dataset && samples === after[3].samples && layers === after[3].layers;
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

/** @param {Shown} tensor @param {number} row @param {number} col @returns {import("../why_words.js").Valued} */
function valued(tensor, row, col) {
  const value = tensor.covered ? null : tensor.data[indexIn(tensor, row, col)];
  return { tensor: tensor.name, row, col, value, isChange: tensor.isChange };
}

/** @param {Tensor} tensor @param {number} row @param {number} col */
export const indexIn = ({ shape }, row, col) => row * extent(shape)[1] + col;

/** @param {Tensor} tensor @param {number} row @param {number} col @param {Facts} facts @returns {string[]} "position 1, token d", "unit 17" */
export function places({ name, shape }, row, col, facts) {
  const { rows, columns } = axes(name, shape, facts);
  return [placeName(rows, row), placeName(columns, col)].filter(Boolean);
}

/** `<div role="grid" ${grid(tensor, norm, partner, facts, passing)}>`, beside the canvas */
export const grid = directive(Grid);
