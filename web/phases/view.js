/** Phase by phase, the bar above the matrices: the phases, what was computed last, and the way on. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { isUnderWay, isUpdateNext, lastStep, momentsOf } from "./state.js";

/** @import { Phases } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @typedef {import("./state.js").PhaseProgress & {answer: Phases}} PhaseProgress */

/** @param {State} state @param {Actions} actions */
export function phases(state, actions) {
  const {
    phases: { phasing },
    training: { mode },
  } = state;
  if (!phasing) return nothing;
  return html`
    <section class="phases" aria-labelledby="phases-title" data-face=${phasing.face}>
      <h2 id="phases-title">Phase by phase</h2>
      ${isUnderWay(phasing) ? [track(phasing), sentence(phasing), ways(phasing, mode, actions)] : html`<p class="waiting">Computing the next batch …</p>`}
    </section>
  `;
}

/** @param {PhaseProgress} phasing */
function track(phasing) {
  const all = phasing.answer.phases;
  const here = all.indexOf(lastStep(phasing).phase);
  return html`
    <ol class="track" aria-label="Phases">
      ${all.map((phase, i) => {
        const way = i < here ? "over" : i === here ? "here" : "ahead";
        return html`<li class=${way} aria-current=${way === "here" ? "step" : nothing}>${phase.title}</li>`;
      })}
    </ol>
  `;
}

/** @param {PhaseProgress} phasing */
function sentence(phasing) {
  const { described } = lastStep(phasing);
  return html`<p class="sentence" title=${described.sentence}>${described.sentence}</p>`;
}

/**
 * @param {PhaseProgress} phasing
 * @param {State["training"]["mode"]} mode
 * @param {Actions} actions
 */
function ways(phasing, mode, actions) {
  const { answer, done, layered } = phasing;
  const isOver = done === momentsOf(answer).length;
  const isHeld = isUpdateNext(phasing) && mode === "visualize";
  return html`
    <div class="ways">
      <label>
        <input type="checkbox" .checked=${layered} @change=${(/** @type {Event} */ event) => actions.phases.setLayered(/** @type {HTMLInputElement} */ (event.target).checked)} />
        Layer by layer
      </label>
      <button type="button" class="quiet" ?disabled=${done === 1 || answer.changes !== null} @click=${actions.phases.back}>Back</button>
      <button type="button" class="primary" ?disabled=${isHeld} data-focus="next_phase" @click=${actions.phases.next}>${isOver ? "Next batch" : "Next phase"}</button>
      <button type="button" class="quiet" @click=${actions.phases.leave}>Exit<span class="vh"> phase by phase</span></button>
    </div>
  `;
}
