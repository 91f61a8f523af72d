/** The transport: reset, play and pause, speed, single steps, phases. */

import { fresh } from "../ui/fields.js";
import { html } from "../vendor/lit-html/lit-html.js";
import { PAUSE, PHASES, PLAY, RESET } from "./icons.js";
import { speedControl } from "./speed_view.js";
import { isElsewhere } from "./state.js";

/** @import { Mode } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */

/** Visible words, accessible name, key, and the action. @type {[string, string, string, "runSingle" | "trainBatch" | "trainEpoch"][]} */
const STEPS = [
  ["Step", "Run single step", "S", "runSingle"],
  ["Batch", "Run batch", "B", "trainBatch"],
  ["Epoch", "Run full epoch", "E", "trainEpoch"],
];

/** @param {State} state @param {Actions} actions */
export function transport(state, actions) {
  const isReady = state.page.boot === "ready";
  const off = !isReady || (state.training.mode === "train" && isElsewhere(state));
  return html`
    <div class="training-transport" role="group" aria-label="Training">
      ${reset(state, actions)} ${play(state, actions, off)} ${speedControl(state, actions)}
      ${steps(actions, off)} ${phases(state, actions, "phases")}
    </div>
  `;
}

/** @param {Actions} actions @param {boolean} off */
function steps(actions, off) {
  return html`
    <div class="training-steps" role="group" aria-label="Run">
      ${STEPS.map(
        ([words, name, key, action]) => html`
          <button
            type="button"
            aria-label=${name}
            title="${name} (key ${key})"
            ?disabled=${off}
            aria-describedby="play-note"
            @click=${actions.training[action]}
          >${fresh(words)}</button>
        `,
      )}
    </div>
  `;
}

/** @param {State} state @param {Actions} actions */
export function reset(state, actions) {
  const { run } = state;
  const off = state.page.boot !== "ready" || !run || isElsewhere(state);
  return html`
    <button
      type="button"
      class="icon training-reset"
      aria-label="Reset"
      title="Reset to step 0; can be undone (key R)"
      ?disabled=${off}
      @click=${() => run && actions.runs.reset(run.id)}
    >${RESET}</button>
  `;
}

/** @param {State} state @param {Actions} actions @param {boolean} off */
function play({ training: { playing, mode } }, actions, off) {
  return html`
    <button
      type="button"
      class="solid play training-play"
      ?disabled=${off || mode === "visualize"}
      aria-describedby="play-note"
      aria-keyshortcuts="Space"
      @click=${actions.training.playOrPause}
    >${playing ? PAUSE : PLAY}<span>${fresh(playing ? "Pause" : "Play")}</span></button>
  `;
}

/** @param {State} state @param {Actions} actions @param {string} focus  its `data-focus` */
export function phases({ page: { boot }, phases: { phasing } }, actions, focus) {
  return html`
    <button
      type="button"
      class="ghost training-phases"
      aria-label="Phase by phase"
      title="Go through one batch phase by phase"
      ?disabled=${boot !== "ready"}
      aria-pressed=${phasing ? "true" : "false"}
      data-focus=${focus}
      @click=${actions.phases.startOrLeave}
    >${PHASES}<span class="bar-phases-word">Phase</span></button>
  `;
}

/** @type {Record<Mode, [word: string, rest: string]>} */
const MODES = { visualize: ["Visualize", "only"], train: ["Train", ""] };

/** @param {State} state @param {Actions} actions @param {string} prefix  of the radio group's name */
export function modes({ training: { mode } }, actions, prefix) {
  const names = /** @type {Mode[]} */ (Object.keys(MODES));
  return html`
    <fieldset class="training-modes" role="radiogroup" aria-label="Mode" title="Visualize only: compute everything, change no weights">
      ${names.map(
        (name) => html`
          <label>
            <input
              type="radio"
              class="training-mode"
              name="${prefix}mode"
              value=${name}
              .checked=${mode === name}
              @change=${() => actions.training.setMode(name)}
            />
            <span>${MODES[name][0]}${MODES[name][1] ? html`<span class="bar-only"> ${MODES[name][1]}</span>` : ""}</span>
          </label>
        `,
      )}
    </fieldset>
  `;
}
