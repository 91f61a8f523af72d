/** The panel of “Start here”: the eight steps, and the text of the current one. */

import { html } from "../vendor/lit-html/lit-html.js";
import { STEPS } from "./steps.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */

/** @param {State} state @param {Actions} actions */
export function guide({ guide: { at, done } }, actions) {
  const step = STEPS[at - 1];
  const isDone = done[at - 1];
  return html`
    <section class="guide" aria-label="Start here">
      <div class="guide-columns">
      <ol class="guide-steps">
        ${STEPS.map(({ title }, index) => entry(title, index + 1, { at, done }, actions))}
      </ol>
      <div class="guide-step">
        <p class="guide-count"><span translate="no">${at}</span> of <span translate="no">${STEPS.length}</span></p>
        <h3 tabindex="-1" data-focus="guide">${step.title}</h3>
        <p>${step.text}</p>
        <p class="guide-task">
          ${isDone ? html`<span class="guide-tick" aria-hidden="true">✓</span><span class="vh">Done: </span>` : ""}${step.task}
          ${isDone ? "" : html`<button type="button" class="guide-show" @click=${actions.guide.show}>Go to ${step.place}</button>`}
        </p>
        <div class="guide-ways">
          <button type="button" ?disabled=${at === 1} @click=${() => actions.guide.go(at - 1)}>Back</button>
          ${
            at < STEPS.length
              ? html`<button type="button" class=${isDone ? "primary" : ""} @click=${() => actions.guide.go(at + 1)}>Next</button>`
              : html`<button type="button" class=${isDone ? "primary" : ""} @click=${actions.guide.close}>Finish</button>`
          }
          <a class="guide-learn" href="learn/index.html#${step.learn}">More about this step</a>
          <button type="button" class="guide-close" @click=${actions.guide.close}>Close the guide</button>
        </div>
      </div>
      </div>
    </section>
  `;
}

/**
 * @param {string} title
 * @param {number} number
 * @param {{at: number, done: boolean[]}} progress
 * @param {Actions} actions
 */
function entry(title, number, { at, done }, actions) {
  const isDone = done[number - 1];
  return html`
    <li class="${isDone ? "done" : ""} ${number === at ? "now" : ""}">
      <button type="button" aria-current=${number === at ? "step" : "false"} @click=${() => actions.guide.go(number)}>
        <span class="guide-number" translate="no" aria-hidden="true">${isDone ? "✓" : number}</span>${title}<span class="vh">${isDone ? ", done" : ""}</span>
      </button>
    </li>
  `;
}
