/** How Python's start goes, in words; whether it was proven; and if it failed, why, and the way on. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { megabytes } from "../words.js";

/** @typedef {import("../store.js").State} State */
/** @typedef {import("../actions.js").Actions} Actions */

/** @param {State} state @param {Actions} actions */
export function status(state, actions) {
  // The progress has no live region around it: a sentence per stage is enough for ears.
  return html`
    <div role="status">${{ loading, ready, failed }[state.boot](state, actions)}</div>
    ${state.boot === "loading" ? progress(state) : nothing}
  `;
}

/** @param {State} state */
function loading({ stage }) {
  return html`<p class="stage"><span class="dot" aria-hidden="true"></span>${stage.stage} …</p>`;
}

/** @param {State} state */
function progress({ stage: { loaded, total } }) {
  if (total === 0) return html`<progress aria-label="Start of Python"></progress>`;
  return html`
    <progress aria-label="Start of Python" max=${total} .value=${loaded}></progress>
    <p class="bytes">${megabytes(loaded)} of ${megabytes(total)} MB</p>
  `;
}

/** @param {State} state @param {Actions} actions */
function ready({ self_test, silent }, actions) {
  if (silent) return unanswered(actions);
  if (!self_test) return nothing;
  const { python, numpy, message } = self_test;
  return html`
    <p class="stage"><span class="dot" aria-hidden="true"></span><strong>Python ${python} and NumPy ${numpy} are ready.</strong> ${message}</p>
  `;
}

/** @param {Actions} actions */
function unanswered(actions) {
  return html`
    <p class="stage">
      <span class="dot" aria-hidden="true"></span><strong>Python is not answering.</strong> It may be busy with something long, and go
      on by itself. If not, start it again, with every run as it was saved a moment ago.
    </p>
    <p><button type="button" @click=${actions.restart_silent}>Restart Python</button></p>
  `;
}

/** @param {State} state @param {Actions} actions */
function failed({ problem }, actions) {
  if (!problem) return nothing;
  const { title, message, restart } = problem;
  return html`
    <p class="stage"><span class="dot" aria-hidden="true"></span><strong>${title}:</strong> ${message}</p>
    ${restart ? html`<p>The last picture stays. Python can start again with every run as it was a moment ago: its weights, its curve and its place in the data.</p>` : nothing}
    ${details(problem.traceback)}
    <p><button type="button" class="primary" @click=${actions.start}>${restart ? "Restart Python" : "Retry"}</button></p>
  `;
}

/** @param {string} traceback */
export function details(traceback) {
  if (!traceback) return nothing;
  return html`<details><summary>Details</summary><pre tabindex="0">${traceback}</pre></details>`;
}
