/** The place of the parameters: themselves, their update, or the state of the optimizer. */

import { coloursOf, lineLegend } from "../legend/scale_legend_view.js";
import { changesColumn, changesShown } from "../phases/state.js";
import { STATE } from "../tensors/names.js";
import { openMenu } from "../ui/menu_view.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { stateColumns } from "./scales.js";

/** @import { OptimizerState, StateVector } from "../api.d.ts" */
/** @import { Moving, Subject } from "../color/column_scale.js" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { ParameterView } from "../phases/state.js" */
/** @import { Net } from "./state.js" */

/** @type {Record<ParameterView, string>} */
const FACES = { before: "Before", after: "After", change: "Change" };
/** Widths of the switch, per vector and of the faces. */
const [VECTOR, UPDATE] = [90, 170];

/** Vectors of the state, and the one that parameters show, if any. @param {State} state @param {Net} net */
export function vectorsOf({ network }, { optimizer, run_id }) {
  const vectors = /** @type {StateVector[]} */ (Object.keys(optimizer.scales));
  const wanted = network.vectors[run_id] ?? null;
  return { vectors, chosen: wanted && vectors.includes(wanted) ? wanted : null };
}

/** The scale that is not the column's own: of the vector shown, or of the changes. @param {State} state @param {OptimizerState} optimizer @param {StateVector | null} chosen @returns {{subject: Subject, column: Moving} | null} */
export function otherScale({ phases: { phasing } }, optimizer, chosen) {
  const column = chosen && stateColumns(optimizer).get(chosen);
  if (column) return { subject: chosen, column };
  const changes = changesShown(phasing);
  return changes ? { subject: "changes", column: changesColumn(changes) } : null;
}

/** The switch, and the legend of what it shows: gradients make both state and changes. @param {State} state @param {Net} net @param {ReturnType<typeof otherScale>} other @param {Actions} actions */
export function parametersShow(state, net, other, actions) {
  const legend = other ? lineLegend(other.subject, other.column, coloursOf(state, "backward"), actions) : nothing;
  return html`${isUpdated(state) ? update(state, net, actions) : vectorSwitch(state, net, actions)} ${legend}`;
}

/** Width of the switch. @param {State} state @param {Net} net */
export const switchWidth = (state, net) => (isUpdated(state) ? UPDATE : VECTOR * vectorsOf(state, net).vectors.length);

/** Whether phase by phase has come to the update. @param {State} state */
const isUpdated = ({ phases: { phasing } }) => (phasing?.answer?.changes ?? null) !== null;

/**
 * One of a group of radio buttons.
 * @param {{group: string, words: string, title: string, checked: boolean, choose: () => void}} one
 */
const radio = ({ group, words, title, checked, choose }) => html`
  <label title=${title}>
    <input type="radio" name=${group} class="vh" .checked=${checked} @change=${choose} /><span>${words}</span>
  </label>
`;

/** @param {State} state @param {Net} net @param {Actions} actions */
function vectorSwitch(state, net, actions) {
  const { vectors, chosen } = vectorsOf(state, net);
  if (vectors.length === 0) return nothing;
  const one = (/** @type {StateVector | null} */ vector) =>
    radio({
      group: "parameters_show",
      words: vector ? STATE[vector].short : "W",
      title: vector ? STATE[vector].title : "Weights and biases",
      checked: vector === chosen,
      choose: () => actions.network.showVector(net.run_id, vector),
    });
  return html`
    <div class="network-switch" role="radiogroup" aria-label="Parameters show">${[null, ...vectors].map(one)}</div>
  `;
}

/** Before, after and change of the update; vectors in a menu, so that one switch has one meaning. @param {State} state @param {Net} net @param {Actions} actions */
function update(state, net, actions) {
  const { chosen } = vectorsOf(state, net);
  const { face } = /** @type {{face: ParameterView}} */ (state.phases.phasing);
  const names = /** @type {ParameterView[]} */ (Object.keys(FACES));
  const one = (/** @type {ParameterView} */ name) =>
    radio({
      group: "face",
      words: FACES[name],
      title:
        name === "change" ? "What the update added to weights and biases" : `Weights and biases ${name} the update`,
      checked: face === name,
      choose: () => actions.phases.showParameters(name),
    });
  return html`
    ${vectorMenu(state, net, actions)}
    ${chosen ? nothing : html`<div class="network-switch" role="radiogroup" aria-label="Weights and biases">${names.map(one)}</div>`}
  `;
}

/** @param {State} state @param {Net} net @param {Actions} actions */
function vectorMenu(state, net, actions) {
  const { vectors, chosen } = vectorsOf(state, net);
  if (vectors.length === 0) return nothing;
  const item = (/** @type {StateVector | null} */ vector) => ({
    label: vector ? STATE[vector].title : "Weights and biases",
    chosen: vector === chosen,
    act: () => actions.network.showVector(net.run_id, vector),
  });
  const open = (/** @type {Event} */ { currentTarget }) =>
    openMenu(/** @type {HTMLElement} */ (currentTarget), {
      label: "Parameters show",
      items: () => [null, ...vectors].map(item),
    });
  const words = chosen ? STATE[chosen].short : "W";
  return html`<button type="button" class="network-vectors" aria-haspopup="menu" aria-label="${words}: parameters show" @click=${open}>${words} ▾</button>`;
}
