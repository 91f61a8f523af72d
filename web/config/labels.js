/** Labels of the choices in configuration forms. */

export const LOSSES = { cross_entropy: "Cross-entropy", mse: "MSE" };

export const ACTIVATIONS = {
  gelu: "GELU (tanh formula)",
  gelu_exact: "GELU (erf, exact)",
  relu: "ReLU",
  tanh: "tanh",
  sigmoid: "Sigmoid",
  silu: "SiLU",
  identity: "Identity (none)",
};

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
