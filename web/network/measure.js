/** Widths of captions, measured once for each text and set of loaded fonts. */

/** @import { Piece } from "./captions.js" */

/** Fonts of the pieces of a caption, as in network.css. @type {Record<Piece["style"], string>} */
const FONTS = {
  plain: '450 10.5px "Inter", system-ui, sans-serif',
  bold: '600 11.5px "Inter", system-ui, sans-serif',
  italic: 'italic 11.8px "STIX Two Math", "Cambria Math", "Latin Modern Math", Georgia, "Times New Roman", serif',
};

/** @type {Map<string, number>} */
const known = new Map();
let fonts = -1;
/** @type {CanvasRenderingContext2D | null} */
let context = null;

/** @param {number} loaded sets of fonts @returns {(piece: Piece) => number} */
export function measuring(loaded) {
  if (loaded !== fonts) known.clear();
  fonts = loaded;
  return ({ text, style }) => {
    const key = `${style}:${text}`;
    const width = known.get(key) ?? measured(text, FONTS[style]);
    known.set(key, width);
    return width;
  };
}

/** @param {string} text @param {string} font */
function measured(text, font) {
  context ??= document.createElement("canvas").getContext("2d");
  if (!context) return 7 * text.length;
  context.font = font;
  return context.measureText(text).width;
}
