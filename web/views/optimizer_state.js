/** What the optimizer remembers of each parameter, layer by layer beneath the two columns: shown only if it remembers anything. */

import { parts, placeTitle, STATE, twin } from "../draw/tensor.js";
import { stateColumns } from "../scaled.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { scalesOf } from "./column_scale.js";
import { matrix } from "./matrix.js";
import { scaleLegend } from "./scale_legend.js";

/** @typedef {import("../api.d.ts").StateVector} StateVector */
/** @typedef {import("../api.d.ts").OptimizerState} OptimizerState */
/** @typedef {import("../api.d.ts").Tensor} Tensor */
/** @typedef {import("./matrix.js").Drawn} Drawn */
/** @typedef {Map<StateVector, Drawn>} DrawnState */
/** @typedef {import("./scale_legend.js").Colours} Colours */

/**
 * @param {OptimizerState} state @param {Drawn} gradients how the backward pass is drawn @param {Tensor[]} backward
 * @param {Colours} colours
 * @returns {DrawnState}
 */
export function drawnState(state, gradients, backward, { scales, diverging }) {
  const found = new Map(backward.map((tensor) => [tensor.name, tensor]));
  const partners = new Map(
    state.tensors.flatMap(({ name }) => {
      const gradient = found.get(twin(name));
      return gradient ? [[name, gradients.look.at(gradient)]] : [];
    }),
  );
  return new Map(
    [...stateColumns(state)].map(([vector, column]) => {
      const chosen = scales[vector];
      const isRanged = () => chosen.scope !== "column";
      return [vector, { ...gradients, partners, parts: scalesOf(column, chosen, diverging), isRanged }];
    }),
  );
}

/**
 * @param {OptimizerState} state @param {OptimizerState} gauged what the meters tell about
 * @param {DrawnState} drawn @param {Colours} colours @param {import("./color_choices.js").Actions} actions
 */
export function optimizerState(state, gauged, drawn, colours, actions) {
  const vectors = [...drawn.keys()];
  if (vectors.length === 0) return nothing;
  const places = [...new Set(state.tensors.map(({ name }) => parts(name).place))];
  return html`
    <section class="pass optimizer" aria-labelledby="optimizer-state" .style=${`--vectors: ${vectors.length}`}>
      <header>
        <h2 id="optimizer-state">Optimizer state</h2>
        <p class="subtitle">what it remembers of earlier gradients: for each parameter ${vectors.length === 1 ? "one number" : "two numbers"}</p>
      </header>
      <div class="vectors">
        ${[...stateColumns(state)].map(
          ([vector, column]) => html`
            <div class="scale">
              <p>${STATE[vector].title}</p>
              ${scaleLegend(vector, column, colours, actions, stateColumns(gauged).get(vector))}
            </div>
          `,
        )}
      </div>
      ${places.map((place) => stage(place, state, drawn))}
    </section>
  `;
}

/** @param {string} place @param {OptimizerState} state @param {DrawnState} drawn */
function stage(place, state, drawn) {
  const [{ facts }] = drawn.values();
  const here = (/** @type {StateVector} */ vector) =>
    (stateColumns(state).get(vector)?.tensors ?? []).filter(({ name }) => parts(name).place === place);
  return html`
    <div class="stage">
      <h3>${placeTitle(place, facts.layers)}</h3>
      <div class="vectors">${[...drawn].map(([vector, how]) => matrix(here(vector), how))}</div>
    </div>
  `;
}
