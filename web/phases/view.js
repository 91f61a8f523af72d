/** Phase by phase: the numbers computed last, their formula and code, and the next phase. */

import { formula } from "../explain/mathml.js";
import { coloursOf, scaleLegend } from "../legend/scale_legend_view.js";
import { layersOf } from "../ui/format.js";
import { formatNumber } from "../ui/number.js";
import { guard } from "../vendor/lit-html/directives/guard.js";
import { ref } from "../vendor/lit-html/directives/ref.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { losses } from "./losses_view.js";
import { changesColumn, changesShown, isUnderWay, isUpdateNext, lastStep, momentsOf } from "./state.js";

/** @import { Moment, Numbers, Phases } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { ParameterView } from "./state.js" */
/** @typedef {import("./state.js").PhaseProgress & {answer: Phases}} PhaseProgress */

/** @type {Record<ParameterView, string>} */
const FACES = { before: "Before", change: "Change", after: "After" };
const DIGITS = 3;

/** @param {State} state @param {Actions} actions */
export function phases(state, actions) {
  const {
    phases: { phasing },
    training: { mode },
  } = state;
  if (!phasing) return nothing;
  return html`
    <section class="phases" aria-labelledby="phases-title" data-face=${phasing.face}>
      <header>
        <h2 id="phases-title">Phase by phase</h2>
        ${isUnderWay(phasing) ? [track(phasing), ways(phasing, mode, actions)] : html`<p class="waiting">Computing the next batch …</p>`}
      </header>
      ${isUnderWay(phasing) ? step(phasing, state, actions) : nothing}
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
      <button type="button" class="quiet" @click=${() => actions.phases.leave(true)}>Exit<span class="vh"> phase by phase</span></button>
    </div>
  `;
}

/**
 * @param {PhaseProgress} phasing
 * @param {State} state
 * @param {Actions} actions
 */
function step(phasing, state, actions) {
  const {
    training: { mode },
    dataset: { about: dataset },
  } = state;
  const layers = layersOf(state.run);
  const { answer, from, done } = phasing;
  const changes = changesShown(phasing);
  const { phase, described, fresh } = lastStep(phasing);
  return html`
    <div class="body" tabindex="0" role="group" aria-label="Just computed" ${ref(toTheNewest(answer, from, done, fresh))}>
      <div class="words">
        <h3>${described.title}</h3>
        <p class="sentence">${described.sentence}</p>
        <p class="next">${following(phasing, mode)}</p>
        ${answer.changes ? faces(phasing, actions) : nothing}
      </div>
      ${changes ? scaleLegend("changes", changesColumn(changes), coloursOf(state, "forward"), actions) : nothing}
      ${guard([described, dataset, layers], () => [
        html`<div class="formulas">${described.formulas.map(({ math, text }) => formula(math, text))}</div>`,
        phase.phase === "loss" ? losses(answer, dataset, layers, actions) : nothing,
        described.code.length ? lines(described.code) : nothing,
      ])}
    </div>
  `;
}

/** @param {PhaseProgress} phasing @param {State["training"]["mode"]} mode */
function following(phasing, mode) {
  const { answer, done } = phasing;
  const next = momentsOf(answer)[done];
  if (!next) return "Batch done. The updated weights are shown.";
  if (!isUpdateNext(phasing)) return "Striped = not computed yet.";
  return mode === "visualize"
    ? "Visualize only: the batch ends here, and no weight changes."
    : "Next: the update. It changes the weights and cannot be undone here.";
}

/** @param {PhaseProgress} phasing @param {Actions} actions */
function faces({ face, answer }, actions) {
  const names = /** @type {ParameterView[]} */ (Object.keys(FACES));
  const largest = (answer.changes ?? []).reduce((most, { change }) => Math.max(most, largestOf(change)), 0);
  return html`
    <fieldset class="faces">
      <legend>Weights and biases</legend>
      ${names.map(
        (name) => html`
          <label>
            <input type="radio" name="face" value=${name} .checked=${face === name} @change=${() => actions.phases.showParameters(name)} />
            ${FACES[name]}
          </label>
        `,
      )}
      <p class="note">${
        face === "change"
          ? "What the update added, on its own scale."
          : `Largest change: ${formatNumber(largest, DIGITS)}. Point at a cell to read all three values.`
      }</p>
    </fieldset>
  `;
}

/** @param {Numbers} values */
function largestOf(values) {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}

/** @param {Moment["code"]} code */
function lines(code) {
  const places = [...new Set(code.map(({ function: name, file }) => `${name}, in ${file}`))];
  return html`
    <div class="lines">
      ${places.map(
        (place) => html`
          <figure>
            <figcaption>${place}</figcaption>
            <pre translate="no" tabindex="0">${code
              .filter((line) => place === `${line.function}, in ${line.file}`)
              .map(({ line, text }) => html`<span class="line"><b>${line}</b>${text}\n</span>`)}</pre>
          </figure>
        `,
      )}
    </div>
  `;
}

/** The step last scrolled to, so that it happens once. @type {{answer: Phases | null, from: number, done: number, scroll: (element?: Element) => void}} */
let newest = { answer: null, from: 0, done: 0, scroll: () => {} };

/**
 * @param {Phases} answer
 * @param {number} from
 * @param {number} done
 * @param {string[]} fresh in the order in which they were computed
 */
function toTheNewest(answer, from, done, fresh) {
  if (newest.answer === answer && newest.from === from && newest.done === done) return newest.scroll;
  const scroll = (/** @type {Element | undefined} */ body) => {
    if (!body) return;
    body.scrollTo(0, 0);
    const matrices = fresh.map((name) => document.querySelector(`.network canvas[data-tensor="${CSS.escape(name)}"]`));
    for (const matrix of [matrices.at(-1), matrices[0]]) matrix?.closest(".plot")?.scrollIntoView({ block: "nearest" });
  };
  newest = { answer, from, done, scroll };
  return scroll;
}
