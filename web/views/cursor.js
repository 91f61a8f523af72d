/**
 * Which cell is pointed at, by mouse, touch or keyboard. The element around all heatmaps hears for each of them, through one listener.
 * A canvas has a pixel per cell, so its `width` and `height` are its columns and rows.
 */

/** @typedef {{tensor: string, row: number, col: number}} Cell */
/** @typedef {(cell: Cell | null) => void} Show */
/** @typedef {{show_cell: Show, ask: (cell: Cell, byKeyboard: boolean) => void}} Listener */

/** Rows that Page Up and Page Down skip. */
const PAGE = 10;

/** Where the cursor last stood in each matrix: two keys may be pressed before the next frame is drawn. @type {WeakMap<HTMLCanvasElement, Cell>} */
const places = new WeakMap();

/**
 * @param {Listener} listener
 * @returns {(event: Event) => void} for pointermove, pointerdown, pointerout, click, keydown, focusin and focusout
 */
export function cursor({ show_cell: show, ask }) {
  return (event) => {
    const canvas = heatmapUnder(event.target);
    if (asks(event)) question(event, canvas, ask);
    else if (event instanceof KeyboardEvent) press(event, canvas, show);
    else if (event instanceof PointerEvent) point(event, canvas, show);
    else if (event.type === "focusout") show(null);
    else if (canvas?.matches(":focus-visible")) stand(canvas, placeIn(canvas), show);
  };
}

/** @param {HTMLCanvasElement} canvas @param {Cell} cell @param {Show} show */
function stand(canvas, cell, show) {
  places.set(canvas, cell);
  show(cell);
}

/** @param {Event} event @returns {boolean} whether it asks why a number is what it is */
function asks(event) {
  return event.type === "click" || (event instanceof KeyboardEvent && event.key === "Enter" && !event.repeat);
}

/** @param {Event} event @param {HTMLCanvasElement | null} canvas @param {Listener["ask"]} ask */
function question(event, canvas, ask) {
  if (!canvas) return;
  event.preventDefault();
  // A click without a pointer comes from a screen reader.
  const byPointer = event instanceof MouseEvent && event.detail > 0;
  ask(byPointer ? cellAt(canvas, event) : placeIn(canvas), !byPointer);
}

/** @param {KeyboardEvent} event @param {HTMLCanvasElement | null} canvas @param {Show} show */
function press(event, canvas, show) {
  if (event.key === "Escape") return show(null);
  const cell = canvas && moved(placeIn(canvas), event, canvas);
  if (!cell) return;
  event.preventDefault(); // the arrows would scroll the page
  stand(canvas, cell, show);
}

/** @param {PointerEvent} event @param {HTMLCanvasElement | null} canvas @param {Show} show */
function point(event, canvas, show) {
  if (event.type === "pointerout") leave(event, show);
  else if (canvas) stand(canvas, cellAt(canvas, event), show);
  else if (event.type === "pointerdown") show(null);
}

/** The mouse has left a matrix: back to the cell that the keyboard holds, if any. A finger leaves what it touched. @param {PointerEvent} event @param {Show} show */
function leave(event, show) {
  if (event.pointerType !== "mouse" || !heatmapUnder(event.target)) return;
  const held = heatmapUnder(document.activeElement);
  show(held?.matches(":focus-visible") ? placeIn(held) : null);
}

/** @param {EventTarget | null} target @returns {HTMLCanvasElement | null} */
function heatmapUnder(target) {
  return target instanceof HTMLCanvasElement && target.dataset.tensor ? target : null;
}

/** @param {HTMLCanvasElement} canvas @returns {Cell} inside the matrix, whose shape may have changed meanwhile */
function placeIn(canvas) {
  const tensor = canvas.dataset.tensor ?? "";
  const last = places.get(canvas);
  return within(canvas, { tensor, row: last?.row ?? 0, col: last?.col ?? 0 });
}

/** @param {HTMLCanvasElement} canvas @param {MouseEvent} event @returns {Cell} */
function cellAt(canvas, event) {
  const box = canvas.getBoundingClientRect();
  const row = Math.floor(((event.clientY - box.top) / box.height) * canvas.height);
  const col = Math.floor(((event.clientX - box.left) / box.width) * canvas.width);
  return within(canvas, { tensor: canvas.dataset.tensor ?? "", row, col });
}

/** @param {HTMLCanvasElement} canvas @param {Cell} cell @returns {Cell} */
function within({ width, height }, { tensor, row, col }) {
  return { tensor, row: Math.max(0, Math.min(height - 1, row)), col: Math.max(0, Math.min(width - 1, col)) };
}

/** Keys of a grid, as ARIA's authoring practices have them. @param {Cell} cell @param {KeyboardEvent} event @param {HTMLCanvasElement} canvas @returns {Cell | null} */
function moved({ tensor, row, col }, { key, ctrlKey, altKey, metaKey }, canvas) {
  if (altKey || metaKey) return null;
  const { width, height } = canvas;
  /** @type {Record<string, [number, number]>} */
  const targets = {
    ArrowUp: [row - 1, col],
    ArrowDown: [row + 1, col],
    ArrowLeft: [row, col - 1],
    ArrowRight: [row, col + 1],
    PageUp: [row - PAGE, col],
    PageDown: [row + PAGE, col],
    Home: ctrlKey ? [0, 0] : [row, 0],
    End: ctrlKey ? [height - 1, width - 1] : [row, width - 1],
  };
  const next = targets[key];
  return next ? within(canvas, { tensor, row: next[0], col: next[1] }) : null;
}
