/** Pointer, wheel and keys over the numbers: a cell is pointed at, explained, dragged away. */

import { moved } from "../heatmap/pointer.js";
import { askingOf } from "../network/events.js";

/** @import { Side } from "../color/column_scale.js" */
/** @import { Net } from "../network/state.js" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { Layout } from "./geometry.js" */
/** A cell by the side and place that its element has. @typedef {{side: Side, row: number, col: number}} Found */

/** Pixels from which a press is a drag; pixels of the wheel for one size; ratio of a pinch for one size. */
const DRAG = 4;
const PER_SIZE = 60;
const PINCH = 1.25;

/** The fingers or the mouse that are down, by their number, in CSS pixels. @type {Map<number, {x: number, y: number}>} */
const down = new Map();
/** The rest of a gesture, less than one cell or one size. */
const rest = { x: 0, y: 0, turned: 0, spread: 0, isDrag: false };

/** @param {State} state @param {Net} net @param {Layout} layout @param {Actions} actions */
export function listening(state, net, layout, actions) {
  const ask = askingOf(state, net, actions);
  const { at } = state.look;
  /** @param {Found} found @param {boolean} byKeyboard */
  const explain = ({ side, row, col }, byKeyboard) => at && ask({ tensor: at[side], row, col }, byKeyboard);
  /** @type {Record<string, (event: any) => unknown>} */
  const heard = {
    mousedown: (event) => cellAt(event.target) && event.preventDefault(), // no text is selected, and the focus stays
    pointerdown: press,
    pointermove: (event) => (down.has(event.pointerId) ? drag(event, layout, actions) : point(event, state, actions)),
    pointerup: lift,
    pointercancel: lift,
    pointerleave: () => actions.network.showCell(null),
    click: (event) => {
      const found = cellAt(event.target);
      if (!found || rest.isDrag) return;
      actions.look.moveTo(found, found.side);
      if (event.pointerType !== "touch") explain(found, event.detail === 0);
    },
    keydown: (event) => key(event, state, layout, { actions, explain }),
  };
  return {
    onEvent: (/** @type {Event} */ event) => heard[event.type]?.(event),
    onWheel: { handleEvent: (/** @type {WheelEvent} */ event) => wheel(event, layout, actions), passive: false },
  };
}

/** @param {EventTarget | null} target @returns {Found | null} */
function cellAt(target) {
  const cell = target instanceof Element ? target.closest(".look [role=gridcell]") : null;
  const side = cell?.closest("[data-side]")?.getAttribute("data-side");
  if (!cell || (side !== "forward" && side !== "backward")) return null;
  const row = Number(cell.parentElement?.ariaRowIndex) - 1;
  return { side, row, col: Number(cell.ariaColIndex) - 1 };
}

/** @param {PointerEvent} event */
function press({ pointerId, clientX, clientY, button, target }) {
  if (button !== 0 || !cellAt(target)) return;
  down.set(pointerId, { x: clientX, y: clientY });
  Object.assign(rest, { x: 0, y: 0, spread: spread(), isDrag: false });
}

/** @param {PointerEvent} event */
function lift({ pointerId }) {
  down.delete(pointerId);
  rest.spread = 0;
}

/** Distance of two fingers; 0 with one. */
function spread() {
  const [one, other] = [...down.values()];
  return other ? Math.hypot(one.x - other.x, one.y - other.y) : 0;
}

/** @param {PointerEvent} event @param {Layout} layout @param {Actions} actions */
function drag(event, { across, down: height }, actions) {
  const { pointerId, clientX, clientY, buttons, pointerType } = event;
  const before = down.get(pointerId);
  if (!before || (pointerType === "mouse" && buttons === 0)) return lift(event); // it was let go outside
  down.set(pointerId, { x: clientX, y: clientY });
  if (down.size > 1) return pinch(actions);
  rest.x += before.x - clientX;
  rest.y += before.y - clientY;
  if (!rest.isDrag && Math.hypot(rest.x, rest.y) < DRAG) return;
  if (!rest.isDrag) /** @type {Element} */ (event.currentTarget ?? event.target).setPointerCapture?.(pointerId);
  rest.isDrag = true;
  const [rows, columns] = [Math.trunc(rest.y / height), Math.trunc(rest.x / across)];
  rest.x -= columns * across;
  rest.y -= rows * height;
  if (rows || columns) actions.look.pan(rows, columns);
}

/** @param {Actions} actions */
function pinch(actions) {
  const now = spread();
  rest.isDrag = true;
  if (rest.spread === 0) rest.spread = now;
  const ratio = now / rest.spread;
  if (ratio < PINCH && ratio > 1 / PINCH) return;
  rest.spread = now;
  actions.look.zoomBy(ratio > 1 ? 1 : -1);
}

/** The cell under the mouse is read. @param {PointerEvent} event @param {State} state @param {Actions} actions */
function point({ target, pointerType }, { look: { at }, network: { cell } }, actions) {
  if (pointerType === "touch" || !at) return;
  const found = cellAt(target);
  const next = found && { tensor: at[found.side], row: found.row, col: found.col };
  if (next?.tensor !== cell?.tensor || next?.row !== cell?.row || next?.col !== cell?.col)
    actions.network.showCell(next);
}

/** With Ctrl the size of cells, else what is shown. @param {WheelEvent} event @param {Layout} layout @param {Actions} actions */
function wheel(event, { across, down: height }, actions) {
  const found = cellAt(event.target);
  if (!found && !event.ctrlKey) return;
  event.preventDefault();
  if (event.ctrlKey) {
    rest.turned += event.deltaY;
    if (Math.abs(rest.turned) < PER_SIZE) return;
    actions.look.zoomBy(rest.turned > 0 ? -1 : 1, found?.col);
    rest.turned = 0;
    return;
  }
  const [x, y] = event.shiftKey && event.deltaX === 0 ? [event.deltaY, 0] : [event.deltaX, event.deltaY];
  rest.x += x;
  rest.y += y;
  const [rows, columns] = [Math.trunc(rest.y / height), Math.trunc(rest.x / across)];
  rest.x -= columns * across;
  rest.y -= rows * height;
  if (rows || columns) actions.look.pan(rows, columns);
}

/**
 * @param {KeyboardEvent} event
 * @param {State} state
 * @param {Layout} layout
 * @param {{actions: Actions, explain: (found: Found, byKeyboard: boolean) => unknown}} outside
 */
function key(event, { look: { at } }, { shape, rows }, { actions, explain }) {
  if (!at || !cellAt(event.target)) return;
  if (event.key === "Enter" && !event.repeat) {
    event.preventDefault();
    explain(at, true);
  }
  const place = moved({ row: at.row, col: at.col, extent: shape }, event, rows);
  if (!place) return;
  event.preventDefault();
  actions.look.moveTo(place);
}
