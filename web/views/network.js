/**
 * The two columns: what the forward pass computed on the left, what the backward pass computed on the right, layer by layer,
 * a matrix and its gradient at the same height. Both columns share the rows of one grid (network.css).
 */

import { extent, inside } from "../draw/heatmap.js";
import { count } from "../draw/number.js";
import { family, parts, placeTitle, twin } from "../draw/tensor.js";
import { lookOf } from "../phases.js";
import { rangeWords } from "../scale_words.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { scaled } from "./column_scale.js";
import { cursor } from "./cursor.js";
import { matrix } from "./matrix.js";
import { drawnState, optimizerState } from "./optimizer_state.js";
import { readout } from "./readout.js";
import { coloursOf, scaleLegend } from "./scale_legend.js";

/** @typedef {import("../api.d.ts").Column} Column */
/** @typedef {import("../api.d.ts").Tensor} Tensor */
/** @typedef {import("../draw/axis.js").Facts} Facts */
/** @typedef {import("./cursor.js").Cell} Cell */
/** @typedef {import("./matrix.js").Drawn} Drawn */
/** @typedef {import("../draw/color_scale.js").Side} Side */
/** @typedef {import("./cursor.js").Listener & {not_computed_yet: () => void, open_lens: (tensor: string) => unknown, show_distribution: (tensor: string) => unknown} & import("./color_choices.js").Actions} Actions */
/** @typedef {{title: string, place: string, slots: string[][]}} Stage a layer, the embedding or the inputs; a slot holds what stands together */
/**
 * What this view reads of the page's state.
 * @typedef {object} State
 * @property {import("../store.js").Net | null} net
 * @property {import("../api.d.ts").DatasetView | null} dataset
 * @property {import("../api.d.ts").RunSummary | null} run
 * @property {import("../api.d.ts").Sample[]} samples of the batch on screen, in its order
 * @property {{forward: Column, backward: Column, optimizer: import("../api.d.ts").OptimizerState} | null} gauged what the meters tell about while pictures of Play pass by
 * @property {string} palette
 * @property {import("../store.js").State["scales"]} scales
 * @property {import("../store.js").State["scales_before"]} scales_before
 * @property {Cell | null} cell
 * @property {import("../asking.js").Why | null} why
 * @property {import("../phases.js").Phasing | null} phasing
 */

/** @type {Record<Side, string>} */
const HEADINGS = { forward: "Forward pass", backward: "Backward pass" };
/** @type {Record<Side, Side>} */
const OTHER = { forward: "backward", backward: "forward" };
/** @type {Record<Side, string>} */
const SUBTITLES = {
  forward: "from the inputs down to the logits: parameters and activations",
  backward: "from the loss back up: the gradient of each of them",
};
/** @type {Record<string, string>} */
const ACTIVATIONS = {
  gelu: "GELU",
  gelu_exact: "GELU (erf)",
  relu: "ReLU",
  tanh: "tanh",
  sigmoid: "sigmoid",
  silu: "SiLU",
  identity: "identity",
};

/** @param {State} state @param {Actions} actions */
export function network(state, actions) {
  const onCells = cursor({ ...actions, ask: askingOf(state, actions) });
  const hear = (/** @type {Event} */ event) => {
    const { lens, distribution } =
      event.type === "click" && event.target instanceof HTMLElement ? event.target.dataset : {};
    if (lens !== undefined) actions.open_lens(lens);
    else if (distribution !== undefined) actions.show_distribution(distribution);
    else onCells(event);
  };
  return html`
    <div
      class="network"
      @pointermove=${hear}
      @pointerdown=${hear}
      @pointerout=${hear}
      @click=${hear}
      @keydown=${hear}
      @focusin=${hear}
      @focusout=${hear}
    >
      ${state.net ? columns(state, state.net, actions) : [waiting("forward"), waiting("backward")]}
    </div>
  `;
}

/** What is not computed yet is not explained. @param {State} state @param {Actions} actions @returns {import("./cursor.js").Listener["ask"]} */
function askingOf({ net, phasing }, { ask, not_computed_yet }) {
  const look = lookOf(phasing);
  return (cell, byKeyboard) => {
    const tensors = net ? [...net.forward.tensors, ...net.backward.tensors] : [];
    const isCovered = tensors.some((tensor) => tensor.name === cell.tensor && look.at(tensor).covered);
    return isCovered ? not_computed_yet() : ask(cell, byKeyboard);
  };
}

/** @param {Side} side */
function waiting(side) {
  return html`
    <section class="pass ${side}" aria-labelledby="${side}-pass">
      ${heading(side)}
      <p class="waiting">The matrices appear here as soon as Python has started.</p>
    </section>
  `;
}

/** @param {State} state @param {NonNullable<State["net"]>} net @param {Actions} actions */
function columns(state, net, actions) {
  const stages = staged(net.forward.tensors);
  const facts = {
    dataset: state.dataset,
    samples: state.samples,
    layers: stages.filter(({ place }) => place.startsWith("layers/")).length,
  };
  const sides = { forward: drawn("forward", state, net, facts), backward: drawn("backward", state, net, facts) };
  const colours = coloursOf(state, "backward");
  const remembered = drawnState(net.optimizer, sides.backward, net.backward.tensors, colours);
  const gauged = (net.passing && state.gauged) || net;
  const readings = net.optimizer.tensors.flatMap((tensor) => {
    const drawn = remembered.get(/** @type {import("../api.d.ts").StateVector} */ (parts(tensor.name).vector));
    return (drawn && reading({ tensors: [tensor] }, drawn)) ?? [];
  });
  return html`
    ${column("forward", state, net, stages, sides.forward, actions)}
    ${column("backward", state, net, stages, sides.backward, actions)}
    ${optimizerState(net.optimizer, gauged.optimizer, remembered, colours, actions)}
    ${readout(
      reading(net.forward, sides.forward),
      reading(net.backward, sides.backward),
      net.optimizer.tensors.length ? readings : null,
      facts,
    )}
  `;
}

