/**
 * The two columns: forward pass on the left, backward pass on the right, layer by layer.
 *
 * A matrix and its gradient stand at the same height: both columns share the rows of one grid (network.css).
 */

import { SHORT_ACTIVATIONS } from "../config/labels.js";
import { cursor } from "../heatmap/pointer.js";
import { coloursOf, scaleLegend } from "../legend/scale_legend_view.js";
import { rangeWords } from "../legend/text.js";
import { lookOf } from "../phases/state.js";
import { family, parts, twin } from "../tensors/names.js";
import { extent, inside } from "../tensors/shape.js";
import { count } from "../ui/number.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { matrix } from "./matrix_view.js";
import { drawnState, optimizerState } from "./optimizer_state_view.js";
import { readout } from "./readout_view.js";
import { scaled } from "./scales.js";
import { rowsOf, staged } from "./stages.js";

/** @import { StateVector, Tensor } from "../api.d.ts" */
/** @import { Side } from "../color/column_scale.js" */
/** @import { Listener } from "../heatmap/pointer.js" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { Facts } from "../tensors/axis.js" */
/** @import { Drawn } from "./matrix_view.js" */
/** @import { Reading } from "./readout_view.js" */
/** @import { Stage } from "./stages.js" */

/** @type {Record<Side, string>} */
const HEADINGS = { forward: "Forward pass", backward: "Backward pass" };
/** @type {Record<Side, Side>} */
const OTHER = { forward: "backward", backward: "forward" };
/** @type {Record<Side, string>} */
const SUBTITLES = {
  forward: "from the inputs down to the logits: parameters and activations",
  backward: "from the loss back to the inputs: how the loss changes with each number on the left",
};
/** @param {State} state @param {Actions} actions */
export function network(state, actions) {
  const onCells = cursor({ showCell: actions.network.showCell, ask: askingOf(state, actions) });
  const onEvent = (/** @type {Event} */ event) => {
    const { lens, distribution } =
      event.type === "click" && event.target instanceof HTMLElement ? event.target.dataset : {};
    if (lens !== undefined) actions.lens.open(lens);
    else if (distribution !== undefined) actions.flow.showDistribution(distribution);
    else onCells(event);
  };
  return html`
    <div
      class="network"
      @pointermove=${onEvent}
      @pointerdown=${onEvent}
      @pointerout=${onEvent}
      @click=${onEvent}
      @keydown=${onEvent}
      @focusin=${onEvent}
      @focusout=${onEvent}
    >
      ${state.network.net ? columns(state, state.network.net, actions) : [waiting("forward"), waiting("backward")]}
    </div>
  `;
}

/** Explain a cell, unless it is not computed yet. @param {State} state @param {Actions} actions @returns {Listener["ask"]} */
function askingOf({ network: { net }, phases: { phasing } }, { explain, phases }) {
  const look = lookOf(phasing);
  return (cell, byKeyboard) => {
    const tensors = net ? [...net.forward.tensors, ...net.backward.tensors] : [];
    const isCovered = tensors.some((tensor) => tensor.name === cell.tensor && look.at(tensor).covered);
    return isCovered ? phases.sayNotComputed() : explain.ask(cell, byKeyboard);
  };
}

/** @param {Side} side */
function waiting(side) {
  return html`
    <section class="pass ${side}" aria-labelledby="${side}-pass">
      ${heading(side)}
      <p class="waiting" translate="yes">The matrices appear here when Python has started.</p>
    </section>
  `;
}

/**
 * @param {State} state
 * @param {NonNullable<State["network"]["net"]>} net
 * @param {Actions} actions
 */
function columns(state, net, actions) {
  const stages = staged(net.forward.tensors);
  const facts = {
    dataset: state.dataset.about,
    samples: state.network.samples,
    layers: stages.filter(({ place }) => place.startsWith("layers/")).length,
  };
  const sides = { forward: drawn("forward", state, net, facts), backward: drawn("backward", state, net, facts) };
  const colours = coloursOf(state, "backward");
  const remembered = drawnState(net.optimizer, sides.backward, net.backward.tensors, colours);
  const metered = (net.passing && state.network.metered) || net;
  const readings = net.optimizer.tensors.flatMap((tensor) => {
    const drawn = remembered.get(/** @type {StateVector} */ (parts(tensor.name).vector));
    return (drawn && reading({ tensors: [tensor] }, drawn)) ?? [];
  });
  return html`
    ${column("forward", state, net, stages, sides.forward, actions)}
    ${column("backward", state, net, stages, sides.backward, actions)}
    ${optimizerState(net.optimizer, metered.optimizer, remembered, colours, actions)}
    ${readout(
      reading(net.forward, sides.forward),
      reading(net.backward, sides.backward),
      net.optimizer.tensors.length ? readings : null,
      facts,
    )}
  `;
}

/**
 * @param {Side} side
 * @param {State} state
 * @param {NonNullable<State["network"]["net"]>} net
 * @param {Facts} facts
 * @returns {Drawn}
 */
