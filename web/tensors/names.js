/**
 * Tensor names in words: "layers/0/grad_weights" is the gradient of layer 1's weights.
 * A name is a place ("layers/0", "embedding" or nothing) and a kind ("weights", "grad_weights", …).
 */

/** @import { StateVector, VectorWords } from "../api.d.ts" */
/** @typedef {{place: string, layer: number | null, kind: string, gradient: boolean, vector: StateVector | null}} Parts */

/** State vectors of the optimizers, as Python has declared them. @type {Record<StateVector, VectorWords>} */
export const STATE = {};
const REMEMBERED = /^(?!grad_)([a-z]\w*)_(weights|biases)$/;

/** Explainable values between the logits and their gradient, shown in no matrix. @type {Record<string, string>} */
const LOSS = { loss: "batch loss", sample_losses: "sample loss", probabilities: "probability", targets: "target" };

/** @param {Record<StateVector, VectorWords>} vectors */
export const learnVectors = (vectors) => Object.assign(STATE, vectors);

/** @param {string} name @returns {Parts} `layer` counts from 0; `kind` is without "grad_" and without the vector of the optimizer's state */
export function parts(name) {
  const slash = name.lastIndexOf("/");
  const place = name.slice(0, Math.max(0, slash));
  const last = name.slice(slash + 1);
  const gradient = last.startsWith("grad_");
  const layer = place.startsWith("layers/") ? Number(place.slice("layers/".length)) : null;
  const [, vector = null, of = last] = REMEMBERED.exec(last) ?? [];
  return {
    place,
    layer,
    kind: gradient ? last.slice("grad_".length) : of,
    gradient,
    vector,
  };
}

/** Return the tensor of a gradient, or the gradient of a tensor or state vector. @param {string} name @returns {string} */
export function twin(name) {
  const { place, kind, gradient } = parts(name);
  return (place && `${place}/`) + (gradient ? kind : `grad_${kind}`);
}

/** Return the tensor of the forward pass in whose place a gradient or a vector of the optimizer's state stands. @param {string} name */
export function baseName(name) {
  const { place, kind } = parts(name);
  return (place && `${place}/`) + kind;
}

/** Return all tensors of the same quantity: itself, its gradient, and the optimizer's state. @param {string} name @returns {string[]} whether they are there or not */
export function family(name) {
  const { place, kind } = parts(name);
  const within = place && `${place}/`;
  const learned = place !== "" && (kind === "weights" || kind === "biases");
  const remembered = learned ? Object.keys(STATE).map((vector) => `${within}${vector}_${kind}`) : [];
  return [`${within}${kind}`, `${within}grad_${kind}`, ...remembered];
}

/** @param {string} place @param {number} layers how many there are; the last is the output layer @returns {string} "Layer 1", "Output layer", "Embedding", "Inputs" */
export function placeTitle(place, layers) {
  const { layer } = parts(`${place}/`);
  if (layer === null) return place === "embedding" ? "Embedding" : "Inputs";
  return layer === layers - 1 ? "Output layer" : `Layer ${layer + 1}`;
}

/** @param {string} name @param {number} layers @returns {string} "weights", "pre-activations", "logits", … */
export function kindTitle(name, layers) {
  const { layer, kind } = parts(name);
  if (kind === "pre_activations") return layer === layers - 1 ? "logits" : "pre-activations";
  return kind;
}

/** @param {string} name @param {number} layers @returns {string} "Layer 1 weights", "Gradient of output layer logits", "Inputs" */
export function title(name, layers) {
  const { place, gradient, vector } = parts(name);
  const where = placeTitle(place, layers);
  const whole = place ? `${where} ${kindTitle(name, layers)}` : where;
  const what = vector ? STATE[vector].title : gradient ? "Gradient" : "";
  return what ? `${what} of ${whole[0].toLowerCase()}${whole.slice(1)}` : whole;
}

/** @param {string} name @param {number} layers @returns {string} "weight", "logit", whether it is their gradient or they themselves */
export function cellKind(name, layers) {
  const kind = kindTitle(name, layers);
  return kind === "biases" ? "bias" : kind.replace(/s$/, "");
}

/** One cell of it. @param {string} name @param {number} layers @returns {string} "layer 2 weight gradient", "output layer logit", "input" */
export function cellTitle(name, layers) {
  if (Object.hasOwn(LOSS, name)) return LOSS[name];
  const { place, gradient, vector } = parts(name);
  const one = cellKind(name, layers);
  const whole = place ? `${placeTitle(place, layers).toLowerCase()} ${one}` : one;
  if (vector) return `${whole} ${STATE[vector].title.toLowerCase()}`;
  return gradient ? `${whole} gradient` : whole;
}

/**
 * @param {string} name
 * @param {number[]} shape
 * @param {number} layers
 * @returns {string} "Layer 1 weights, layers/0/weights, 16 by 32"
 */
export function label(name, shape, layers) {
  return `${title(name, layers)}, ${name}, ${shape.join(" by ")}`;
}

/** Formulas of the tensors: x = input of a layer, z = its pre-activations, a = its activations, L = the loss. @type {Record<string, string>} */
const FORMULAS = {
  pre_activations: "z = x·W + b",
  activations: "a = f(z)",
  grad_weights: "∂L/∂W = xᵀ·∂L/∂z",
  grad_biases: "∂L/∂b = Σ ∂L/∂z",
  grad_pre_activations: "∂L/∂z = ∂L/∂a ⊙ f′(z)",
  grad_activations: "∂L/∂a = ∂L/∂z·Wᵀ",
};
/** Exceptions: the embedding is a lookup, and the gradient of the last layer comes from the loss. @type {Record<string, string>} */
const EXCEPTIONS = {
  "embedding/activations": "rows of the table, one per token",
  "embedding/grad_weights": "summed over each token’s uses",
  grad_inputs: "∂L/∂x = ∂L/∂z·Wᵀ",
  logits: "∂L/∂z, from the loss",
};

/** @param {string} name @param {number} layers @returns {string} one line, or nothing where the tensor simply is */
export function formula(name, layers) {
  const { layer, kind, gradient, vector } = parts(name);
  if (vector) return STATE[vector].formula;
  const last = gradient && kind === "pre_activations" && layer === layers - 1;
  return EXCEPTIONS[last ? "logits" : name] ?? FORMULAS[gradient ? `grad_${kind}` : kind] ?? "";
}
