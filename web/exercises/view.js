/** The panel of the exercises: the list, or one task with its editor. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { capstone } from "./capstone_view.js";
import { clinicCase } from "./clinic_view.js";
import { editorOfTask } from "./editing_view.js";
import { exercise } from "./exercise_view.js";
import { list } from "./list_view.js";
import { nextTask, progressOf } from "./state.js";
import { statusText, titleOf } from "./text.js";

/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */

/** @param {State} state @param {Actions} actions */
export function exercises(state, actions) {
  const { course, editor, opened, task, case: chosen } = state.exercises;
  if (!course || !editor)
    return html`<p class="waiting" translate="yes">Write backpropagation yourself, one function at a time.</p>`;
  if (!opened) return list(state, actions);
  if (opened.kind === "capstone") return page(state, actions, { left: capstone(state, actions), right: nothing });
  if (opened.kind === "clinic" && chosen)
    return page(state, actions, { left: clinicCase(state, actions), right: editorOfTask(state, actions) });
  if (!task) return nothing;
  const isAsked = state.exercises.outcome || progressOf(state.exercises).predicted !== null;
  const right = isAsked ? editorOfTask(state, actions) : nothing;
  return page(state, actions, { left: exercise(state, actions), right });
}

/** @param {State} state @param {Actions} actions @param {{left: unknown, right: unknown}} parts */
function page(state, actions, { left, right }) {
  const { opened, task } = state.exercises;
  const next = nextTask(state.exercises);
  const title = titleOf(/** @type {NonNullable<typeof opened>} */ (opened), task);
  return html`
    <div class="exercises-page">
      <header class="exercises-head">
        <button type="button" class="ghost" @click=${() => actions.exercises.open(null)}>‹ All exercises</button>
        <h3 tabindex="-1" data-focus="exercises">${title}</h3>
        <span class="exercises-status">${status(state)}</span>
        ${next ? html`<button type="button" class="ghost" @click=${() => actions.exercises.open(next)}>Next ›</button>` : nothing}
      </header>
      <div class=${right === nothing ? "exercises-columns single" : "exercises-columns"}>
        <div class="exercises-text" tabindex="0" role="group" aria-label="Task">${left}</div>
        ${right === nothing ? nothing : html`<div class="exercises-work">${right}</div>`}
      </div>
    </div>
  `;
}

/** @param {State} state */
function status({ exercises }) {
  const task = progressOf(exercises);
  const mark = task.solved ? html`<span class="exercises-tick" aria-hidden="true">✓</span>` : nothing;
  return html`${mark}${statusText(task)}`;
}
