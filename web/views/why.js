/**
 * "Why this number?": the panel that explains one cell. Above, the number and the way here; on the left what it is, in words, as a
 * formula and as code; on the right the numbers it is made of, each a link to its own explanation.
 */

import { count, shown } from "../draw/number.js";
import { cellKind, parts, STATE } from "../draw/tensor.js";
import { guard } from "../vendor/lit-html/directives/guard.js";
import { ref } from "../vendor/lit-html/directives/ref.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { operandTarget } from "../why_link.js";
import { cellName } from "../why_words.js";
import { formula } from "./math.js";
import { operand } from "./operand.js";
import { code } from "./why_code.js";
import { curve, softmax } from "./why_figures.js";
import { terms } from "./why_terms.js";

/** @typedef {import("../store.js").State} State */
/** @typedef {import("../actions.js").Actions} Actions */
/** @typedef {import("../asking.js").Why} Why */
/** @typedef {import("../api.d.ts").Explanation} Explanation */
/** @typedef {import("./operand.js").Shared} Shared */

/** Breadcrumbs beyond these are behind an ellipsis. */
const CRUMBS_MOST = 4;
const DIGITS = 6;

/** @param {State} state @param {Actions} actions */
export function why({ why, run, dataset, playing }, actions) {
  if (!why || !run) return nothing;
  const shared = { layers: run.config.model.hidden_dims.length + 1, dataset, actions };
  const { trail, answer } = why;
  return html`
    <section class="why" aria-label="Why this number?" data-cell=${operandTarget(trail[trail.length - 1])} ${ref(revealing(trail))}>
      <header>
        <p class="question">Why this number?</p>
        <nav aria-label="The way here">${trail.length > 1 ? crumbs(trail, shared) : nothing}</nav>
        <p class="ways">
          <button type="button" class="quiet" ?disabled=${trail.length < 2} @click=${() => actions.back_to(trail.length - 2)}>
            Back <kbd aria-hidden="true">⌫</kbd>
          </button>
          <button type="button" class="quiet" @click=${() => actions.close_why(holdsKeyboard())}>
            Close<span class="sr-only"> the explanation</span> <kbd aria-hidden="true">Esc</kbd>
          </button>
        </p>
      </header>
      ${playing && answer ? held(answer, actions) : nothing}
      ${guard([answer, why.problem, why.all, why.source, dataset, shared.layers], () =>
        answer ? explained(why, answer, shared) : missing(why, shared),
      )}
    </section>
  `;
}

/** @param {Explanation} answer @param {Actions} actions */
function held({ step }, actions) {
  return html`
    <p class="held">
      Training goes on; this explanation stands still at step ${count(step)} until it pauses.
      <button type="button" @click=${actions.ask_again}>Show the newest</button>
    </p>
  `;
}

/** @param {Why} why @param {Shared} shared */
function missing({ trail, problem }, { layers }) {
  return html`
    <div class="body">
      <h2 tabindex="-1" data-focus="why">${cellName(trail[trail.length - 1], layers)}</h2>
      <p class="caution">There is nothing to explain here just now: ${problem}.</p>
    </div>
  `;
}

/** @param {Why} why @param {Explanation} answer @param {Shared} shared */
function explained(why, answer, shared) {
  const { cell, sentence, note, stale, formula: written } = answer;
  return html`
    <div class="body" tabindex="-1">
      <div class="words">
        <h2 tabindex="-1" data-focus="why">
          <data value=${String(cell.value)}>${shown(cell.value, DIGITS)}</data>
          <span>${cellName(cell, shared.layers)}</span>
        </h2>
        <p class="facts">${facts(answer, shared)}</p>
        <p class="sentence">${sentence}</p>
        <div class="formula" role="group" aria-label="Formula" tabindex="0">${formula(written.math, written.text)}</div>
        ${note ? html`<p class=${stale ? "caution" : "caution diverged"}>${note}</p>` : nothing}
      </div>
      <div class="numbers">${terms(answer, why.all, shared)} ${curve(answer.function)} ${softmax(answer, shared)}</div>
      <div class="lines">${code(answer.code, why.source, shared.actions)}</div>
    </div>
  `;
}

/** @param {Explanation} answer @param {Shared} shared */
function facts({ cell, partner, dtype, step }, shared) {
  const { gradient, vector } = parts(cell.tensor);
  const of = vector ? STATE[vector].title.toLowerCase() : gradient ? "gradient" : "";
  const words = of ? `the ${of} of the ${cellKind(cell.tensor, shared.layers)}` : "its gradient:";
  return html`
    Step ${count(step)} · ${dtype}${partner ? html` · ${words} ${operand(partner, shared, shown(partner.value, DIGITS))}` : nothing}
  `;
}

/** @param {import("../why_link.js").Place[]} trail @param {Shared} shared */
function crumbs(trail, { layers, actions }) {
  const first = Math.max(0, trail.length - CRUMBS_MOST);
  const here = trail.length - 1;
  return html`
    <ol>
      ${first > 0 ? html`<li>…</li>` : nothing}
      ${trail.slice(first).map((place, i) => {
        const name = cellName(place, layers);
        const index = first + i;
        if (index === here) return html`<li aria-current="step">${name}</li>`;
        return html`<li><button type="button" class="operand" @click=${() => actions.back_to(index)}>${name}</button></li>`;
      })}
    </ol>
  `;
}

/** @returns {boolean} whether the keyboard is in the panel */
export const holdsKeyboard = () => document.activeElement?.closest(".why") !== null;

/** One callback for each way, so that each explained cell is brought into sight once. @type {WeakMap<object, (element?: Element) => void>} */
const reveals = new WeakMap();

/** @param {object} trail */
function revealing(trail) {
  const known = reveals.get(trail);
  if (known) return known;
  const reveal = (/** @type {Element | undefined} */ element) => {
    if (!element) return;
    element.querySelector(".body")?.scrollTo(0, 0);
    // A number of the loss has no cell in a matrix. When lit tells of the panel for the first time, it does not stand on the page yet.
    queueMicrotask(() =>
      (document.querySelector(".network .explained") ?? element).scrollIntoView({ block: "nearest" }),
    );
  };
  reveals.set(trail, reveal);
  return reveal;
}
