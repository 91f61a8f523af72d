/** The gradient flow in words: what is measured, and how its numbers are written. */

import { shown } from "./draw/number.js";
import { placeTitle } from "./draw/tensor.js";

/** @typedef {import("./api.d.ts").GradientFlow} GradientFlow */
/** @typedef {import("./draw/lines.js").Axis} Axis */
/** @typedef {Axis & {label: string, unit: string, percent: boolean}} Quantity */

/** What is drawn of each layer, under Python's names. @type {Record<string, Quantity>} */
export const QUANTITIES = {
  grad_norm: quantity("‖∂L/∂W‖, the gradient", "loss per unit of weight", { log: true }),
  weight_norm: quantity("‖W‖, the weights", "units of weight", { log: true }),
  update_ratio: quantity("‖ΔW‖ / ‖W‖, the update by the weights", "ratio, about 1e-3 is usual", {
    log: true,
    mark: 1e-3,
  }),
  flat: quantity("Slopes near zero", "share of units × samples", { range: [0, 1], percent: true }),
  dead: quantity("Dead units", "share of units", { range: [0, 1], percent: true }),
  cosine: quantity("Cosine with the gradient before", "1: the same direction", { range: [-1, 1] }),
};

/** @param {string} label @param {string} unit @param {Partial<Quantity>} axis @returns {Quantity} */
function quantity(label, unit, axis) {
  return { label, unit, log: false, range: null, mark: null, percent: false, ...axis };
}

/** @param {number} value @param {Quantity} quantity */
export function written(value, { percent }) {
  if (Number.isNaN(value)) return "–";
  if (percent) return `${shown(100 * value, 3)}%`;
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(2) : shown(value, 3);
}

/** @param {GradientFlow} flow @param {number} k */
export const layerName = ({ layers }, k) => placeTitle(layers[k], layers.filter((name) => name !== "embedding").length);

/** One quantity of one layer over the steps. @param {GradientFlow} flow @param {string} name @param {number} k */
export function column({ quantities, layers, values, steps }, name, k) {
  const [width, at] = [quantities.length, quantities.indexOf(name)];
  return Float64Array.from(steps, (_, i) => values[(i * layers.length + k) * width + at]);
}

/** @param {GradientFlow} flow @param {string} name @returns {number[]} one for each layer, of the last pass */
export const current = ({ quantities, layers, now }, name) =>
  layers.map((_, k) => now[k * quantities.length + quantities.indexOf(name)]);

/** "2 warnings" @param {GradientFlow["warnings"]} warnings */
export const headline = (warnings) =>
  warnings.length === 0 ? "No warnings." : warnings.length === 1 ? "1 warning:" : `${warnings.length} warnings:`;
