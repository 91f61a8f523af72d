/** The sample in the corner of the forward pass: its tokens, its classes, and a field for own tokens. */

import { refusalWords } from "../ui/fields.js";
import { isTyping } from "../ui/keyboard.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { barsOf, largest, output, share } from "./bars.js";
import { barList, drawnBars } from "./bars_view.js";
import { classesOf, shownSample } from "./state.js";
import { heading, notFinite, sentence } from "./text.js";
import { tilesIn } from "./tokens.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { Shown } from "./state.js" */
/** @typedef {{width: number, height: number}} Room in CSS pixels */
/** @typedef {{shown: Shown, classes: string[], isMse: boolean, room: Room}} Corner */

/** Heights of the head, of a tile, of a bar, of the line under them, and what surrounds tiles. CSS pixels. */
const HEAD = 24;
const TILE = 22;
const BAR = 15;
const FOOT = 26;
const AROUND = 8;
const WIDEST = 220;
/** Narrowest line of a sample: its number, two tiles, its class and the arrows. */
const LINE = 240;

/** @param {State} state @param {Actions} actions @param {Room} [room] */
export function corner(state, actions, room = { width: WIDEST, height: 200 }) {
  const shown = shownSample(state);
  if (!shown) return nothing;
  const isMse = state.run?.config.trainer.loss_type === "mse";
  const fitted = { width: Math.min(WIDEST, room.width), height: room.height };
  const drawn = { shown, classes: classesOf(state), isMse, room: fitted };
  const { typing } = state.sample;
  return html`
    <div class="sample-corner" role="group" aria-live="off" aria-label=${sentence(shown, drawn.classes, isMse)} @keydown=${(/** @type {KeyboardEvent} */ event) => key(event, actions)}>
      ${head(shown, actions)}
      ${typing === null ? tiles(drawn) : field(state, typing, actions)}
      ${rows(drawn)}
      ${foot(state, drawn, actions)}
    </div>
  `;
}

/** One line for narrow columns: the sample and its most probable class. @param {State} state @param {Actions} actions @param {number} width */
export function cornerLine(state, actions, width) {
  const shown = shownSample(state);
  if (!shown || width < LINE) return null;
  const isMse = state.run?.config.trainer.loss_type === "mse";
  const classes = classesOf(state);
  const drawn = { shown, classes, isMse, room: { width: Math.max(60, width - 190), height: 0 } };
  return html`
    <div class="sample-line" role="group" aria-live="off" aria-label=${sentence(shown, classes, isMse)}>
      <span class="sample-place">${shown.row < 0 ? "" : `${shown.row + 1}/${shown.count}`}</span>
      ${tiles(drawn)} ${says(drawn)}
      <span class="sample-steps">${step(-1, actions)}${step(1, actions)}</span>
    </div>
  `;
}

/** @param {KeyboardEvent} event @param {Actions} actions */
function key(event, { sample }) {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (event.key === "Escape") sample.release();
  else if (by && !isTyping(event.target)) sample.step(by);
  else return;
  event.stopPropagation();
  event.preventDefault();
}

/** @param {Shown} shown @param {Actions} actions */
function head(shown, actions) {
  return html`
    <div class="sample-head">
      <span>${heading(shown)}</span>
      <span class="sample-steps">${step(-1, actions)}${step(1, actions)}</span>
    </div>
  `;
}

/** @param {1 | -1} by @param {Actions} actions */
function step(by, { sample }) {
  const name = by > 0 ? "Next sample" : "Previous sample";
  return html`
    <button type="button" class="sample-step" aria-label=${name} title=${name} @click=${() => sample.step(by)}>
      <svg viewBox="0 0 12 12" aria-hidden="true"><path d=${by > 0 ? "M4.5 2.5 8 6 4.5 9.5" : "M7.5 2.5 4 6 7.5 9.5"} /></svg>
    </button>
  `;
}

