/** “Look closely”: one matrix on the left, its partner on the right, with the numbers in their cells. */

import { scalesOf } from "../legend/cached_scales.js";
import { coloursOf } from "../legend/scale_legend_view.js";
import { reading } from "../network/readout_view.js";
import { scaled, stateColumns } from "../network/scales.js";
import { lookOf } from "../phases/state.js";
import { family, parts } from "../tensors/names.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { cells } from "./cells_view.js";
import { listening } from "./events.js";
import { layoutOf } from "./geometry.js";
import { back, head } from "./head_view.js";
import { recent } from "./recent.js";

/** @import { Column, StateVector } from "../api.d.ts" */
/** @import { Side } from "../color/column_scale.js" */
/** @import { Net } from "../network/state.js" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { Half, Marks, Numbers } from "./cells_view.js" */
/** @import { Layout } from "./geometry.js" */
/** @import { At } from "./state.js" */

/** @type {Record<Side, string>} */
const HEADINGS = { forward: "Forward pass", backward: "Backward pass" };
/** @type {Record<Side, Side>} */
const OTHER = { forward: "backward", backward: "forward" };
/** @type {Side[]} */
const SIDES = ["forward", "backward"];
/** The buttons that move the cell on a touch screen. */
const ARROWS = /** @type {const} */ ([
  ["←", "Cell to the left", 0, -1],
  ["↑", "Cell above", -1, 0],
  ["↓", "Cell below", 1, 0],
  ["→", "Cell to the right", 0, 1],
]);

/** @param {State} state @param {Actions} actions @returns {unknown} null while the network is shown */
export function look(state, actions) {
  const { at } = state.look;
  const { net } = state.network;
  const layout = at && layoutOf(state);
  if (!at || !net || !layout) return null;
  const { onEvent, onWheel } = listening(state, net, layout, actions);
  const shown = layout.phone ? [at.side] : SIDES;
  const halves = new Map(shown.map((side) => [side, halfOf(side, state, net, at)]));
  const last = shown[shown.length - 1];
  return html`
    <div
      class="network look ${layout.phone ? "look-one" : ""}"
      @mousedown=${onEvent}
      @pointerdown=${onEvent}
      @pointermove=${onEvent}
      @pointerup=${onEvent}
      @pointercancel=${onEvent}
      @pointerleave=${onEvent}
      @click=${onEvent}
      @keydown=${onEvent}
      @wheel=${onWheel}
    >
      ${layout.phone ? valueOrGradient(at, actions) : nothing}
      ${shown.map((side) => pass(side, halves.get(side) ?? null, { state, net, layout, isLast: side === last }, actions))}
      ${foot(shown, halves, layout, actions)}
    </div>
  `;
}

/**
 * @param {Side} side
 * @param {Half | null} half null where there is none
 * @param {{state: State, net: Net, layout: Layout, isLast: boolean}} around
 * @param {Actions} actions
 */
function pass(side, half, { state, net, layout, isLast }, actions) {
  const about = half && {
    column: columnOf(half.now.tensor.name, side, (net.passing && state.network.metered) || net),
    colours: coloursOf(state, colourSide(half.now.tensor.name, side)),
    isLast,
  };
  return html`
    <section class="pass ${side}" aria-label=${HEADINGS[side]}>
      ${
        half && about
          ? html`${head(half, layout, about, actions)} ${cells(half, layout)}`
          : html`
              <header class="network-head">${isLast ? back(actions) : nothing}</header>
              <p class="waiting" translate="yes">No gradient: tokens are not numbers. It goes to the table.</p>
            `
      }
    </section>
  `;
}

/** The state of an optimizer is in units of the gradient, and has its colours. @param {string} name @param {Side} side @returns {Side} */
const colourSide = (name, side) => (parts(name).vector ? "backward" : side);

/** @param {string} name @param {Side} side @param {Net} net @returns {Column} the column whose scale a matrix has */
function columnOf(name, side, net) {
  const { vector } = parts(name);
  return (vector && stateColumns(net.optimizer).get(vector)) || net[side];
}

/** @param {Side} side @param {State} state @param {Net} net @param {At} at @returns {Numbers | null} */
function numbersOf(side, state, net, at) {
  const name = at[side];
  const column = columnOf(name, side, net);
  const tensor = column.tensors.find((one) => one.name === name);
  if (!tensor) return null;
  const { vector } = parts(name);
  const { diverging } = coloursOf(state, colourSide(name, side));
  const part = vector
    ? scalesOf(column, state.legend.scales[/** @type {StateVector} */ (vector)], diverging)(name)
    : scaled(side, net[side], state, diverging).parts(name);
  return { tensor: lookOf(state.phases.phasing).at(tensor), norm: part.norm };
}

