/** Activation functions for drawing; the numbers on the page come from Python (activations.py). */

/** @import { ActivationName } from "../api.d.ts" */

/** @param {number} z */
const sigmoid = (z) => 1 / (1 + Math.exp(-z));

/** Off by at most 1.5e-7 (Abramowitz & Stegun 1964, eq. 7.1.26). @param {number} x */
function erf(x) {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const polynomial = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(x) * (1 - polynomial * Math.exp(-x * x));
}

/** @type {Record<ActivationName, (z: number) => number>} */
export const ACTIVATIONS = {
  gelu: (z) => 0.5 * z * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3))),
  gelu_exact: (z) => 0.5 * z * (1 + erf(z / Math.SQRT2)),
  relu: (z) => Math.max(0, z),
  tanh: Math.tanh,
  sigmoid,
  silu: (z) => z * sigmoid(z),
  identity: (z) => z,
};
