/** Labels and sentences of the gradient flow, and the format of its numbers. */

import { placeTitle } from "../tensors/names.js";
import { percent as asPercent } from "../ui/format.js";
import { formatNumber } from "../ui/number.js";

/** @import { GradientFlow } from "../api.d.ts" */
/** @import { Axis } from "./axes.js" */
/** @typedef {Axis & {label: string, unit: string, percent: boolean}} Quantity */

/** Quantities of each layer, by Python's names. @type {Record<string, Quantity>} */
export const QUANTITIES = {
  grad_norm: quantity("Gradient norm ‖∂L/∂W‖", "loss per unit of weight", { log: true }),
  weight_norm: quantity("Weight norm ‖W‖", "units of weight", { log: true }),
  update_ratio: quantity("Relative update size ‖ΔW‖ / ‖W‖", "norm of the update / norm of the weights", {
    log: true,
    mark: 1e-3,
  }),
  flat: quantity("Slopes near zero", "share of units × samples", { range: [0, 1], percent: true }),
  dead: quantity("Dead units", "share of units", { range: [0, 1], percent: true }),
  cosine: quantity("Similarity to the previous gradient (cosine)", "1 = same direction", { range: [-1, 1] }),
};

/**
 * @param {string} label
 * @param {string} unit
 * @param {Partial<Quantity>} axis
 * @returns {Quantity}
 */
function quantity(label, unit, axis) {
  return { label, unit, log: false, range: null, mark: null, percent: false, ...axis };
}

/** @param {number} value @param {Quantity} quantity */
export function quantityText(value, { percent }) {
  if (Number.isNaN(value)) return "–";
  if (percent) return asPercent(value);
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(2) : formatNumber(value, 3);
}

/** @param {GradientFlow} flow @param {number} k */
export const layerName = ({ layers }, k) => placeTitle(layers[k], layers.filter((name) => name !== "embedding").length);

/**
 * Return one quantity of one layer over the steps.
 * @param {GradientFlow} flow
 * @param {string} name
 * @param {number} k
 */
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
