/** Labels of marks along the upper edge of a plot, without overlaps. */

/** @import { Box, Shape } from "./shapes.js" */
/** Text that begins or, with `end`, ends at x; y is its baseline. Pixels. @typedef {{x: number, y: number, text: string, end: boolean}} Label */

/** Approximate width of a letter and height of a line. Pixels. */
const LETTER = 5.8;
const LINE = 11;
const GAP = 5;
/** Maximum number of lines; overlapping labels move to the next one. */
const LINES = 3;

/** The font of labels, as CSS and SVG write it. */
export const LABEL_SIZE = 10;

/**
 * Place the labels of shapes; labels without room are removed.
 * @param {Shape[]} shapes @param {Box} box @returns {Shape[]}
 */
export function labelled(shapes, { left, top, width }) {
  /** Occupied ranges of each line. @type {[number, number][][]} */
  const taken = Array.from({ length: LINES }, () => []);
  return shapes.map((shape) => {
    if (!shape.label) return shape;
    const { x, text } = shape.label;
    const length = text.length * LETTER;
    const end = x + GAP + length > left + width;
    const [from, to] = end ? [x - GAP - length, x - GAP] : [x + GAP, x + GAP + length];
    const line = taken.findIndex((others) => others.every(([begun, ended]) => to < begun || from > ended));
    if (line < 0 || from < left) return { ...shape, label: null };
    taken[line].push([from, to]);
    return { ...shape, label: { x: end ? to : from, y: top + LINE * (line + 1) - 2, text, end } };
  });
}
