/** Beside the editor: the last failure, the verdict on each gradient, and the twin with our code. */

import { title } from "../tensors/names.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { checkOf, isEditable, otherOf } from "./state.js";
import {
  checkWords,
  comparisonWords,
  placed,
  REVERTED,
  STOPPED,
  short,
  stillInForce,
  TRAINED_BY,
  VERDICTS,
  verdictDetails,
} from "./text.js";

/** @import { CodeError, RunCode, TensorVerdict } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */

/** @param {State} state @param {Actions} actions */
export function aside(state, actions) {
  const { answer, isStopped, reverted } = state.code;
  if (!answer) return nothing;
  return html`
    <div class="code-aside">
      <p class="code-trained ${answer.trained_by}">${TRAINED_BY[answer.trained_by]} ${answer.edited && answer.trained_by !== "waiting" ? "Edited since: press Run to use it." : nothing}</p>
      ${isEditable(state.code) ? html`<p class="code-keys"><kbd>Esc</kbd>, then <kbd>Tab</kbd> leaves the editor.</p>` : nothing}
      ${isStopped ? html`<p class="code-rest">${STOPPED}</p>` : nothing}
      ${answer.error ? failure(answer.error, answer, actions) : nothing}
      ${
        reverted?.run === answer.run_id
          ? html`<p class="code-reverted">${REVERTED(Object.keys(reverted.texts))} <button type="button" class="quiet" @click=${actions.code.undoRevert}>Undo the revert</button></p>`
          : nothing
      }
      ${check(state, actions)} ${comparison(state, actions)}
    </div>
  `;
}

/** @param {CodeError} error @param {RunCode} answer @param {Actions} actions */
function failure(error, answer, actions) {
  const { file, line } = error;
  const go = file && line !== null ? () => actions.code.showLine(file, line) : null;
  return html`
    <div class="code-failure" role="group" aria-label="Last failure">
      <p>${go ? html`<button type="button" class="quiet" @click=${go}>${file}, line ${line}</button> ${error.message}` : placed(error)}</p>
      <p class="code-rest">${stillInForce(answer)}</p>
    </div>
  `;
}

/** @param {State} state @param {Actions} actions */
function check(state, actions) {
  const { code, run } = state;
  const { answer, busy, isDifference } = code;
  const found = checkOf(code);
  if (!answer || answer.trained_by === "waiting") return nothing;
  const layers = (run?.config.model.hidden_dims.length ?? 0) + 1;
  return html`
    <section class="code-check" aria-labelledby="code-check-title" aria-busy=${busy === "check" ? "true" : "false"}>
      <h3 id="code-check-title">Gradient check ${found ? html`<span class="code-tally">${checkWords.tally(found)}</span>` : nothing}</h3>
      ${
        found
          ? html`
              <ul class="code-verdicts">${found.verdicts.map((each) => verdictRow(each, layers, actions))}</ul>
              <label class="code-switch"><input type="checkbox" role="switch" .checked=${isDifference} @change=${actions.code.toggleDifference}> Show |yours − by differences| in place of the gradients</label>
            `
          : html`<p class="code-rest">${busy === "check" ? "Checking …" : "backward against central differences of the loss, for each matrix."}</p>`
      }
      ${busy === "check" || found ? nothing : html`<button type="button" @click=${actions.code.check}>Check the gradients</button>`}
    </section>
  `;
}

/** @param {TensorVerdict} each @param {number} layers @param {Actions} actions */
function verdictRow(each, layers, actions) {
  const { tensor, verdict, relative_error, worst } = each;
  const { word, sign } = VERDICTS[verdict];
  const [row = 0, col = 0] = worst ? (worst.index.length === 1 ? [0, worst.index[0]] : worst.index) : [];
  const name = title(tensor, layers).replace(/^Gradient of ./, (start) => start.slice(-1).toUpperCase());
  return html`
    <li class="code-verdict ${verdict}" data-verdict=${tensor}>
      <span class="code-sign" aria-hidden="true">${sign}</span>
      <button type="button" class="quiet" title=${verdictDetails(each)} @click=${() => actions.network.showCell({ tensor, row, col })}>${name}</button>
      <span class="code-word">${word}</span>
      <span class="code-error" translate="no">${verdict === "too_small" ? nothing : short(relative_error)}</span>
    </li>
  `;
}

/** @param {State} state @param {Actions} actions */
function comparison(state, actions) {
  const { answer, compared } = state.code;
  const other = otherOf(state);
  if (!answer || answer.trained_by === "waiting" || (!other && answer.trained_by === "ours")) return nothing;
  const isKnown = compared && compared.run === answer.run_id && compared.other === other?.id;
  const layers = (state.run?.config.model.hidden_dims.length ?? 0) + 1;
  return html`
    <section class="code-compare" aria-labelledby="code-compare-title">
      <h3 id="code-compare-title">${other ? html`Compared with <b>${other.name}</b>` : "Compare with ours"}</h3>
      ${isKnown ? html`<p>${comparisonWords(compared.answer)}</p>${apart(compared.answer.tensors, layers)}` : nothing}
      ${
        other
          ? nothing
          : html`
              <p class="code-rest">A twin with the same weights, samples and order, trained by our code.</p>
              <button type="button" @click=${actions.code.compareWithOurs}>Compare with ours</button>
            `
      }
    </section>
  `;
}

/** @param {import("../api.d.ts").TensorPair[]} tensors @param {number} layers */
function apart(tensors, layers) {
  const most = [...tensors].filter(({ difference }) => difference > 0).sort((a, b) => b.difference - a.difference);
  if (most.length === 0) return nothing;
  return html`
    <dl class="code-apart" aria-label="Difference of each matrix, relative to its size">
      ${most.map(({ tensor, difference }) => html`<div><dt>${title(tensor, layers)}</dt><dd>${short(difference)}</dd></div>`)}
    </dl>
  `;
}
