/** Phase by phase: what of one batch has just been computed, how and by which lines, and the way to the next part of it. */

import { shown } from "../draw/number.js";
import { changesShown, isUnderWay, isUpdateNext, lastStep, momentsOf } from "../phases.js";
import { changesColumn } from "../scaled.js";
import { guard } from "../vendor/lit-html/directives/guard.js";
import { ref } from "../vendor/lit-html/directives/ref.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { layersOf } from "../words.js";
import { formula } from "./math.js";
import { losses } from "./phase_losses.js";
import { coloursOf, scaleLegend } from "./scale_legend.js";

/** @typedef {import("../store.js").State} State */
/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../api.d.ts").Phases} Phases */
/** @typedef {import("../api.d.ts").Moment} Moment */
/** @typedef {import("../phases.js").Face} Face */
/** @typedef {import("../phases.js").Phasing & {answer: Phases}} Phasing */

/** @type {Record<Face, string>} */
const FACES = { before: "Before", change: "Change", after: "After" };
const DIGITS = 3;

/** @param {State} state @param {Actions} actions */
export function phases(state, actions) {
  const { phasing, mode } = state;
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

/** @param {Phasing} phasing */
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

/** @param {Phasing} phasing @param {State["mode"]} mode @param {Actions} actions */
function ways(phasing, mode, actions) {
  const { answer, done, layered } = phasing;
  const isOver = done === momentsOf(answer).length;
  const isHeld = isUpdateNext(phasing) && mode === "visualize";
  return html`
    <div class="ways">
      <label>
        <input type="checkbox" .checked=${layered} @change=${(/** @type {Event} */ event) => actions.set_layered(/** @type {HTMLInputElement} */ (event.target).checked)} />
        Layer by layer
      </label>
      <button type="button" class="quiet" ?disabled=${done === 1 || answer.changes !== null} @click=${actions.last_phase}>Back</button>
      <button type="button" class="primary" ?disabled=${isHeld} data-focus="next_phase" @click=${actions.next_phase}>${isOver ? "Next batch" : "Next phase"}</button>
      <button type="button" class="quiet" @click=${() => actions.leave_phases(true)}>Leave<span class="sr-only"> phase by phase</span></button>
    </div>
  `;
}

/** @param {Phasing} phasing @param {State} state @param {Actions} actions */
function step(phasing, state, actions) {
  const { mode, dataset } = state;
  const layers = layersOf(state.run);
  const { answer, from, done } = phasing;
  const changes = changesShown(phasing);
  const { phase, told, fresh } = lastStep(phasing);
  return html`
    <div class="body" tabindex="0" role="group" aria-label="What was just computed" ${ref(toTheNewest(answer, from, done, fresh))}>
      <div class="words">
        <h3>${told.title}</h3>
        <p class="sentence">${told.sentence}</p>
        <p class="next">${following(phasing, mode)}</p>
        ${answer.changes ? faces(phasing, actions) : nothing}
      </div>
      ${changes ? scaleLegend("changes", changesColumn(changes), coloursOf(state, "forward"), actions) : nothing}
      ${guard([told, dataset, layers], () => [
        html`<div class="formulas">${told.formulas.map(({ math, text }) => formula(math, text))}</div>`,
        phase.phase === "loss" ? losses(answer, dataset, layers, actions) : nothing,
        told.code.length ? lines(told.code) : nothing,
      ])}
    </div>
  `;
}

/** @param {Phasing} phasing @param {State["mode"]} mode */
function following(phasing, mode) {
  const { answer, done } = phasing;
  const next = momentsOf(answer)[done];
  if (!next) return "The batch is over. What it changed is on the page.";
  if (!isUpdateNext(phasing)) return "What has not been computed yet is covered.";
  return mode === "visualize"
    ? "Visualize only: the batch ends here, and no weight changes."
    : "Next, the update itself: it changes the weights, and cannot be taken back.";
}

/** @param {Phasing} phasing @param {Actions} actions */
function faces({ face, answer }, actions) {
  const names = /** @type {Face[]} */ (Object.keys(FACES));
  const largest = (answer.changes ?? []).reduce((most, { change }) => Math.max(most, largestOf(change)), 0);
  return html`
    <fieldset class="faces">
      <legend>Weights and biases</legend>
      ${names.map(
        (name) => html`
          <label>
            <input type="radio" name="face" value=${name} .checked=${face === name} @change=${() => actions.show_parameters(name)} />
            ${FACES[name]}
          </label>
        `,
      )}
      <p class="note">${
        face === "change"
          ? "What the update added, on a scale of its own."
          : `Each moved by at most ${shown(largest, DIGITS)}. Point at one to read all three.`
      }</p>
    </fieldset>
  `;
}

/** @param {Float32Array} values */
const largestOf = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** @param {Moment["code"]} code */
function lines(code) {
  const places = [...new Set(code.map(({ function: name, file }) => `${name}, in ${file}`))];
  return html`
    <div class="lines">
      ${places.map(
        (place) => html`
          <figure>
            <figcaption>${place}</figcaption>
            <pre tabindex="0">${code
              .filter((line) => place === `${line.function}, in ${line.file}`)
              .map(({ line, text }) => html`<span class="line"><b>${line}</b>${text}\n</span>`)}</pre>
          </figure>
        `,
      )}
    </div>
  `;
}

/** The step that the page was scrolled to, so that it happens once. @type {{answer: Phases | null, from: number, done: number, scroll: (element?: Element) => void}} */
let newest = { answer: null, from: 0, done: 0, scroll: () => {} };

/** @param {Phases} answer @param {number} from @param {number} done @param {string[]} fresh in the order in which they were computed */
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
