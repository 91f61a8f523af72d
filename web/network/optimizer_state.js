/** State of the optimizer, in the place of the parameters: how it is drawn, and its legend. */

import { scalesOf } from "../legend/cached_scales.js";
import { twin } from "../tensors/names.js";
import { stateColumns } from "./scales.js";

/** @import { OptimizerState, StateVector, Tensor } from "../api.d.ts" */
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
