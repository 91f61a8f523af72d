/** Moves of “Look closely”: the keyboard's cell, what part is shown, and the size of cells. */

import { following, layoutOf, nextSize, within, zoomed } from "./geometry.js";
import { tensorOf } from "./state.js";

/** @import { Store } from "../page/store.js" */
/** @import { At } from "./state.js" */

/** @param {number} at @param {number} first @param {number} count */
const clamped = (at, first, count) => Math.max(first, Math.min(first + count - 1, at));

/** @param {Store} store @param {(changes: Partial<At>, hasKeyboard?: boolean) => void} change `hasKeyboard`: the focus goes to the cell */
export function createMoves(store, change) {
  /** Layout and cell, while there are any. */
  function now() {
    const state = store.get();
    const layout = layoutOf(state);
    const { at } = state.look;
    return layout && at && { layout, at };
  }

  /** The keyboard's cell stays among those that are shown. @param {number} top @param {number} left */
  function scrollTo(top, left) {
    const found = now();
    if (!found) return;
    const { at, layout } = found;
    const { rows, columns, shape } = layout;
    const first = { top: within(top, rows, shape[0]), left: within(left, columns, shape[1]) };
    const row = clamped(at.row, first.top, rows);
    const col = clamped(at.col, first.left, columns);
    const isMoved = row !== at.row || col !== at.col;
    change({ ...first, row, col }, isMoved && document.activeElement?.closest(".look [role=grid]") != null);
  }

  /** Show a cell in the middle. @param {number} row @param {number} col */
  function centre(row, col) {
    const layout = layoutOf(store.get());
    if (layout) scrollTo(row - Math.floor(layout.rows / 2), col - Math.floor(layout.columns / 2));
  }

  return {
    centre,
    /** Move the keyboard's cell; what is shown follows. @param {{row: number, col: number}} place @param {At["side"]} [side] */
    moveTo(place, side) {
      const found = now();
      if (!found) return;
      const { shape, rows, columns, top, left } = found.layout;
      const row = clamped(place.row, 0, shape[0]);
      const col = clamped(place.col, 0, shape[1]);
      const first = { top: following(top, rows, row), left: following(left, columns, col) };
      change({ row, col, ...first, side: side ?? found.at.side }, true);
    },
    /** To the same cell of the partner, if there is one. */
    swap() {
      const { look, network } = store.get();
      const side = look.at?.side === "forward" ? "backward" : "forward";
      if (look.at && tensorOf(network.net, look.at[side])) change({ side }, true);
    },
    /** @param {number} rows @param {number} columns */
    pan(rows, columns) {
      const layout = layoutOf(store.get());
      if (layout) scrollTo(layout.top + rows, layout.left + columns);
    },
    /** @param {number} direction @param {number} [col] the column that keeps its place */
    zoomBy(direction, col) {
      const found = now();
      if (!found) return;
      const { at, layout } = found;
      const size = nextSize(layout.size, direction);
      const left = zoomed({ first: layout.left, unit: col ?? at.col, before: layout.size + 1, after: size + 1 });
      change({ size });
      scrollTo(layout.top, left);
    },
    usualSize() {
      change({ size: null });
      const { at } = store.get().look;
      if (at) centre(at.row, at.col);
    },
  };
}
