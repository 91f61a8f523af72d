/**
 * OKLab: a colour space in which equal distances look about equal.
 * Source: Björn Ottosson, "A perceptual color space for image processing" (2020). L is lightness, 0 … 1; a and b are opponent hues, 0 for a grey.
 */

/** @typedef {[number, number, number]} Lab */

/**
 * A colour by lightness, chroma and hue.
 * @param {number} lightness 0 … 1
 * @param {number} chroma 0 for a grey, up to about 0.3 on a screen
 * @param {number} hue degrees: about 29 red, 110 yellow, 142 green, 264 blue
 * @returns {Lab}
 */
export function lch(lightness, chroma, hue) {
  const angle = (hue * Math.PI) / 180;
  return [lightness, chroma * Math.cos(angle), chroma * Math.sin(angle)];
}

/**
 * The colour `t` of the way from one to another, along a straight line.
 * @param {Lab} from
 * @param {Lab} to
 * @param {number} t 0 … 1
 * @returns {Lab}
 */
export function mix(from, to, t) {
  return [from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t, from[2] + (to[2] - from[2]) * t];
}

/**
 * One opaque pixel as canvas memory holds it: red in the lowest byte (every engine that runs WebAssembly is little-endian).
 * @param {Lab} lab
 * @returns {number} an unsigned 32-bit integer
 */
export function pixel(lab) {
  const [r, g, b] = linear(lab).map(encode);
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

/** The inverse of `pixel`. @param {string} hex such as "#7b3aff" @returns {Lab} */
export function lab(hex) {
  const [r, g, b] = [1, 3, 5].map((at) => light(Number.parseInt(hex.slice(at, at + 2), 16) / 255));
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** @param {Lab} lab @returns {Lab} linear-light red, green, blue; outside 0 … 1 where a screen cannot show the colour */
function linear([L, a, b]) {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

/** @param {number} light linear, clipped to 0 … 1 @returns {number} an sRGB byte (IEC 61966-2-1) */
function encode(light) {
  const x = Math.min(1, Math.max(0, light));
  return Math.round(255 * (x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055));
}

/** @param {number} x sRGB, 0 … 1 @returns {number} linear light */
export const light = (x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
