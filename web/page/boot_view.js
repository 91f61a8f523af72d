/** The start of Python in words: progress, self-test, failure and retry. */

import { fresh } from "../ui/fields.js";
import { megabytes } from "../ui/format.js";
import { keyed } from "../vendor/lit-html/directives/keyed.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { missingFiles } from "./text.js";

/** @import { SelfTest } from "../api.d.ts" */
/** @import { Actions } from "./actions.js" */
/** @import { State } from "./store.js" */

/** The result of the self-test stands this long. Milliseconds. */
const GREETING = 4_000;

/** Sentences of the start, among the messages. @param {State} state @param {Actions} actions */
export function bootMessage({ page: { boot, stage, selfTest, readyAt, clock } }, actions) {
  if (boot === "loading")
    return keyed(
      `${stage.stage}${stage.waiting ?? ""}`,
      html`
        <div class="message boot">
          <p>${stage.stage} …</p>
          ${stage.waiting ? html`<p translate="no">${stage.waiting}</p><button type="button" @click=${actions.page.start}>Retry</button>` : nothing}
        </div>
      `,
    );
  if (boot !== "ready" || (selfTest && clock - readyAt > GREETING)) return nothing;
  const words = selfTest ? readyWords(selfTest) : "Testing the gradients …";
  return keyed(words, html`<div class="message boot"><p>${words}</p></div>`);
}

/** "Ready: 7 of 7 gradients agree …": Python is stopped unless all do. @param {SelfTest} selfTest */
function readyWords({ gradients }) {
  const right = gradients.filter(({ verdict }) => verdict === "right").length;
  return `Ready: ${right} of ${gradients.length} gradients agree with central differences.`;
}

/** No live region is around it: screen readers need one sentence per stage. @param {State} state */
export function progress({ page: { boot, stage } }) {
  if (boot !== "loading") return nothing;
  const { loaded, total } = stage;
  if (total === 0) return html`<progress aria-label="Start of Python"></progress>`;
  return html`
    <progress aria-label="Start of Python" max=${total} .value=${loaded}></progress>
    <p class="bytes" translate="no"><span>${fresh(`${megabytes(loaded)} of`)}</span> ${megabytes(total)} MB</p>
  `;
}

/** Why Python does not run or does not answer. @param {State} state @param {Actions} actions */
export function bootBanner({ page: { boot, stage, problem, silent } }, actions) {
  if (boot === "failed" && problem)
    return problem.updated ? updated(problem.message, actions) : failed(problem, stage, actions);
  if (boot === "ready" && silent) return unanswered(actions);
  return nothing;
}

/** @param {Actions} actions */
function unanswered(actions) {
  return html`
    <div class="banner boot">
      <p><strong>Python has not answered for 10 s.</strong> Wait, or restart it; your runs are saved.</p>
      <button type="button" @click=${actions.page.restart}>Restart Python</button>
    </div>
  `;
}

/** @param {NonNullable<State["page"]["problem"]>} problem @param {State["page"]["stage"]} stage @param {Actions} actions */
function failed({ title, message, restart, traceback }, stage, actions) {
  return html`
    <div class="banner failure boot">
      <p>
        <strong>${title}:</strong> ${message}
        ${restart ? html`The page shows the last state. Restarting Python brings back every run as it was saved last: weights, curve and position in the data.` : missingFiles(stage)}
      </p>
      ${details(traceback)}
      <button type="button" class="primary" @click=${actions.page.start}>${restart ? "Restart Python" : "Retry"}</button>
    </div>
  `;
}

/** Another build has been published; the runs are saved. @param {string} message @param {Actions} actions */
function updated(message, actions) {
  return html`
    <div class="banner failure boot">
      <p><strong>${message}</strong></p>
      <button type="button" class="primary" @click=${actions.page.reload}>Reload</button>
    </div>
  `;
}

/** @param {string} traceback */
export function details(traceback) {
  if (!traceback) return nothing;
  return html`<details><summary>Details</summary><pre translate="no" tabindex="0">${traceback}</pre></details>`;
}
