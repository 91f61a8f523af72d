/** Place of a menu: below its opener or beside an item, within the window. */

/** Distance from the window's edges, in pixels. */
const EDGE = 8;
const GAP = 4;

/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */
/** @typedef {{width: number, height: number}} Size */

/**
 * Return the corner of a menu below its opener; above it, where there is no room below.
 * @param {Box} opener @param {Size} menu @param {Size} view @param {"start" | "end"} align
 */
export function below(opener, menu, view, align) {
  const under = opener.bottom + GAP;
  const over = opener.top - GAP - menu.height;
  const top = under + menu.height + EDGE > view.height && over >= EDGE ? over : under;
  const left = align === "end" ? opener.right - menu.width : opener.left;
  return within({ left, top }, menu, view);
}

/**
 * Return the corner of a submenu: at the right of its item, at the left where there is no room, else over both.
 * @param {Box} item @param {Size} menu @param {Size} view
 */
export function beside(item, menu, view) {
  const fits = item.right + menu.width + EDGE <= view.width;
  const left = fits ? item.right : item.left - menu.width;
  return within({ left, top: item.top - GAP }, menu, view);
}

/** @param {{left: number, top: number}} corner @param {Size} menu @param {Size} view */
function within({ left, top }, menu, view) {
  const clamp = (/** @type {number} */ value, /** @type {number} */ last) =>
    Math.max(EDGE, Math.min(value, last - EDGE));
  return { left: clamp(left, view.width - menu.width), top: clamp(top, view.height - menu.height) };
}
