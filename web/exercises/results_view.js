/** Results of a check: the first stage that failed, its wrong numbers, and the next step. */

import { significant } from "../ui/number.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { line } from "./markdown_view.js";
import { nextTask } from "./state.js";
import { cellText, STAGES, tensorName } from "./text.js";

/** @import { CaseReport, CheckedTensor, SolutionReport } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */

const DIGITS = 6;

/** @param {State} state @param {Actions} actions */
export function results(state, actions) {
  const { report, checked } = state.exercises;
  const { solved, stage, message, line: at, case: called, slip, tensors } = /** @type {SolutionReport} */ (report);
  return html`
    <section class=${solved ? "exercises-results right" : "exercises-results wrong"} aria-label="Result" tabindex="0">
      <ol class="exercises-stages" aria-label="Stages">${stages(stage)}</ol>
      <p class="exercises-verdict">
        <b>${solved ? "Right." : at ? `Line ${at}:` : "Not right:"}</b> ${line(message)}${called ? html` <span class="exercises-called">(${called})</span>` : nothing}
      </p>
      ${slip ? html`<p class="exercises-slip">${line(slip)}</p>` : nothing}
      ${tensors.filter(({ cells }) => cells.length).map(wrongNumbers)}
      ${solved && checked ? next(state, actions) : nothing}
    </section>
  `;
}

/** The stages up to the one that failed, of all if none did; those behind it were not reached. @param {string} failed */
function stages(failed) {
  const end = STAGES.findIndex(([stage]) => stage === failed);
  return STAGES.map(([, label], index) => {
    const [kind, mark, words] =
      end === -1 || index < end
        ? ["passed", "✓", "passed"]
        : index === end
          ? ["failed", "✕", "failed"]
          : ["", "·", "not reached"];
    return html`<li class=${kind}><span aria-hidden="true">${mark}</span> ${label}<span class="vh">: ${words}</span></li>`;
  });
}

/** @param {CheckedTensor} tensor */
function wrongNumbers({ name, cells, relative_error: error, verdict }) {
  return html`
    <table class="exercises-cells" translate="no">
      <caption>${name}: ${verdict}, relative error ${error.toExponential(1)}</caption>
      <thead><tr><th scope="col">at</th><th scope="col">yours</th><th scope="col">right</th></tr></thead>
      <tbody>
        ${cells.map(
          ({ position, yours, right }) => html`
            <tr><th scope="row">${name}${cellText(position)}</th><td>${significant(yours, DIGITS)}</td><td>${significant(right, DIGITS)}</td></tr>
          `,
        )}
      </tbody>
    </table>
  `;
}

/** @param {State} state @param {Actions} actions */
function next({ exercises, run }, actions) {
  const { course, opened, asking } = exercises;
  const entry = course?.exercises[(opened?.number ?? 0) - 1];
  const after = nextTask(exercises);
  if (asking === "network")
    return html`
      <div class="exercises-question" role="group" aria-label="Question">
        <p>${run?.name} has other changes of its code. Replace them by your solutions?</p>
        <button type="button" class="solid" data-focus="question" @click=${actions.exercises.useSolutions}>Replace</button>
        <button type="button" @click=${() => actions.exercises.ask("")}>Cancel</button>
      </div>
    `;
  return html`
    <p class="exercises-next">
      ${entry?.used_by_network ? html`<button type="button" @click=${actions.exercises.useSolutions}>Put it into my network</button>` : nothing}
      ${after ? html`<button type="button" @click=${() => actions.exercises.open(after)}>Next exercise</button>` : nothing}
    </p>
  `;
}

/** @param {State} state @param {Actions} actions */
export function caseResults(state, actions) {
  const { mended, message, line: at, gradients, why } = /** @type {CaseReport} */ (state.exercises.caseReport);
  const after = nextTask(state.exercises);
  return html`
    <section class=${mended ? "exercises-results right" : "exercises-results wrong"} aria-label="Result" tabindex="0">
      <p class="exercises-verdict"><b>${mended ? "Mended." : at ? `Line ${at}:` : "Not yet:"}</b> ${message}</p>
      ${why ? html`<p class="exercises-slip">${line(why)}</p>` : nothing}
      <ul class="exercises-gradients">
        ${gradients.map(
          ({ name, verdict, relative_error: error }) => html`
            <li class=${verdict === "right" ? "passed" : verdict === "wrong" ? "failed" : ""}>
              <span aria-hidden="true">${verdict === "right" ? "✓" : verdict === "wrong" ? "✕" : "?"}</span>
              <span>${tensorName(name)}: ${verdict}</span> <small translate="no">${error.toExponential(0)}</small>
            </li>
          `,
        )}
      </ul>
      ${mended && after ? html`<p class="exercises-next"><button type="button" @click=${() => actions.exercises.open(after)}>Next case</button></p>` : nothing}
    </section>
  `;
}