function drawn(side, state, net, facts) {
  const { cell } = state.network;
  const { why } = state.explain;
  const { phasing } = state.phases;
  const look = lookOf(phasing);
  const { table, diverging } = coloursOf(state, side);
  const outlined = cell ? family(cell.tensor).map((tensor) => ({ ...cell, tensor })) : [];
  const explained = why ? why.trail[why.trail.length - 1] : null;
  const contributing = why?.answer?.regions ?? [];
  return {
    table,
    ...scaled(side, net[side], state, diverging),
    facts,
    partners: new Map(net[OTHER[side]].tensors.map((tensor) => [twin(tensor.name), look.at(tensor)])),
    look,
    hasNotFinite: net[side].scale.not_finite > 0,
    passing: net.passing ?? false,
    outlined,
    explained,
    contributing,
  };
}

/**
 * @param {Side} side
 * @param {State} state
 * @param {NonNullable<State["network"]["net"]>} net
 * @param {Stage[]} stages
 * @param {Drawn} drawn
 * @param {Actions} actions
 */
function column(side, state, net, stages, drawn, actions) {
  const tensors = new Map(net[side].tensors.map((tensor) => [tensor.name, tensor]));
  const shapes = new Map(net.forward.tensors.map(({ name, shape }) => [name, shape]));
  const metered = (net.passing && state.network.metered) || net;
  const rows = 1 + stages.reduce((sum, stage) => sum + rowsOf(stage), 0);
  return html`
    <section class="pass ${side}" aria-labelledby="${side}-pass" .style=${`--rows: ${rows}`}>
      ${heading(side, scaleLegend(side, net[side], coloursOf(state, side), actions, metered[side]))}
      ${stages.map(
        (stage) => html`
          <div class="stage" .style=${`--rows: ${rowsOf(stage)}`}>
            <div class="stage-title">
              <h3>${side === "forward" ? description(stage, shapes, state) : `${stage.title} gradients`}</h3>
              ${state.legend.scales[side].scope === "layer" ? range(side, stage, tensors, drawn) : nothing}
            </div>
            ${stage.slots.map((names) => slot(side === "forward" ? names : names.map(twin), tensors, drawn))}
          </div>
        `,
      )}
    </section>
  `;
}

/**
 * Colour range of a layer with its own scale.
 * @param {Side} side
 * @param {Stage} stage
 * @param {Map<string, Tensor>} tensors
 * @param {Drawn} drawn
 */
function range(side, { slots }, tensors, { parts }) {
  const name = slots
    .flat()
    .map((name) => (side === "forward" ? name : twin(name)))
    .findLast((name) => tensors.has(name));
  return name ? html`<p class="range">${rangeWords(parts(name))}</p>` : nothing;
}

/** @param {Side} side @param {unknown} [scale] the legend */
function heading(side, scale = nothing) {
  return html`
    <header>
      <h2 id="${side}-pass" translate="yes">${HEADINGS[side]}</h2>
      <p class="subtitle" translate="yes">${SUBTITLES[side]}</p>
      ${scale}
    </header>
  `;
}

/**
 * @param {string[]} names
 * @param {Map<string, Tensor>} tensors
 * @param {Drawn} drawn
 */
function slot(names, tensors, drawn) {
  const found = names.flatMap((name) => tensors.get(name) ?? []);
  return found.length ? matrix(found, drawn) : html`<p class="slot none">No gradient: tokens are discrete.</p>`;
}

/**
 * @param {Stage} stage
 * @param {Map<string, number[]>} shapes
 * @param {State} state
 * @returns {string} "Layer 1 · 16 → 32 · GELU · 544 parameters"
 */
function description({ title, place, slots }, shapes, { run }) {
  const [[first, ...more]] = slots;
  const [rows, columns] = extent(shapes.get(first) ?? [0]);
  if (place === "") return `${title} · ${count(rows)} ${rows === 1 ? "sample" : "samples"} × ${count(columns)}`;
  const parameters = `${count(rows * columns + (more.length ? columns : 0))} parameters`;
  if (place === "embedding") return `${title} · ${rows} tokens → ${columns} dimensions · ${parameters}`;
  const activation = slots.length > 2 ? SHORT_ACTIVATIONS[run?.config.model.activation ?? ""] : "no activation";
  return [title, `${rows} → ${columns}`, activation, parameters].filter(Boolean).join(" · ");
}

/** Return the reading of the cell pointed at in one column. @param {{tensors: Tensor[]}} column @param {Drawn} drawn @returns {Reading | null} */
function reading({ tensors }, { table, parts, outlined, look }) {
  for (const cell of outlined) {
    const tensor = tensors.find(({ name }) => name === cell.tensor);
    if (tensor && inside(cell, tensor.shape)) {
      const shown = look.at(tensor);
      return { tensor: shown, row: cell.row, col: cell.col, table, norm: parts(tensor.name).norm };
    }
  }
  return null;
}
