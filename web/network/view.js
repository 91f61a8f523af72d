/**
 * The two columns: forward pass on the left, backward pass on the right.
 *
 * Both are laid out from one plan, so that a matrix and its gradient stand at the same place.
 */

import { verdictsOf } from "../code/state.js";
import { scaleMeter } from "../legend/meter_view.js";
import { coloursOf, columnLegend, plainLegend } from "../legend/scale_legend_view.js";
import { lookOf } from "../phases/state.js";
import { cornerLine, corner as sample } from "../sample/corner_view.js";
import { outlinedRow, rowOf } from "../sample/state.js";
import { baseName, family, parts, twin } from "../tensors/names.js";
import { inside } from "../tensors/shape.js";
import { brief } from "../ui/number.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { block } from "./block_view.js";
import { corner, hasRoom } from "./corner_view.js";
import { coloursIn, compared, isCompared } from "./differences.js";
import { listening } from "./events.js";
import { feet } from "./feet_view.js";
import { DIFFERENCES, heading, RECORDED, SUBTITLES, waiting } from "./head_view.js";
import { isEmbedded } from "./matrix_view.js";
import { drawnState } from "./optimizer_state.js";
import { otherScale, parametersShow, switchWidth, vectorsOf } from "./parameters_view.js";
import { bubble } from "./readout_view.js";
import { chosenRow } from "./row_view.js";
import { scaled } from "./scales.js";
import { planFor } from "./stage.js";
import { threads } from "./threads_view.js";

/** @import { StateVector, Tensor } from "../api.d.ts" */
/** @import { Side } from "../color/column_scale.js" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { Facts } from "../tensors/axis.js" */
/** @import { Column } from "./block_view.js" */
/** @import { Drawn } from "./matrix_view.js" */
/** @import { Reading } from "./readout_view.js" */
/** @import { Net } from "./state.js" */
/** @typedef {Record<Side, Drawn>} Sides */

/** @type {Record<Side, Side>} */
const OTHER = { forward: "backward", backward: "forward" };
/** Width of a column on paper beside the other one, at most. */
const HALF = 500;
/** Width in a foot of the meter's words, at least. */
const METER = 130;
/** @type {ReturnType<typeof verdictsOf>} */
const NO_VERDICTS = new Map();

/** @param {State} state @param {Actions} actions */
export function network(state, actions) {
  const { net } = state.network;
  if (!net) return html`<div class="network">${[waiting("forward"), waiting("backward")]}</div>`;
  const { onEvent, onTouch, onWheel } = listening(state, net, actions);
  return html`
    <div
      class="network ${planFor(state, net).space.width > HALF && state.network.printing ? "on-pages" : ""}"
      @pointermove=${onEvent}
      @pointerdown=${onEvent}
      @pointerup=${onEvent}
      @pointercancel=${onEvent}
      @pointerout=${onEvent}
      @touchmove=${onTouch}
      @click=${onEvent}
      @dblclick=${onEvent}
      @contextmenu=${onEvent}
      @keydown=${onEvent}
      @focusin=${onEvent}
      @focusout=${onEvent}
      @wheel=${onWheel}
    >
      ${columns(state, net, actions)}
      ${threads([state.explain.why?.answer, planFor(state, net), state.network.windows, state.panels.tab], { layers: layersOf(net), reveal: actions.network.reveal })}
    </div>
  `;
}

/** @param {Net} net */
const layersOf = ({ forward }) => forward.tensors.filter(({ name }) => /^layers\/\d+\/weights$/.test(name)).length;

/** @param {State} state @param {Net} now @param {Actions} actions */
function columns(state, now, actions) {
  const net = compared(state, now);
  const facts = { dataset: state.dataset.about, samples: state.network.samples, layers: layersOf(net) };
  const sides = { forward: drawn("forward", state, net, facts), backward: drawn("backward", state, net, facts) };
  const colours = coloursOf(state, "backward");
  const remembered = drawnState(net.optimizer, sides.backward, net.backward.tensors, colours);
  const { chosen } = vectorsOf(state, net);
  const memory = net.optimizer.tensors.flatMap((tensor) => {
    const how = remembered.get(/** @type {StateVector} */ (parts(tensor.name).vector));
    return (how && readingOf([tensor], how)) ?? [];
  });
  const metered = compared(state, (net.passing && state.network.metered) || net);
  const other = otherScale(state, metered.optimizer, chosen);
  const meterOf = (/** @type {Side} */ side) => scaleMeter(side, metered[side], coloursOf(state, side), actions);
  const shown = {
    forward: readingOf(net.forward.tensors, sides.forward),
    backward: readingOf(net.backward.tensors, sides.backward),
    memory,
    meters: {
      forward: other ? scaleMeter(other.subject, other.column, colours, actions) : meterOf("forward"),
      backward: isCompared(state, net) ? nothing : meterOf("backward"),
    },
    parameters: parametersShow(state, net, other, actions),
  };
  const size = { facts, plan: planFor(state, net), zoom: state.network.zoom };
  const isAbove = size.plan.space.phone;
  const room = isAbove ? (state.network.stage?.width ?? 0) : size.plan.space.width - METER - switchWidth(state, net);
  const line = net.step > 0 && !hasRoom(size.plan) ? cornerLine(state, actions, room) : null;
  return html`
    ${isAbove && line ? html`<div class="network-sample">${line}</div>` : nothing}
    ${column("forward", state, { net, sides, at: placesOf(net, sides, { chosen, remembered }) }, actions)}
    ${column("backward", state, { net, sides, at: placesOf(net, sides, null) }, actions)}
    ${feet({ ...shown, line: isAbove ? null : line }, net.run_id, size, actions)}
    ${bubble(shown[gradientOf(state) ? "backward" : "forward"], state.network.held)}
  `;
}

