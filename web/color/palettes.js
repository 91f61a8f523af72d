/**
 * Palettes: two colour tables each, one per column of the page.
 *
 * A table has 256 pixels. Entry 0 is the colour of NaN and infinities; entries 1 … 255 are the ramp, from the lowest value to
 * the highest, and 128 is its exact middle. In a diverging table the middle is zero, a neutral grey, and lightness runs one way from end to
 * end: order survives every colour-vision deficiency and greyscale printing, and the sign is the side of the grey.
 * Sixteen steps of such a table lie at least 5 apart (CIE76 ΔE) for normal and for protan, deutan and tritan vision.
 */

import { lch, mix, pixel } from "./oklab.js";

/** @import { Lab } from "./oklab.js" */
/**
 * @typedef {object} Palette
 * @property {string} label what the menu says
 * @property {boolean} diverging whether the table's middle is zero
 * @property {Uint32Array} forward
 * @property {Uint32Array} backward
 */

/** Entry of the table for NaN and infinities, and the ramp's first, middle and last. */
export const NOT_FINITE = 0;
export const FIRST = 1;
export const MIDDLE = 128;
export const LAST = 255;

/** #808080 */
const GREY = lch(0.6, 0, 0);
/** Both differ clearly from every colour of their ramps, for all four kinds of vision. */
const MAGENTA = lch(0.7017, 0.3225, 328.4);
const BLACK = lch(0, 0, 0);

/**
 * One side of a diverging ramp: from the grey to its end. Lightness runs in a straight line; chroma follows a curve (a quadratic
 * Bézier curve), because a screen shows more of it at middle lightness than at the ends, and so the sign is seen sooner.
 * @typedef {object} Arm
 * @property {Lab} end
 * @property {Lab} bend the curve's control point, half-way in lightness
 */

/**
 * @param {number} lightness
 * @param {number} chroma
 * @param {number} hue of the end
 * @param {number} vivid chroma of the bend
 * @returns {Arm}
 */
function arm(lightness, chroma, hue, vivid) {
  return { end: lch(lightness, chroma, hue), bend: lch((GREY[0] + lightness) / 2, vivid, hue) };
}

/** @param {Arm} negative @param {Arm} positive @returns {Uint32Array} */
function diverging(negative, positive) {
  const table = new Uint32Array(256);
  table[NOT_FINITE] = pixel(MAGENTA);
  for (let i = FIRST; i <= LAST; i++) {
    const t = (i - MIDDLE) / (LAST - MIDDLE);
    table[i] = pixel(along(t < 0 ? negative : positive, Math.abs(t)));
  }
  return table;
}

/** @param {Arm} arm @param {number} t 0 at the grey, 1 at the end @returns {Lab} */
function along({ end, bend }, t) {
  return mix(mix(GREY, bend, t), mix(bend, end, t), t);
}

/**
 * A sequential ramp: it shows neither zero nor sign.
 * @param {Lab} lowest @param {Lab} highest @returns {Uint32Array}
 */
function plain(lowest, highest) {
  const table = new Uint32Array(256);
  table[NOT_FINITE] = pixel(BLACK);
  for (let i = FIRST; i <= LAST; i++) table[i] = pixel(mix(lowest, highest, (i - FIRST) / (LAST - FIRST)));
  return table;
}

/** By name; the first is the default. @type {Record<string, Palette>} */
export const PALETTES = {
  seed_diverging: {
    label: "Blue – grey – green, yellow – grey – red",
    diverging: true,
    forward: diverging(arm(0.22, 0.13, 262, 0.15), arm(0.92, 0.16, 141, 0.12)),
    backward: diverging(arm(0.97, 0.15, 108, 0.14), arm(0.26, 0.098, 27, 0.16)),
  },
  blue_orange: {
    label: "Blue – grey – orange",
    diverging: true,
    forward: diverging(arm(0.24, 0.085, 262, 0.13), arm(0.93, 0.085, 82, 0.12)),
    backward: diverging(arm(0.95, 0.035, 228, 0.1), arm(0.26, 0.072, 49, 0.12)),
  },
  // The primaries of sRGB, whose neighbouring sixteenths are as little as ΔE 2.5 apart (yellow → red, deutan) and 3.8 (blue → green, tritan):
  // offered because they are the seed's, not because they read well.
  seed_plain: {
    label: "Plain ramps: blue → green, yellow → red",
    diverging: false,
    forward: plain(lch(0.452, 0.3132, 264.05), lch(0.8664, 0.2948, 142.5)),
    backward: plain(lch(0.968, 0.211, 109.77), lch(0.628, 0.2577, 29.23)),
  },
};
