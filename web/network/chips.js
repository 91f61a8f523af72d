/** Places of the chips that stand for operands out of sight: at the edge beyond which each lies. */

/** @import { Rect } from "./threads.js" */
/** @typedef {{x: number, y: number, arrow: "↑" | "↓" | "←" | "→"}} Place */

/** Height of a chip, half of its width at most, and its distance from an edge. CSS pixels. */
const [HEIGHT, HALF, INSET] = [24, 84, 4];

/** The part of the page in which an operand can be seen: of its column, its window, and what sticks to the edges of a phone. @param {Element} element @returns {Rect} */
export function roomOf(element) {
  const around = [element.closest(".network-body"), element.closest(".plot.window")];
  const sticky = getComputedStyle(document.documentElement);
  const [above, below] = [sticky.scrollPaddingTop, sticky.scrollPaddingBottom].map(
    (size) => Number.parseFloat(size) || 0,
  );
  const window = { left: 0, top: above, right: innerWidth, bottom: innerHeight - below };
  return around
    .flatMap((one) => (one ? [one.getBoundingClientRect()] : []))
    .reduce(
      (all, { left, top, right, bottom }) => ({
        left: Math.max(all.left, left),
        top: Math.max(all.top, top),
        right: Math.min(all.right, right),
        bottom: Math.min(all.bottom, bottom),
      }),
      window,
    );
}

/** Where a chip stands; null if the operand is in sight. @param {Rect} operand @param {Rect} room @returns {Place | null} */
export function placeOf(operand, room) {
  const [x, y] = [(operand.left + operand.right) / 2, (operand.top + operand.bottom) / 2];
  const clamp = (/** @type {number} */ value, /** @type {number} */ low, /** @type {number} */ high) =>
    Math.max(low, Math.min(high, value));
  const place = {
    x: clamp(x, room.left + HALF, Math.max(room.left + HALF, room.right - HALF)),
    y: clamp(y, room.top + INSET, Math.max(room.top + INSET, room.bottom - HEIGHT - INSET)),
  };
  if (operand.bottom <= room.top) return { ...place, arrow: "↑" };
  if (operand.top >= room.bottom) return { ...place, arrow: "↓" };
  if (operand.right <= room.left) return { ...place, arrow: "←" };
  return operand.left >= room.right ? { ...place, arrow: "→" } : null;
}

/** Move chips apart: each stands clear of those before it. @param {Place[]} places @returns {Place[]} */
export function apart(places) {
  /** @type {Place[]} */
  const found = [];
  for (const place of places) {
    const next = { ...place };
    const down = place.arrow === "↓" ? -1 : 1;
    while (found.some(({ x, y }) => Math.abs(x - next.x) < 2 * HALF && Math.abs(y - next.y) < HEIGHT))
      next.y += down * (HEIGHT + INSET);
    found.push(next);
  }
  return found;
}
