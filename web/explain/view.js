/**
 * "Why this number?": the panel that explains one cell.
 *
 * Above, the way to it; on the left the number, a sentence, the formula and the code; on the right the numbers it is
 * made of, each a link to its own explanation.
 */

import { cellKind, parts, STATE } from "../tensors/names.js";
import { count, formatNumber } from "../ui/number.js";
import { guard } from "../vendor/lit-html/directives/guard.js";
import { ref } from "../vendor/lit-html/directives/ref.js";
import { html, nothing, svg } from "../vendor/lit-html/lit-html.js";
import { operand } from "./cell_link.js";
import { code } from "./code_view.js";
import { curve, softmax } from "./figures_view.js";
import { operandTarget } from "./link.js";
import { formula } from "./mathml.js";
import { terms } from "./terms_view.js";
import { cellName } from "./text.js";

/** @import { Explanation } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { Why } from "./actions.js" */
/** @import { Shared } from "./cell_link.js" */
/** @import { Hidden } from "./folded.js" */
/** @import { Place } from "./link.js" */

/** Maximum number of breadcrumbs; earlier ones are elided. */
const MAX_CRUMBS = 4;
const DIGITS = 6;
/** Opacities of the nine cells in the picture of the empty panel. */
const SHADES = [0.9, 0.35, 0.6, 0.2, 0.75, 0.5, 0.65, 0.3, 0.85];

/**
 * @param {State} state
 * @param {Actions} actions
 * @param {Shared["swatch"]} swatch
 * @param {Hidden} hidden  lines of code that are not shown
 */
export function why(
  { explain: { why }, run, dataset: { about: dataset }, training: { playing } },
  actions,
  swatch,
  hidden,
) {
  if (!why || !run) return empty(actions);
  const shared = { layers: run.config.model.hidden_dims.length + 1, dataset, actions, swatch };
  const { trail, answer } = why;
  const here = trail[trail.length - 1];
  return html`
    <section
      class="why ${parts(here.tensor).gradient ? "of-gradient" : ""}"
      aria-label="Why this number?"
      data-cell=${operandTarget(here)}
      ${ref(revealing(trail))}
    >
      <header>
        <nav aria-label="Previous cells">${trail.length > 1 ? crumbs(trail, shared) : html`<p>Why this number?</p>`}</nav>
        <p class="ways">
          <button type="button" class="quiet" ?disabled=${trail.length < 2} @click=${() => actions.explain.backTo(trail.length - 2)}>
            Back <kbd translate="no" aria-hidden="true">⌫</kbd>
          </button>
          <button type="button" class="quiet" @click=${() => actions.explain.close(holdsKeyboard())}>
            Close<span class="vh"> the explanation</span> <kbd translate="no" aria-hidden="true">Esc</kbd>
          </button>
        </p>
      </header>
      ${playing && answer ? held(answer, actions) : nothing}
      ${guard([answer, why.problem, why.all, why.source, dataset, shared.layers, hidden.lines, hidden.isAsked], () =>
        answer ? explained({ why, hidden }, answer, shared) : missing(why, shared),
      )}
    </section>
  `;
}

/** Draw the panel before a cell is chosen: a cell, its gradient, and the arc between them. @param {Actions} actions */
function empty(actions) {
  return html`
    <div class="why-empty">
      <svg viewBox="0 0 116 48" aria-hidden="true">
        ${svg`
          ${[0, 1, 2].map((row) => [0, 1, 2].map((col) => svg`<rect class="of-value" x=${2 + 12 * col} y=${10 + 12 * row} width="12" height="12" opacity=${SHADES[3 * row + col]} />`))}
          ${[0, 1, 2].map((row) => [0, 1, 2].map((col) => svg`<rect class="of-gradient" x=${78 + 12 * col} y=${10 + 12 * row} width="12" height="12" opacity=${SHADES[8 - 3 * row - col]} />`))}
          <path d="M32 22 C 46 4, 82 4, 96 22" />
          <rect class="ring" x="26" y="22" width="12" height="12" /><rect class="ring" x="90" y="22" width="12" height="12" />
        `}
      </svg>
      <div>
        <p class="title">Why this number?</p>
        <p>
          Click any cell to see its formula, the terms it is made of, and the line of Python that computed it. The terms are outlined in the
          matrices.
        </p>
        <p>Arrow keys move between cells, <kbd translate="no">Enter</kbd> explains one, <kbd translate="no">Backspace</kbd> goes back.</p>
        <p><button type="button" @click=${actions.guide.start}>Start here: 8 short steps</button></p>
      </div>
    </div>
  `;
}

