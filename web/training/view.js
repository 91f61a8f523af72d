/** The controls in the bar: transport, mode and settings of the active run. */

import { barWords } from "../config/bar_words.js";
import { optimizerControls } from "../config/optimizer_fields.js";
import { optimizerWords } from "../config/optimizers_text.js";
import { fresh } from "../ui/fields.js";
import { popover } from "../ui/popover.js";
import { html } from "../vendor/lit-html/lit-html.js";
import { batchSize, learningRate, lossType } from "./fields_view.js";
import { SLIDERS } from "./icons.js";
import { speedWords } from "./speed.js";
import { isElsewhere } from "./state.js";
import { stoppingControls, stoppingWords } from "./stopping_view.js";
import { modes, transport } from "./transport_view.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { Place } from "./fields_view.js" */

/** @param {State} state @param {Actions} actions */
export function controls(state, actions) {
  const place = { prefix: "", disabled: state.page.boot !== "ready" || isElsewhere(state) };
  return html`
    <div class="training-bar">
      ${transport(state, actions)}
      <div class="bar-mode">${modes(state, actions, "")}</div>
      <div class="training-fields">
        <div>${learningRate(state, actions, place)}</div>
        <div class="bar-batch">${batchSize(state, actions, place)}</div>
        <div class="bar-loss">${lossType(state, actions, place)}</div>
        ${optimizer(state, actions, place)} ${stopping(state, actions, place)}
      </div>
      <button
        type="button"
        class="icon training-more"
        aria-label="All settings"
        title="All settings"
        aria-haspopup="dialog"
        @click=${() => actions.page.showDialog("settings")}
      >${SLIDERS}</button>
      <p class="vh" id="play-note">${fresh(note(state))}</p>
    </div>
  `;
}

/** @param {State} state */
function note(state) {
  const { busy } = state.page;
  if (busy) return busy;
  if (isElsewhere(state)) return "This run is open in another tab, so it is view-only here.";
  if (state.training.mode !== "train") return "Visualize only changes no weights, so Play is off.";
  return `Every batch updates the weights. Speed: ${speedWords(state.training.speed)}.`;
}

/** @param {State} state @param {Actions} actions @param {Place} place */
function optimizer(state, actions, place) {
  const words = state.run ? optimizerWords(state.run.config.trainer) : barWords().optimizer;
  return html`
    <div class="bar-optimizer">
      ${opener("optimizer-settings", "Optimizer", words, !state.run)}
      ${popover({ id: "optimizer-settings", label: "Optimizer", name: "training-popover", content: html`<div class="fields">${optimizerControls(state, actions, place)}</div>` })}
    </div>
  `;
}

/** @param {State} state @param {Actions} actions @param {Place} place */
function stopping(state, actions, place) {
  const words = state.run ? stoppingWords(state.run) : barWords().stopping;
  return html`
    <div class="bar-stop">
      ${opener("stopping-settings", "Stop", words, !state.run)}
      ${popover({ id: "stopping-settings", label: "Stop", name: "training-popover", content: html`<div class="fields">${stoppingControls(state, actions, place)}</div>` })}
    </div>
  `;
}

/** @param {string} id  of the popover @param {string} label @param {string} words @param {boolean} off */
const opener = (id, label, words, off) => html`
  <button type="button" class="training-opener" ?disabled=${off} popovertarget=${id} aria-haspopup="dialog" title="${label}: ${words}">
    <span>${label}</span> <b translate="no">${words}</b>
  </button>
`;