/** @param {Side} side @param {State} state @param {NonNullable<State["net"]>} net @param {Facts} facts @returns {Drawn} */
function drawn(side, state, net, facts) {
  const { cell, why, phasing } = state;
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
    passing: net.passing ?? false,
    outlined,
    explained,
    contributing,
  };
}

/** The tensors of the forward pass by the places they belong to, biases beside their weights. @param {Tensor[]} tensors @returns {Stage[]} */
function staged(tensors) {
  const layers =
    new Set(tensors.map(({ name }) => parts(name).layer)).size - (parts(tensors[0].name).layer === null ? 1 : 0);
  /** @type {Map<string, Stage>} */
  const stages = new Map();
  for (const { name } of tensors) {
    const { place, kind } = parts(name);
    const stage = stages.get(place) ?? { title: placeTitle(place, layers), place, slots: [] };
    stages.set(place, stage);
    if (kind === "biases") stage.slots[stage.slots.length - 1].push(name);
    else stage.slots.push([name]);
  }
  return [...stages.values()];
}

/** @param {Side} side @param {State} state @param {NonNullable<State["net"]>} net @param {Stage[]} stages @param {Drawn} drawn @param {Actions} actions */
function column(side, state, net, stages, drawn, actions) {
  const tensors = new Map(net[side].tensors.map((tensor) => [tensor.name, tensor]));
  const shapes = new Map(net.forward.tensors.map(({ name, shape }) => [name, shape]));
  const gauged = (net.passing && state.gauged) || net;
  const rows = 1 + stages.reduce((sum, stage) => sum + rowsOf(stage), 0);
  return html`
    <section class="pass ${side}" aria-labelledby="${side}-pass" .style=${`--rows: ${rows}`}>
      ${heading(side, scaleLegend(side, net[side], coloursOf(state, side), actions, gauged[side]))}
      ${stages.map(
        (stage) => html`
          <div class="stage" .style=${`--rows: ${rowsOf(stage)}`}>
            <div class="stage-title">
              <h3>${side === "forward" ? description(stage, shapes, state) : `${stage.title} gradients`}</h3>
              ${state.scales[side].scope === "layer" ? range(side, stage, tensors, drawn) : nothing}
            </div>
            ${stage.slots.map((names) => slot(side === "forward" ? names : names.map(twin), tensors, drawn))}
          </div>
        `,
      )}
    </section>
  `;
}

/** What the colours of a layer reach over, where it has a scale of its own; of its changes that is told over them. @param {Side} side @param {Stage} stage @param {Map<string, Tensor>} tensors @param {Drawn} drawn */
function range(side, { slots }, tensors, { parts }) {
  const name = slots
    .flat()
    .map((name) => (side === "forward" ? name : twin(name)))
    .findLast((name) => tensors.has(name));
  return name ? html`<p class="range">${rangeWords(parts(name))}</p>` : nothing;
}

/** Of the grid: a heading, and for each slot a caption and a matrix. @param {Stage} stage */
function rowsOf({ slots }) {
  return 1 + 2 * slots.length;
}

/** @param {Side} side @param {unknown} [scale] the legend */
function heading(side, scale = nothing) {
  return html`
    <header>
      <h2 id="${side}-pass">${HEADINGS[side]}</h2>
      <p class="subtitle">${SUBTITLES[side]}</p>
      ${scale}
    </header>
  `;
}

/** @param {string[]} names @param {Map<string, Tensor>} tensors @param {Drawn} drawn */
function slot(names, tensors, drawn) {
  const found = names.flatMap((name) => tensors.get(name) ?? []);
  return found.length
    ? matrix(found, drawn)
    : html`<p class="slot none">No gradient: tokens are not numbers that could be changed.</p>`;
}

/**
 * @param {Stage} stage @param {Map<string, number[]>} shapes @param {State} state
 * @returns {string} "Layer 1 · 16 → 32 · GELU · 544 parameters"
 */
function description({ title, place, slots }, shapes, { run }) {
  const [[first, ...more]] = slots;
  const [rows, columns] = extent(shapes.get(first) ?? [0]);
  if (place === "") return `${title} · ${count(rows)} ${rows === 1 ? "sample" : "samples"} × ${count(columns)}`;
  const parameters = `${count(rows * columns + (more.length ? columns : 0))} parameters`;
  if (place === "embedding") return `${title} · ${rows} tokens → ${columns} dimensions · ${parameters}`;
  const activation = slots.length > 2 ? ACTIVATIONS[run?.config.model.activation ?? ""] : "no activation";
  return [title, `${rows} → ${columns}`, activation, parameters].filter(Boolean).join(" · ");
}

/** What one column has to say of the cell pointed at. @param {{tensors: Tensor[]}} column @param {Drawn} drawn @returns {import("./readout.js").Reading | null} */
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
