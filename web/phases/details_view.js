/** Details of a phase: words, formulas and code, and the losses of the samples. */

import { howItRan } from "../explain/code_view.js";
import { isAnswer } from "../explain/folded.js";
import { formula } from "../explain/mathml.js";
import { layersOf } from "../ui/format.js";
import { formatNumber } from "../ui/number.js";
import { guard } from "../vendor/lit-html/directives/guard.js";
import { ref } from "../vendor/lit-html/directives/ref.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { losses } from "./losses_view.js";
import { isUnderWay, isUpdateNext, lastStep, momentsOf } from "./state.js";

/** @import { Moment, Numbers, Phases } from "../api.d.ts" */
/** @import { Hidden } from "../explain/folded.js" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @typedef {import("./state.js").PhaseProgress & {answer: Phases}} PhaseProgress */

const DIGITS = 3;

/** @param {State} state @param {Actions} actions @param {Hidden["lines"]} hidden  lines of code that are not shown */
export function phaseDetails(state, actions, hidden) {
  const { phasing } = state.phases;
  if (!phasing || !isUnderWay(phasing)) return nothing;
  return step(phasing, state, { actions, hidden });
}

/**
 * @param {PhaseProgress} phasing
 * @param {State} state
 * @param {{actions: Actions, hidden: Hidden["lines"]}} parts
 */
function step(phasing, state, { actions, hidden }) {
  const {
    training: { mode },
    dataset: { about: dataset },
  } = state;
  const layers = layersOf(state.run);
  const { answer, from, done } = phasing;
  const { phase, described, fresh } = lastStep(phasing);
  return html`
    <section class="phase-details" aria-label="Phase details" ${ref(toTheNewest(answer, from, done, fresh))}>
      <div class="words" tabindex="0" role="group" aria-label="Just computed">
        <h3>${described.title}</h3>
        <p class="sentence">${described.sentence}</p>
        <p class="next">${following(phasing, mode)}</p>
        ${answer.changes ? html`<p class="note">${largestWords(answer.changes)}</p>` : nothing}
        ${guard([described], () => html`<div class="formulas">${described.formulas.map(({ math, text }) => formula(math, text))}</div>`)}
      </div>
      <div class="numbers" tabindex="0" role="group" aria-label="Numbers and code">
        ${guard([described, dataset, layers, hidden], () => [
          phase.phase === "loss" ? losses(answer, dataset, layers, actions) : nothing,
          described.code.length ? lines(described.code, answer.compiled, hidden) : nothing,
        ])}
      </div>
    </section>
  `;
}

/** @param {PhaseProgress} phasing @param {State["training"]["mode"]} mode */
function following(phasing, mode) {
  const { answer, done } = phasing;
  const next = momentsOf(answer)[done];
  if (!next) return "Batch done. Under the forward pass: weights before and after the update, or the change.";
  if (!isUpdateNext(phasing)) return "Striped = not computed yet.";
  return mode === "visualize"
    ? "Visualize only: the batch ends here, and no weight changes."
    : "Next: the update. It changes the weights and cannot be undone here.";
}

/** @param {NonNullable<Phases["changes"]>} changes */
function largestWords(changes) {
  const largest = changes.reduce((most, { change }) => Math.max(most, largestOf(change)), 0);
  return `Largest change: ${formatNumber(largest, DIGITS)}. Point at a weight to read all three values.`;
}

/** @param {Numbers} values */
function largestOf(values) {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}

/** @param {Moment["code"]} code @param {string[]} compiled @param {Hidden["lines"]} hidden  lines that answer the open exercise */
function lines(code, compiled, hidden) {
  const ofPlace = (/** @type {string} */ place) => code.filter((line) => place === `${line.function}, in ${line.file}`);
  const places = [...new Set(code.map(({ function: name, file }) => `${name}, in ${file}`))];
  return html`
    <div class="lines">
      ${places.map(
        (place) => html`
          <figure>
            <figcaption>${place}</figcaption>
            <pre translate="no" tabindex="0">${ofPlace(place)
              .filter(({ file, text }) => !isAnswer(file, text, hidden))
              .map(({ line, text }) => html`<span class="line"><b>${line}</b>${text}\n</span>`)}</pre>
          </figure>
          ${howItRan(ofPlace(place), compiled)}
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
  const scroll = (/** @type {Element | undefined} */ section) => {
    if (!section) return;
    for (const part of section.children) part.scrollTo(0, 0);
    const matrices = fresh.map((name) => document.querySelector(`.network canvas[data-tensor="${CSS.escape(name)}"]`));
    for (const matrix of [matrices.at(-1), matrices[0]]) matrix?.closest(".plot")?.scrollIntoView({ block: "nearest" });
  };
  newest = { answer, from, done, scroll };
  return scroll;
}