/**
 * Find the tensor in the place of one of the forward pass: itself, the optimizer's state, or its gradient.
 * @param {Net} net
 * @param {Sides} sides
 * @param {{chosen: StateVector | null, remembered: ReturnType<typeof drawnState>} | null} forward null for the backward pass
 * @returns {Column["at"]}
 */
function placesOf(net, sides, forward) {
  const side = forward ? "forward" : "backward";
  const found = new Map(net[side].tensors.map((tensor) => [tensor.name, tensor]));
  const state = new Map(net.optimizer.tensors.map((tensor) => [tensor.name, tensor]));
  const how = forward?.chosen ? forward.remembered.get(forward.chosen) : null;
  return (name) => {
    const { place, kind } = parts(name);
    const kept = how && state.get(`${place}/${forward?.chosen}_${kind}`);
    if (kept && how) return { tensor: kept, drawn: how };
    const tensor = found.get(forward ? name : twin(name));
    return tensor ? { tensor, drawn: sides[side] } : null;
  };
}

/** Whether the cell that is read is one of the backward pass. @param {State} state */
const gradientOf = ({ network: { cell } }) => cell !== null && parts(cell.tensor).gradient;

/** @param {Side} side @param {State} state @param {Net} net @param {Facts} facts @returns {Drawn} */
function drawn(side, state, net, facts) {
  const { cell } = state.network;
  const { why } = state.explain;
  const { phasing } = state.phases;
  const look = lookOf(phasing);
  const { table, diverging, legend } = coloursIn(side, state, net);
  const outlined = cell ? family(cell.tensor).map((tensor) => ({ ...cell, tensor })) : [];
  return {
    table,
    changeTable: coloursOf(state, "backward").table,
    ...scaled(side, net[side], { legend, phases: state.phases }, diverging),
    facts,
    partners: new Map(net[OTHER[side]].tensors.map((tensor) => [twin(tensor.name), look.at(tensor)])),
    look,
    hatched: state.settings.hatched,
    hasNotFinite: net[side].scale.not_finite > 0,
    passing: net.passing ?? false,
    outlined,
    explained: why ? why.trail[why.trail.length - 1] : null,
    contributing: why?.answer?.regions ?? [],
  };
}

/**
 * @param {Side} side
 * @param {State} state
 * @param {{net: Net, sides: Sides, at: Column["at"]}} found
 * @param {Actions} actions
 */
function column(side, state, { net, sides, at }, actions) {
  const { network, run, training, settings: _ } = state;
  const plan = planFor(state, net);
  const metered = compared(state, (net.passing && network.metered) || net);
  const { facts } = sides[side];
  const about = {
    layers: facts.layers,
    activation: run?.config.model.activation,
    embedded: isEmbedded(facts.dataset),
    fonts: network.fonts,
    loss: training.batchLoss === null ? "" : brief(training.batchLoss),
  };
  const pointed = network.cell ? network.cell.row : rowOf(state);
  const made = {
    side,
    layout: { plan, windows: network.windows },
    about,
    pointed,
    at,
    metered: (/** @type {string} */ name) => metered[side].tensors.find((one) => baseName(one.name) === name),
    drawn: sides[side],
    verdicts: side === "backward" ? verdictsOf(state.code, net.run_id) : NO_VERDICTS,
    isLayered: coloursIn(side, state, net).legend.scales[side].scope === "layer",
    scroll: actions.network.scrollWindow,
  };
  const isDifference = side === "backward" && isCompared(state, net);
  const scale = isDifference
    ? plainLegend("differences", side, metered[side], coloursIn(side, state, net))
    : columnLegend(side, metered[side], coloursOf(state, side), actions);
  const inOrder = side === "forward" ? plan.blocks : [...plan.blocks].reverse();
  const outputs = plan.blocks[plan.blocks.length - 1].columns.units;
  const size = `width: ${Math.max(plan.width, plan.space.phone ? 0 : 1)}px; height: ${plan.height + (plan.space.phone ? 0 : 18)}px`;
  return html`
    <section class="pass ${side}" aria-labelledby="${side}-pass">
      ${heading(side, scale, net.recorded ? RECORDED : isDifference ? DIFFERENCES : SUBTITLES)}
      <div class="network-body" id="network-${side}" @scroll=${scrollTogether}>
        <div class="network-picture" .style=${size}>
          ${corner(side, plan, { samples: network.samples.length, outputs, step: net.step, isDifference }, (room) => sample(state, actions, room))}
          ${inOrder.map((one) => block(one, made))} ${chosenRow(outlinedRow(state), made.layout)}
        </div>
      </div>
    </section>
  `;
}

/** Both columns scroll as one. @param {Event} event */
function scrollTogether({ currentTarget }) {
  const scrolled = /** @type {HTMLElement} */ (currentTarget);
  const network = scrolled.closest(".network");
  for (const other of network?.querySelectorAll(".network-body") ?? []) {
    if (other === scrolled) continue;
    if (other.scrollTop !== scrolled.scrollTop) other.scrollTop = scrolled.scrollTop;
    if (other.scrollLeft !== scrolled.scrollLeft) other.scrollLeft = scrolled.scrollLeft;
  }
}

/** Return the reading of the cell pointed at in one column. @param {Tensor[]} tensors @param {Drawn} drawn @returns {Reading | null} */
function readingOf(tensors, { table, changeTable, parts, outlined, look }) {
  for (const cell of outlined) {
    const tensor = tensors.find(({ name }) => name === cell.tensor);
    if (tensor && inside(cell, tensor.shape)) {
      const shown = look.at(tensor);
      const { norm } = parts(tensor.name);
      return { tensor: shown, row: cell.row, col: cell.col, table: shown.isChange ? changeTable : table, norm };
    }
  }
  return null;
}
