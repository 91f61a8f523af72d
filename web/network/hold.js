/** Cells read by a finger that is held on them: their value stands in a bubble above it. */

import { gridAt } from "../heatmap/aria_grid.js";
import { cellAt } from "../heatmap/pointer.js";

/** @import { Cell } from "../heatmap/pointer.js" */
/** Where a finger is held, in the window. @typedef {{x: number, y: number}} Held */

/** A finger is held when it has stayed this long. Milliseconds. */
const LONG = 400;
/** A finger that moves farther before that scrolls the page. CSS pixels. */
const STILL = 10;

/** @type {{timer: ReturnType<typeof setTimeout>, x: number, y: number} | null} */
let pressed = null;
let isHeld = false;

/**
 * @param {{showCell: (cell: Cell) => void, hold: (at: Held | null) => void}} actions
 * @returns {(event: Event) => boolean}  whether the event is used up
 */
export function holding({ showCell, hold }) {
  /** @param {number} x @param {number} y */
  function read(x, y) {
    const target = document.elementFromPoint(x, y);
    const grid = gridAt(target);
    if (grid) showCell(cellAt(grid, { clientX: x, clientY: y, target }));
    hold({ x, y });
  }
  function end() {
    if (pressed) clearTimeout(pressed.timer);
    if (isHeld) hold(null);
    pressed = null;
    isHeld = false;
  }
  /** @param {PointerEvent} event */
  function begin({ clientX: x, clientY: y }) {
    end();
    const timer = setTimeout(() => {
      isHeld = true;
      read(x, y);
    }, LONG);
    pressed = { timer, x, y };
  }
  /** @param {PointerEvent} event */
  function move(event) {
    if (isHeld) read(event.clientX, event.clientY);
    else if (pressed && isFar(pressed, event)) end();
  }
  /** @type {Record<string, (event: PointerEvent) => void>} */
  const on = { pointermove: move, pointerup: end, pointercancel: end };
  return (event) => {
    if (event.type === "touchmove") return stop(event, isHeld && event.cancelable); // else the page would scroll
    if (!(event instanceof PointerEvent) || event.pointerType !== "touch") return false;
    const isOfCell = gridAt(event.target) !== undefined;
    if (event.type === "contextmenu") return stop(event, isOfCell); // the menu is that of the caption
    if (event.type === "pointerdown" && isOfCell) begin(event);
    else on[event.type]?.(event);
    return false;
  };
}

/** @param {Event} event @param {boolean} isUsed @returns {boolean} the same */
function stop(event, isUsed) {
  if (isUsed) event.preventDefault();
  return isUsed;
}

/** @param {{x: number, y: number}} from @param {PointerEvent} to */
const isFar = ({ x, y }, { clientX, clientY }) => Math.hypot(clientX - x, clientY - y) > STILL;
