/** The right half of a task: the editor, its buttons, and the results of the last check. */

import { editorOf } from "../code/editor_view.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { caseResults, results } from "./results_view.js";
import { nameOf, sourceOf } from "./state.js";

/** @import { Editor } from "../code/editor.js" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */

/** @param {State} state @param {Actions} actions */
export function editorOfTask(state, actions) {
  const { exercises } = state;
  const { opened, course, task, case: chosen, checking, report, caseReport } = exercises;
  const name = opened ? nameOf(opened, course) : "";
  const text = sourceOf(exercises);
  const listener = {
    onType: (/** @type {string} */ _, /** @type {string} */ source) => actions.exercises.type(source),
    onRun: actions.exercises.check,
  };
  return html`
    <div class="exercises-tools">
      <code translate="no">${task ? `${task.name}.py` : chosen?.file}</code>
      <span class="exercises-leave">Esc, then Tab leaves the editor</span>
      ${startOver(state, actions)}
      ${task ? nothing : html`<button type="button" @click=${actions.exercises.trainCase}>Train it</button>`}
      <button type="button" class="solid" ?disabled=${checking} @click=${actions.exercises.check}>
        ${task ? "Run" : "Check"} <kbd translate="no" aria-hidden="true">Ctrl ↵</kbd>
      </button>
    </div>
    <div
      class="exercises-editor"
      data-focus="exercises-editor"
      ${editorOf(/** @type {typeof Editor} */ (exercises.editor), documentOf(exercises, { name, text }), listener)}
    ></div>
    ${report ? results(state, actions) : caseReport ? caseResults(state, actions) : nothing}
  `;
}

/** @param {State["exercises"]} exercises @param {{name: string, text: string}} file */
function documentOf({ task, case: chosen, report, caseReport, checked }, { name, text }) {
  const failed = report ?? caseReport;
  const error = failed?.line && checked === text ? failed : null;
  return {
    run: `exercise:${name}`,
    file: task ? `${task.name}.py` : (chosen?.file ?? ""),
    text,
    ours: text,
    isEditable: true,
    isDiff: false,
    error,
    place: null,
  };
}

/** @param {State} state @param {Actions} actions */
function startOver({ exercises }, actions) {
  const { asking, task, case: chosen } = exercises;
  const begun = task?.stub ?? chosen?.text ?? "";
  if (sourceOf(exercises) === begun) return nothing;
  if (asking !== "stub")
    return html`<button type="button" class="ghost" data-focus="start-over" @click=${() => actions.exercises.ask("stub")}>Start over …</button>`;
  return html`
    <span class="exercises-sure" role="group" aria-label="Question">
      Discard what you wrote?
      <button type="button" data-focus="question" @click=${actions.exercises.startOver}>Discard</button>
      <button type="button" class="ghost" @click=${() => actions.exercises.ask("")}>Keep</button>
    </span>
  `;
}
