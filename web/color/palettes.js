/**
 * Palettes: two colour tables for each theme, one per column of the page.
 *
 * A table has 256 pixels. Entry 0 is the colour of NaN and infinities; entries 1 … 255 are the ramp, from the lowest value to
 * the highest, and 128 is its exact middle. In a diverging table the middle is zero.
 * In the default palette zero has the colour of the surface, and lightness runs from there one way along each arm (arms.js).
 * In the one about grey it runs one way from end to end, so that order survives greyscale printing.
 */

import { ARMS } from "./arms.js";
import { lab, lch, mix, pixel } from "./oklab.js";

/** @import { Lab } from "./oklab.js" */
/** @typedef {"light" | "dark"} Theme */
/** @typedef {{forward: Uint32Array, backward: Uint32Array}} Pair a table for each column */
/**
 * @typedef {object} Palette
 * @property {string} label what the menu says
 * @property {boolean} diverging whether the table's middle is zero
 * @property {Pair} light
 * @property {Pair} dark
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
const WHITE = lch(1, 0, 0);

/**
 * Straight lines in OKLab between stops that are evenly spaced along each arm, from zero to its end.
 * @param {{negative: string[], positive: string[]}} arms
 * @param {Lab} notFinite
 */
function stopped({ negative, positive }, notFinite) {
  const arms = [negative, positive].map((stops) => stops.map(lab));
  const table = new Uint32Array(256);
  table[NOT_FINITE] = pixel(notFinite);
  for (let i = FIRST; i <= LAST; i++) {
    const stops = arms[Number(i >= MIDDLE)];
    const at = (Math.abs(i - MIDDLE) / (LAST - MIDDLE)) * (stops.length - 1);
    const below = Math.min(Math.floor(at), stops.length - 2);
    table[i] = pixel(mix(stops[below], stops[below + 1], at - below));
  }
  return table;
}

/** @param {Theme} theme @param {Lab} notFinite @returns {Pair} */
const fromSurface = (theme, notFinite) => ({
  forward: stopped(ARMS[theme].forward, notFinite),
  backward: stopped(ARMS[theme].backward, notFinite),
});

/** The same tables in both themes. @param {Uint32Array} forward @param {Uint32Array} backward */
const always = (forward, backward) => ({ light: { forward, backward }, dark: { forward, backward } });

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
  seed_surface: {
    label: "Default",
    diverging: true,
    light: fromSurface("light", BLACK),
    dark: fromSurface("dark", WHITE),
  },
  blue_orange: {
    label: "Blue – grey – orange",
    diverging: true,
    ...always(
      diverging(arm(0.24, 0.085, 262, 0.13), arm(0.93, 0.085, 82, 0.12)),
      diverging(arm(0.95, 0.035, 228, 0.1), arm(0.26, 0.072, 49, 0.12)),
    ),
  },
  // The primaries of sRGB, whose neighbouring sixteenths are as little as ΔE 2.5 apart (yellow → red, deutan) and 3.8 (blue → green, tritan):
  // offered because they are the seed's, not because they read well.
  seed_plain: {
    label: "Plain ramps: blue → green, yellow → red",
    diverging: false,
    ...always(
      plain(lch(0.452, 0.3132, 264.05), lch(0.8664, 0.2948, 142.5)),
      plain(lch(0.968, 0.211, 109.77), lch(0.628, 0.2577, 29.23)),
    ),
  },
};

/** Tables of a palette in a theme; of the default palette where the name is unknown. @param {string} name @param {Theme} theme @returns {Pair & {diverging: boolean}} */
export function tablesOf(name, theme) {
  const { diverging, [theme]: pair } = PALETTES[name] ?? Object.values(PALETTES)[0];
  return { ...pair, diverging };
}
