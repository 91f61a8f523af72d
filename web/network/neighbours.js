/** Matrices next to one another at their places of the plan. */

/** @import { Box, Plan } from "./geometry.js" */
/** @typedef {"ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown"} Arrow */

/** Matrices in a direction, nearest first; those beside the present one before others. @param {Plan} plan @param {string} name @param {Arrow} key */
export function neighbours({ boxes }, name, key) {
  const isAcross = key === "ArrowLeft" || key === "ArrowRight";
  const isAhead = key === "ArrowRight" || key === "ArrowDown";
  const along = (/** @type {Box} */ { x, y, width, height }) => (isAcross ? [x, x + width] : [y, y + height]);
  const aside = (/** @type {Box} */ { x, y, width, height }) => (isAcross ? [y, y + height] : [x, x + width]);
  const here = boxes.get(name);
  if (!here) return [];
  const distance = (/** @type {Box} */ box) =>
    isAhead ? along(box)[0] - along(here)[1] : along(here)[0] - along(box)[1];
  const apart = (/** @type {Box} */ box) => Math.max(0, aside(box)[0] - aside(here)[1], aside(here)[0] - aside(box)[1]);
  return [...boxes]
    .filter(([one, box]) => one !== name && distance(box) >= 0)
    .sort(([, a], [, b]) => apart(a) - apart(b) || distance(a) - distance(b))
    .map(([one]) => one);
}
