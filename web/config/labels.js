/** Short names of the activations, in captions. */

/** @type {Record<string, string>} */
export const SHORT_ACTIVATIONS = {
  gelu: "GELU",
  gelu_exact: "GELU (erf)",
  relu: "ReLU",
  tanh: "tanh",
  sigmoid: "sigmoid",
  silu: "SiLU",
  identity: "identity",
};
