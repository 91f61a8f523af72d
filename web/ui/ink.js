/** The colours and the font of drawings on a canvas, read from the page's style. */

import { COLORS } from "./line_style.js";

/**
 * @typedef {object} Ink
 * @property {string} ink
 * @property {string} muted
 * @property {string} faint
 * @property {string} grid
 * @property {string} surface
 * @property {string[]} lines  of runs or layers
 * @property {string[]} names  of the same as text, which needs more contrast
 * @property {string} font     a list of families
 */

/** Inks by the colour and the font of text, which differ between themes. @type {Map<string, Ink>} */
const known = new Map();

/** @param {Element} place  in the page @returns {Ink} */
export function inkOf(place) {
  const { color, fontFamily } = getComputedStyle(place);
  const key = `${color} ${fontFamily}`;
  const ink = known.get(key) ?? readInk(place);
  known.set(key, ink);
  return ink;
}

/** @param {Element} place @returns {Ink} */
function readInk(place) {
  const probe = document.createElement("i");
  probe.style.forcedColorAdjust = "none"; // data keep their colours, and text its contrast with the surface around it
  place.append(probe);
  const style = getComputedStyle(probe);
  const read = (/** @type {string} */ color) => {
    probe.style.color = color;
    return style.color;
  };
  const numbers = Array.from({ length: COLORS }, (_, number) => number);
  const ink = {
    ink: read("var(--ink)"),
    muted: read("var(--muted)"),
    faint: read("var(--faint)"),
    grid: read("var(--line)"),
    surface: read("var(--surface)"),
    lines: numbers.map((number) => read(`var(--line-${number})`)),
    names: numbers.map((number) => read(`color-mix(in srgb, var(--line-${number}) 72%, var(--ink))`)),
    font: style.fontFamily,
  };
  probe.remove();
  return ink;
}
