/** What the optimizer remembers of each parameter, layer by layer beneath the two columns: shown only if it remembers anything. */

import { parted, USUAL } from "../draw/color_scale.js";
import { parts, placeTitle, STATE, twin } from "../draw/tensor.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { legend } from "./legend.js";
import { matrix } from "./matrix.js";

/** @typedef {import("../api.d.ts").StateVector} StateVector */
/** @typedef {import("../api.d.ts").OptimizerState} OptimizerState */
/** @typedef {import("../api.d.ts").Tensor} Tensor */
/** @typedef {import("./matrix.js").Drawn} Drawn */
/** Each vector of the state on a scale of its own: second moments are squares, far smaller than first ones. @typedef {Partial<Record<StateVector, Drawn>>} DrawnState */

/** @param {OptimizerState} state @returns {StateVector[]} */
const vectorsOf = ({ scales }) => /** @type {StateVector[]} */ (Object.keys(scales));

/**
 * @param {OptimizerState} state @param {Drawn} gradients how the backward pass is drawn @param {Tensor[]} backward
 * @param {boolean} diverging whether the palette has a middle, for zero
 * @returns {DrawnState}
 */
export function drawnState(state, gradients, backward, diverging) {
  const found = new Map(backward.map((tensor) => [tensor.name, tensor]));
  const partners = new Map(
    state.tensors.flatMap(({ name }) => {
      const gradient = found.get(twin(name));
      return gradient ? [[name, gradients.look.at(gradient)]] : [];
    }),
  );
  return Object.fromEntries(
    vectorsOf(state).map((vector) => {
      const scale = /** @type {import("../api.d.ts").Scale} */ (state.scales[vector]);
      const tensors = state.tensors.filter(({ name }) => parts(name).vector === vector);
      return [vector, { ...gradients, partners, parts: parted({ tensors, scale }, USUAL, diverging), isRanged: false }];
    }),
  );
}

/** @param {OptimizerState} state @param {DrawnState} drawn */
export function optimizerState(state, drawn) {
  const vectors = vectorsOf(state);
  if (vectors.length === 0) return nothing;
  const places = [...new Set(state.tensors.map(({ name }) => parts(name).place))];
  return html`
    <section class="pass optimizer" aria-labelledby="optimizer-state" .style=${`--vectors: ${vectors.length}`}>
      <header>
        <h2 id="optimizer-state">Optimizer state</h2>
        <p class="subtitle">what it remembers of earlier gradients: for each parameter ${vectors.length === 1 ? "one number" : "two numbers"}</p>
      </header>
      <div class="vectors">
        ${vectors.map((vector) => scaleOf(vector, state, /** @type {Drawn} */ (drawn[vector])))}
      </div>
      ${places.map((place) => stage(place, state.tensors, vectors, drawn))}
    </section>
  `;
}

/** @param {StateVector} vector @param {OptimizerState} state @param {Drawn} drawn */
function scaleOf(vector, { scales, tensors }, { parts: partOf, table }) {
  const { title } = STATE[vector];
  const scale = /** @type {import("../api.d.ts").Scale} */ (scales[vector]);
  const [{ name }] = tensors.filter((tensor) => parts(tensor.name).vector === vector);
  return html`<div class="scale"><p>${title}</p>${legend(title, { ...USUAL, scale, table, part: partOf(name) })}</div>`;
}

/** @param {string} place @param {Tensor[]} tensors @param {StateVector[]} vectors @param {DrawnState} drawn */
function stage(place, tensors, vectors, drawn) {
  const here = tensors.filter(({ name }) => parts(name).place === place);
  const layers = Object.values(drawn)[0].facts.layers;
  return html`
    <div class="stage">
      <h3>${placeTitle(place, layers)}</h3>
      <div class="vectors">
        ${vectors.map((vector) =>
          matrix(
            here.filter(({ name }) => parts(name).vector === vector),
            /** @type {Drawn} */ (drawn[vector]),
          ),
        )}
      </div>
    </div>
  `;
}
