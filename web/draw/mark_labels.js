/** Labels of marks along the upper edge of a plot: none over another, and none beyond the edges. */

/** @typedef {import("./chart.js").Shape} Shape */
/** Text that begins or, with `end`, ends at x; y is its baseline. Pixels. @typedef {{x: number, y: number, text: string, end: boolean}} Label */

/** Of a letter, about; and of a line. Pixels. */
const LETTER = 5.8;
const LINE = 11;
const GAP = 5;
/** Labels that would stand over others go into the next line, as long as there is one. */
const LINES = 3;

/** The font of labels, as CSS and SVG write it. */
export const LABEL_SIZE = 10;

/**
 * Shapes with their labels put into their places; those for which there is no room are left out.
 * @param {Shape[]} shapes @param {import("./chart.js").Box} box @returns {Shape[]}
 */
export function labelled(shapes, { left, top, width }) {
  /** How far each line is taken. @type {[number, number][][]} */
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
