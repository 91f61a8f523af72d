/** Histograms of all tensors at once, small: bins, and the outline of their bars. */

import { parts } from "../tensors/names.js";

/** @import { Tensor } from "../api.d.ts" */

/** Size of the picture in bins and rows. */
export const SMALL = { width: 24, height: 12 };
/** Values that are counted of a larger tensor, evenly spread. */
const COUNTED = 4096;
/** Time during which pictures stay as they are, while they change at each frame. Milliseconds. */
const EVERY = 250;

/** @type {Record<string, string>} */
const SYMBOLS = { weights: "W", biases: "b", pre_activations: "z", activations: "a", inputs: "x" };
/** @type {Record<string, string>} */
const VECTORS = { velocity: "v", first_moment: "m", second_moment: "v" };

/** A tensor in a few letters: "W 1", "∂L/∂z 2", "m of W 1". @param {string} name */
export function symbolOf(name) {
  const { layer, kind, gradient, vector } = parts(name);
  const symbol = `${gradient ? "∂L/∂" : ""}${SYMBOLS[kind] ?? kind}${layer === null ? "" : ` ${layer + 1}`}`;
  return vector ? `${VECTORS[vector]} of ${symbol}` : symbol;
}

/** Share of the values in each bin between the least and the largest; empty if none is finite. @param {ArrayLike<number>} data */
export function binsOf(data) {
  const stride = Math.max(1, Math.floor(data.length / COUNTED));
  const values = [];
  for (let i = 0; i < data.length; i += stride) if (Number.isFinite(data[i])) values.push(data[i]);
  if (values.length === 0) return [];
  let [low, high] = [values[0], values[0]];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const counts = new Array(SMALL.width).fill(0);
  const half = high / 2 - low / 2 || 1; // the distance itself may be beyond float64
  for (const value of values) {
    const at = low === high ? 0.5 : (value / 2 - low / 2) / half;
    counts[Math.min(SMALL.width - 1, Math.floor(at * SMALL.width))] += 1;
  }
  return counts.map((count) => count / values.length);
}

/** The outline of bars as high as their share of the fullest. @param {number[]} bins @returns {string} an SVG path */
export function outline(bins) {
  const fullest = Math.max(...bins, 0) || 1;
  const tops = bins.map((share) => (SMALL.height * (1 - share / fullest)).toFixed(1));
  return bins.length ? `M0 ${SMALL.height}${tops.map((top) => `V${top}h1`).join("")}V${SMALL.height}Z` : "";
}

/** @type {{at: number, tensors: Tensor[], paths: Map<string, string>}} */
let latest = { at: Number.NEGATIVE_INFINITY, tensors: [], paths: new Map() };

/**
 * Outlines by tensor, computed again at most four times a second; at once where the tensors are others.
 * @param {Tensor[]} tensors
 * @param {boolean} playing  then the next frame comes soon
 * @param {number} now  milliseconds
 */
export function outlines(tensors, playing, now) {
  const isSame = tensors.length === latest.tensors.length && tensors.every((tensor, i) => tensor === latest.tensors[i]);
  const isKnown = tensors.every(({ name }) => latest.paths.has(name));
  if (isSame || (playing && isKnown && now - latest.at < EVERY)) return latest.paths;
  latest = { at: now, tensors, paths: new Map(tensors.map(({ name, data }) => [name, outline(binsOf(data))])) };
  return latest.paths;
}
