/** Keys beyond a matrix: into a block, over an edge into the next matrix, and back. */

import { gridAt } from "../heatmap/aria_grid.js";
import { baseName, twin } from "../tensors/names.js";
import { neighbours } from "./neighbours.js";
import { startOf } from "./windows.js";

/** @import { Cell, Grid } from "../heatmap/aria_grid.js" */
/** @import { Plan } from "./geometry.js" */
/** @import { Arrow } from "./neighbours.js" */
/** @import { Windows } from "./windows.js" */

/**
 * @param {{plan: Plan, windows: Windows, isExplained: boolean, show: (cell: Cell | null) => void}} around
 * @returns {(event: KeyboardEvent) => boolean} whether the key is used up
 */
export function keyOf({ plan, windows, isExplained, show }) {
  return (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.altKey || event.metaKey || event.ctrlKey) return false;
    if (target.matches(".network-block")) return enter(event, target);
    const grid = gridAt(target);
    if (!grid) return false;
    if (event.key === "Escape" && !isExplained) {
      show(null);
      /** @type {HTMLElement | null} */ (target.closest(".network-block"))?.focus();
      return true;
    }
    if (!isOverEdge(grid, event.key)) return false;
    const next = beyond(target, grid, /** @type {Arrow} */ (event.key), { plan, windows });
    if (!next) return false;
    event.preventDefault();
    next.grid.move(next.grid.within(next.place));
    show(next.grid.place);
    return true;
  };
}

/** Go from the cell that has the keyboard to its gradient, and back. @returns {Cell | null} */
export function toPartner() {
  const grid = gridAt(document.activeElement);
  const name = grid && twin(grid.place.tensor);
  const partner = name && gridAt(document.querySelector(`.network canvas[data-tensor="${CSS.escape(name)}"]`));
  if (!grid || !partner) return null;
  partner.move(partner.within(grid.place));
  return partner.place;
}

/** Name the cell that has the keyboard by its newest number: while training plays it keeps its name. */
export const sayAgain = () => gridAt(document.activeElement)?.name();

/** @param {KeyboardEvent} event @param {HTMLElement} block */
function enter(event, block) {
  if (event.key !== "Enter" && event.key !== "ArrowDown") return false;
  const cell = block.querySelector("[role=gridcell]");
  if (!(cell instanceof HTMLElement)) return false;
  event.preventDefault();
  cell.focus();
  return true;
}

/** @param {Grid} grid @param {string} key */
function isOverEdge({ row, col, extent: [rows, columns] }, key) {
  if (key === "ArrowUp") return row === 0;
  if (key === "ArrowDown") return row === rows - 1;
  if (key === "ArrowLeft") return col === 0;
  return key === "ArrowRight" && col === columns - 1;
}

/**
 * The next matrix in a direction, and its cell nearest to the one before.
 * @param {HTMLElement} from
 * @param {Grid} grid
 * @param {Arrow} key
 * @param {{plan: Plan, windows: Windows}} layout
 */
function beyond(from, { row, col, place: { tensor } }, key, { plan, windows }) {
  const here = plan.boxes.get(baseName(tensor));
  if (!here) return null;
  const start = {
    row: startOf(plan, windows, here.down, here.rows),
    col: startOf(plan, windows, here.along, here.columns),
  };
  const x = here.x + (col - start.col + 0.5) * here.columns.pitch;
  const y = here.y + (row - start.row + 0.5) * here.rows.pitch;
  for (const name of neighbours(plan, baseName(tensor), key)) {
    const box = plan.boxes.get(name);
    const grid = box && gridAt(canvasOf(from, name));
    if (!grid) continue;
    const place = {
      row: startOf(plan, windows, box.down, box.rows) + Math.floor((y - box.y) / box.rows.pitch),
      col: startOf(plan, windows, box.along, box.columns) + Math.floor((x - box.x) / box.columns.pitch),
    };
    return { grid, place };
  }
  return null;
}

/** @param {HTMLElement} from @param {string} name of the forward pass @returns {Element | null} in the same column */
function canvasOf(from, name) {
  const all = from.closest("section")?.querySelectorAll("canvas[data-tensor]") ?? [];
  return (
    [...all].find((canvas) => canvas instanceof HTMLElement && baseName(canvas.dataset.tensor ?? "") === name) ?? null
  );
}