/** @param {Explanation} answer @param {Actions} actions */
function held({ step }, actions) {
  return html`
    <p class="held">
      Training continues; this explanation shows step ${count(step)} until training pauses.
      <button type="button" @click=${actions.explain.askAgain}>Show the latest</button>
    </p>
  `;
}

/** @param {Why} why @param {Shared} shared */
function missing({ trail, problem }, { layers }) {
  return html`
    <div class="body">
      <h2 tabindex="-1" data-focus="why">${cellName(trail[trail.length - 1], layers)}</h2>
      <p class="caution">Nothing to explain here now: ${/^(row|col) /.test(problem) ? "the matrix on screen has no such cell" : problem}.</p>
    </div>
  `;
}

/**
 * @param {{why: Why, hidden: Hidden}} parts
 * @param {Explanation} answer
 * @param {Shared} shared
 */
function explained({ why, hidden }, answer, shared) {
  const { cell, sentence, note, stale, formula: written } = answer;
  return html`
    <div class="body" tabindex="-1">
      <div class="words" tabindex="0" role="group" aria-label="What it is">
        <h2 tabindex="-1" data-focus="why">
          <span>${cellName(cell, shared.layers)}</span>
          <span class="value">${shared.swatch(cell)} <data value=${String(cell.value)}>${formatNumber(cell.value, DIGITS)}</data></span>
        </h2>
        <p class="facts">${facts(answer, shared)}</p>
        <p class="sentence">${sentence}</p>
        <div class="formula" role="group" aria-label="Formula" tabindex="0">${formula(written.math, written.text)}</div>
        ${note ? html`<p class=${stale ? "caution" : "caution diverged"}>${note}</p>` : nothing}
        <div class="lines">${code(answer, why.source, hidden, shared.actions)}</div>
      </div>
      <div class="numbers" tabindex="0" role="group" aria-label="What it is made of">${terms(answer, why.all, shared)} ${curve(answer.function)} ${softmax(answer, shared)}</div>
    </div>
  `;
}

/** @param {Explanation} answer @param {Shared} shared */
function facts({ cell, partner, dtype, step }, shared) {
  const { gradient, vector } = parts(cell.tensor);
  const of = vector ? STATE[vector].title.toLowerCase() : gradient ? "gradient" : "";
  const words = of ? `the ${of} of the ${cellKind(cell.tensor, shared.layers)}` : "its gradient:";
  return html`
    Step ${count(step)} · ${dtype}${partner ? html` · ${words} ${operand(partner, shared, formatNumber(partner.value, DIGITS))}` : nothing}
  `;
}

/** @param {Place[]} trail @param {Shared} shared */
function crumbs(trail, { layers, actions }) {
  const first = Math.max(0, trail.length - MAX_CRUMBS);
  const here = trail.length - 1;
  return html`
    <ol>
      ${first > 0 ? html`<li>…</li>` : nothing}
      ${trail.slice(first).map((place, i) => {
        const name = cellName(place, layers);
        const index = first + i;
        if (index === here) return html`<li aria-current="step">${name}</li>`;
        return html`<li><button type="button" class="operand" @click=${() => actions.explain.backTo(index)}>${name}</button></li>`;
      })}
    </ol>
  `;
}

/** @returns {boolean} whether the focus is in the panel */
export const holdsKeyboard = () => document.activeElement?.closest(".why") !== null;

/** One callback for each trail, so that each explained cell is scrolled into view once. @type {WeakMap<object, (element?: Element) => void>} */
const reveals = new WeakMap();

/** @param {object} trail */
function revealing(trail) {
  const known = reveals.get(trail);
  if (known) return known;
  const reveal = (/** @type {Element | undefined} */ element) => {
    if (!element) return;
    for (const part of element.querySelectorAll(".body, .words, .numbers")) part.scrollTo(0, 0);
    element.closest(".panel")?.scrollTo(0, 0);
    // A number of the loss has no cell in a matrix. At lit's first callback the panel is not in the page yet.
    queueMicrotask(() =>
      (document.querySelector(".network .explained") ?? element).scrollIntoView({ block: "nearest" }),
    );
  };
  reveals.set(trail, reveal);
  return reveal;
}
