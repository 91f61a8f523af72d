/** The start of Python in words: progress, self-test, failure and retry. */

import { fresh } from "../ui/fields.js";
import { megabytes } from "../ui/format.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

/** @import { Actions } from "./actions.js" */
/** @import { State } from "./store.js" */

/** @param {State} state @param {Actions} actions */
export function status(state, actions) {
  // The progress has no live region around it: screen readers need one sentence per stage.
  return html`
    <div role="status">${{ loading, ready, failed }[state.page.boot](state, actions)}</div>
    ${state.page.boot === "loading" ? progress(state) : nothing}
  `;
}

/** @param {State} state @param {Actions} actions */
function loading({ page: { stage } }, actions) {
  return html`
    <p class="stage"><span class="dot" aria-hidden="true"></span>${fresh(`${stage.stage} …`)}</p>
    ${stage.waiting ? html`<p translate="no">${stage.waiting}</p><p><button type="button" @click=${actions.page.start}>Retry</button></p>` : nothing}
  `;
}

/** @param {State} state */
function progress({
  page: {
    stage: { loaded, total },
  },
}) {
  if (total === 0) return html`<progress aria-label="Start of Python"></progress>`;
  return html`
    <progress aria-label="Start of Python" max=${total} .value=${loaded}></progress>
    <p class="bytes" translate="no">${megabytes(loaded)} of ${megabytes(total)} MB</p>
  `;
}

/** @param {State} state @param {Actions} actions */
function ready({ page: { selfTest, silent } }, actions) {
  if (silent) return unanswered(actions);
  if (!selfTest) return nothing;
  const { python, numpy, message } = selfTest;
  return html`
    <p class="stage" translate="no"><span class="dot" aria-hidden="true"></span><strong>Python ${python} and NumPy ${numpy} are ready.</strong> ${message}</p>
  `;
}

/** @param {Actions} actions */
function unanswered(actions) {
  return html`
    <p class="stage">
      <span class="dot" aria-hidden="true"></span><strong>Python has not answered for 10 s.</strong> Wait, or restart it;
      your runs are saved.
    </p>
    <p><button type="button" @click=${actions.page.restart}>Restart Python</button></p>
  `;
}

/** @param {State} state @param {Actions} actions */
function failed({ page: { problem } }, actions) {
  if (!problem) return nothing;
  const { title, message, restart } = problem;
  if (problem.updated) return updated(message, actions);
  return html`
    <p class="stage"><span class="dot" aria-hidden="true"></span><strong>${title}:</strong> ${message}</p>
    ${restart ? html`<p>The page shows the last state. Restarting Python brings back every run as it was saved last: weights, curve and position in the data.</p>` : nothing}
    ${details(problem.traceback)}
    <p><button type="button" class="primary" @click=${actions.page.start}>${restart ? "Restart Python" : "Retry"}</button></p>
  `;
}

/** Another build has been published; the runs are saved. @param {string} message @param {Actions} actions */
function updated(message, actions) {
  return html`
    <p class="stage"><span class="dot" aria-hidden="true"></span><strong>${message}</strong></p>
    <p><button type="button" class="primary" @click=${actions.page.reload}>Reload</button></p>
  `;
}

/** @param {string} traceback */
export function details(traceback) {
  if (!traceback) return nothing;
  return html`<details><summary>Details</summary><pre translate="no" tabindex="0">${traceback}</pre></details>`;
}