/** @param {Side} side @param {State} state @param {Net} net @param {At} at @returns {Half | null} */
function halfOf(side, state, net, at) {
  const now = numbersOf(side, state, net, at);
  if (!now) return null;
  const read = numbersOf(side, state, recent(net), at) ?? now;
  const layers = net.forward.tensors.filter(({ name }) => /^layers\/\d+\/weights$/.test(name)).length;
  return {
    side,
    now,
    read,
    partner: numbersOf(OTHER[side], state, recent(net), at)?.tensor,
    table: coloursOf(state, now.tensor.isChange ? "backward" : colourSide(at[side], side)).table,
    facts: { dataset: state.dataset.about, samples: state.network.samples, layers },
    passing: net.passing ?? false,
    marks: marksOf(side, state, at),
  };
}

/** @type {Marks["contributing"]} */
const NONE = [];

/** @param {Side} side @param {State} state @param {At} at @returns {Marks} */
function marksOf(side, { network: { cell }, explain: { why } }, at) {
  const asked = why?.trail.at(-1);
  return {
    current: at,
    pointed: cell && family(at.forward).concat(at.forward, at.backward).includes(cell.tensor) ? cell : null,
    explained: asked?.tensor === at[side] ? asked : null,
    contributing: why?.answer?.regions ?? NONE,
  };
}

/** On a phone one of both is shown. @param {At} at @param {Actions} actions */
function valueOrGradient(at, actions) {
  const radio = (/** @type {Side} */ side, /** @type {string} */ words) => html`
    <label>
      <input type="radio" name="look_side" class="vh" .checked=${at.side === side} @change=${() => at.side !== side && actions.look.swap()} /><span>${words}</span>
    </label>
  `;
  return html`
    <div class="network-switch look-sides" role="radiogroup" aria-label="Look at" translate="yes">${[radio("forward", "Value"), radio("backward", "Gradient")]}</div>
  `;
}

/** @param {Side[]} shown @param {Map<Side, Half | null>} halves @param {Layout} layout @param {Actions} actions */
function foot(shown, halves, { size }, actions) {
  return html`
    <div class="network-feet" role="group" aria-label="Cell readout">
      ${shown.map((side, i) => {
        const half = halves.get(side) ?? null;
        const isLast = i === shown.length - 1;
        return html`
          <div class="network-foot ${side}">
            ${half ? reading(readingOf(half), half.facts) : reading(null, { dataset: null, samples: [], layers: 0 })}
            ${isLast ? [arrows(half, actions), zooming(size, actions)] : hint()}
          </div>
        `;
      })}
    </div>
  `;
}

const hint = () =>
  html`<span class="look-hint" translate="yes">Drag or use the arrow keys to move · Ctrl + wheel to zoom</span>`;

/** The cell pointed at, else that of the keyboard. @param {Half} half */
function readingOf({ read: { tensor, norm }, table, marks: { pointed, current } }) {
  const { row, col } = pointed ?? current;
  return { tensor, row, col, table, norm };
}

/** @param {Half | null} half @param {Actions} actions */
function arrows(half, { look, explain }) {
  if (!half) return nothing;
  const { row, col } = half.marks.current;
  const tensor = half.now.tensor.name;
  return html`
    <div class="look-arrows" role="group" aria-label="Move the cell">
      ${ARROWS.map(([sign, name, down, across]) => html`<button type="button" aria-label=${name} title=${name} @click=${() => look.moveTo({ row: row + down, col: col + across })}>${sign}</button>`)}
      <button type="button" translate="yes" @click=${() => explain.ask({ tensor, row, col }, true)}>Explain</button>
    </div>
  `;
}

/** @param {number} size @param {Actions} actions */
function zooming(size, { look }) {
  return html`
    <div class="network-zoom" role="group" aria-label="Size of the cells">
      <button type="button" aria-label="Smaller cells" title="Smaller cells  −" @click=${() => look.zoomBy(-1)}>−</button>
      <button type="button" class="network-fit" title="The usual size  0" @click=${look.usualSize}>${size} px</button>
      <button type="button" aria-label="Larger cells" title="Larger cells  +" @click=${() => look.zoomBy(1)}>+</button>
    </div>
  `;
}