/** @param {Corner} drawn */
function tiles({ shown: { tokens, target }, room }) {
  if (tokens.length === 0) return nothing;
  const { size, width, shown, isCut } = tilesIn(tokens, target ?? "?", room.width);
  const tile = (/** @type {string} */ token, kind = "") =>
    html`<span class="sample-tile ${kind}" .style=${`--tile-height: ${size}px; --tile-width: ${width}px`}>${token}</span>`;
  return html`
    <div class="sample-tiles" aria-hidden="true">
      ${isCut ? html`<span class="sample-cut">…</span>` : nothing}${shown.map((token) => tile(token))}<span class="sample-arrow">→</span>${tile(target ?? "?", target === null ? "sample-unknown" : "sample-target")}
    </div>
  `;
}

/** @param {State} state @param {string} typing @param {Actions} actions */
function field({ sample: { refusal } }, typing, { sample }) {
  return html`
    <form class="sample-typing" @submit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      sample.askTyped();
    }}>
      <input
        type="text"
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        aria-label="Tokens"
        data-focus="sample-tokens"
        aria-invalid=${refusal ? "true" : "false"}
        aria-describedby="sample-typing-refusal"
        .value=${typing}
        @input=${(/** @type {Event} */ event) => sample.type(/** @type {HTMLInputElement} */ (event.target).value)}
      />
      <button type="submit" class="sample-small">Predict</button>
      <span class="sample-refusal" id="sample-typing-refusal" role="alert">${refusal ? refusalWords(refusal, "Tokens") : nothing}</span>
    </form>
  `;
}

/** Bars as they fit, else one line. @param {Corner} drawn */
function rows(drawn) {
  const { shown, classes, isMse, room } = drawn;
  if (!isMse && !shown.probabilities) return html`<p class="sample-words" translate="yes">${notFinite(false)}</p>`;
  const { size } = tilesIn(shown.tokens, shown.target ?? "?", room.width);
  const left = room.height - HEAD - size - AROUND - FOOT - (isMse && shown.target !== null ? BAR : 0);
  const most = Math.floor(left / BAR);
  if (most < 2) return says(drawn);
  const values = shown.probabilities ?? shown.outputs;
  const bars = barsOf(values, classes, shown.target, most);
  return html`
    <div class="sample-bars" aria-hidden="true">${barList(drawnBars(bars, values, !isMse))}</div>
    ${isMse && shown.target !== null ? html`<p class="sample-words">target: 1 for <b>${shown.target}</b>, else 0</p>` : nothing}
  `;
}

/** @param {Corner} drawn @returns "says d .98" */
function says({ shown: { outputs, probabilities }, classes, isMse }) {
  const top = largest(outputs);
  if (top < 0 || (!isMse && !probabilities)) return html`<p class="sample-words">${notFinite(isMse)}</p>`;
  const number = probabilities ? share(probabilities[top]) : output(outputs[top]);
  return html`<p class="sample-words">predicts <b>${classes[top]}</b> ${number}</p>`;
}

/** @param {State} state @param {Corner} drawn @param {Actions} actions */
function foot({ sample: { typing, own } }, { shown, room }, { sample }) {
  const isOpen = typing !== null;
  if (room.height < HEAD + TILE + AROUND + BAR + FOOT && !isOpen && shown.row >= 0) return nothing;
  return html`
    <div class="sample-foot">
      <button type="button" class="sample-small" data-focus="sample-type" aria-expanded=${isOpen ? "true" : "false"} @click=${sample.toggleTyping}>${isOpen ? "Cancel" : "Type tokens"}</button>
      ${
        own && !isOpen && own.predicted !== null
          ? html`<button type="button" class="sample-small" title="Send these tokens through the network alone; no training" @click=${() => sample.send(own.tokens, own.target ?? own.predicted)}>Run them</button>`
          : nothing
      }
      ${shown.row < 0 && !isOpen ? html`<button type="button" class="sample-small" @click=${sample.release}>Back</button>` : nothing}
    </div>
  `;
}
