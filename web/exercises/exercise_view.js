/** One exercise at the left: its statement, the prediction, and help. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { line, prose } from "./markdown_view.js";
import { nextHelp } from "./state.js";
import { CLINIC_HELP, HELP, NOTED } from "./text.js";

/** @import { ClinicHelp, Hint, Task } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */

/** @param {State} state @param {Actions} actions */
export function exercise(state, actions) {
  const task = /** @type {Task} */ (state.exercises.task);
  return html`
    ${prose(task.statement)}
    ${state.exercises.outcome ? predicted(state, task) : prediction(state, task, actions)}
    ${state.exercises.outcome ? help(state, actions) : nothing}
  `;
}

/** @param {State} state @param {Task} task @param {Actions} actions */
function prediction({ exercises: { predicted } }, { question, options }, actions) {
  return html`
    <fieldset class="exercises-prediction">
      <legend>Predict first</legend>
      <p>${line(question)}</p>
      ${options.map(
        (option, index) => html`
          <label>
            <input type="radio" name="prediction" .checked=${predicted === index} @change=${() => actions.exercises.mark(index)} />
            <span>${line(option)}</span>
          </label>
        `,
      )}
      <button type="button" class="solid" ?disabled=${predicted === null} @click=${actions.exercises.predict}>Answer</button>
    </fieldset>
  `;
}

/** @param {State} state @param {Task} task */
function predicted({ exercises: { outcome, progress } }, { name, question, options }) {
  if (!outcome) return nothing;
  const { right, why } = outcome;
  const isRight = progress[name]?.predicted === right;
  return html`
    <section class="exercises-predicted" aria-label="Your prediction" tabindex="-1" data-focus="predicted">
      <p class="exercises-asked">${line(question)}</p>
      <p><b>${isRight ? "Right: " : "Not this time. It is: "}</b>${line(options[right])}. ${line(why)}</p>
    </section>
  `;
}

/** The help that was shown, and the offer of more. @param {State} state @param {Actions} actions */
export function help(state, actions) {
  const { hints, asking, opened } = state.exercises;
  const names = opened?.kind === "clinic" ? CLINIC_HELP : HELP;
  const next = nextHelp(state.exercises);
  return html`
    <section class="exercises-help" aria-label="Help">
      ${hints.map((hint, index) => shown(hint, index === hints.length - 1))}
      ${
        next === undefined
          ? nothing
          : asking === next
            ? html`
                <div class="exercises-question" role="group" aria-label="Question">
                  <p>${names[next].question} ${NOTED}</p>
                  <button type="button" data-focus="question" @click=${actions.exercises.help}>Show</button>
                  <button type="button" class="ghost" @click=${() => actions.exercises.ask("")}>Not now</button>
                </div>
              `
            : html`<button type="button" data-focus="ask" @click=${() => actions.exercises.ask(next)}>Help: ${names[next].name.toLowerCase()} …</button>`
      }
    </section>
  `;
}

/** @param {Hint | ClinicHelp} hint @param {boolean} isLast */
function shown(hint, isLast) {
  const kind = "rung" in hint ? hint.rung : hint.kind;
  const { name } = ("rung" in hint ? HELP : CLINIC_HELP)[kind];
  const isCode = kind === "lines" || kind === "answer";
  return html`
    <div class="exercises-hint">
      <h4 tabindex="-1" data-focus=${isLast ? "hint" : nothing}>${name}</h4>
      ${isCode ? html`<pre translate="no" tabindex="0">${hint.text}</pre>` : prose(hint.text)}
    </div>
  `;
}
