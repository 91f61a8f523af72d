/** State of the optimizer, layer by layer beneath the two columns, if there is any. */

import { scalesOf } from "../legend/cached_scales.js";
import { scaleLegend } from "../legend/scale_legend_view.js";
import { parts, placeTitle, STATE, twin } from "../tensors/names.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { matrix } from "./matrix_view.js";
import { stateColumns } from "./scales.js";

/** @import { OptimizerState, StateVector, Tensor } from "../api.d.ts" */
/** @import { Actions } from "../legend/choices_view.js" */
/** @import { Colours } from "../legend/scale_legend_view.js" */
/** @import { Drawn } from "./matrix_view.js" */
/** @typedef {Map<StateVector, Drawn>} DrawnState */

/**
 * @param {OptimizerState} state
 * @param {Drawn} gradients options of the backward pass
 * @param {Tensor[]} backward
 * @param {Colours} colours
 * @returns {DrawnState}
 */
export function drawnState(state, gradients, backward, { legend: { scales }, diverging }) {
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
      const hasNotFinite = column.scale.not_finite > 0;
      return [vector, { ...gradients, partners, parts: scalesOf(column, chosen, diverging), isRanged, hasNotFinite }];
    }),
  );
}

/**
 * @param {OptimizerState} state
 * @param {OptimizerState} metered the state whose coverage is shown
 * @param {DrawnState} drawn
 * @param {Colours} colours
 * @param {Actions} actions
 */
export function optimizerState(state, metered, drawn, colours, actions) {
  const vectors = [...drawn.keys()];
  if (vectors.length === 0) return nothing;
  const places = [...new Set(state.tensors.map(({ name }) => parts(name).place))];
  return html`
    <section class="pass optimizer" aria-labelledby="optimizer-state" .style=${`--vectors: ${vectors.length}`}>
      <header>
        <h2 id="optimizer-state">Optimizer state</h2>
        <p class="subtitle">its memory of earlier gradients: ${vectors.length === 1 ? "one number" : "two numbers"} per parameter</p>
      </header>
      <div class="vectors">
        ${[...stateColumns(state)].map(
          ([vector, column]) => html`
            <div class="scale">
              <p>${STATE[vector].title}</p>
              ${scaleLegend(vector, column, colours, actions, stateColumns(metered).get(vector))}
            </div>
          `,
        )}
      </div>
      ${places.map((place) => stage(place, state, drawn))}
    </section>
  `;
}

/**
 * @param {string} place
 * @param {OptimizerState} state
 * @param {DrawnState} drawn
 */
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
