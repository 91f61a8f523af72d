/** The list of all tasks with the learner's progress, and progress as a file. */

import { menuButton } from "../ui/menu_view.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { countSolved, progressOf } from "./state.js";
import { statusText } from "./text.js";

/** @import { Course } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { Opened } from "./state.js" */

/** @param {State} state @param {Actions} actions */
export function list(state, actions) {
  const { exercises } = state;
  const course = /** @type {Course} */ (exercises.course);
  const [written, mended] = [countSolved(exercises, "exercise"), countSolved(exercises, "clinic")];
  return html`
    <div class="exercises-list">
      <header class="exercises-head">
        <h3 tabindex="-1" data-focus="exercises">Write backpropagation yourself</h3>
        <span class="exercises-status" translate="no">${written.solved} of ${written.all} solved, ${mended.solved} of ${mended.all} mended</span>
        ${menu(actions)}
      </header>
      ${question(state, actions)}
      ${exercises.isKept ? nothing : html`<p class="exercises-caution">This browser does not save your progress: it lasts until the page is closed. Export it to keep it.</p>`}
      <div class="exercises-lists">
        <section aria-label="Course">
          <p>Fourteen functions of one to six lines, from one sum to a whole network.</p>
          <ol>
            ${course.exercises.map(({ number, title }) => row({ kind: "exercise", number }, title, state, actions))}
            ${row({ kind: "capstone", number: 1 }, "Train with your solutions", state, actions)}
          </ol>
        </section>
        <section aria-label="Bug clinic">
          <p>Bug clinic: fourteen networks that train, or nearly. Which gradients are wrong, and in which line?</p>
          <ol class="exercises-cases">
            ${Array.from({ length: course.cases }, (_, index) => row({ kind: "clinic", number: index + 1 }, `Case ${index + 1}`, state, actions))}
          </ol>
          <label class="exercises-name">
            Your name in the progress file
            <input type="text" maxlength="100" .value=${exercises.learner}
              @change=${(/** @type {Event} */ event) => actions.exercises.nameLearner(/** @type {HTMLInputElement} */ (event.target).value)} />
          </label>
        </section>
      </div>
    </div>
  `;
}

/** @param {Opened} opened @param {string} title @param {State} state @param {Actions} actions */
function row(opened, title, { exercises }, actions) {
  const task = progressOf(exercises, opened);
  const kind = task.solved ? "solved" : task.started ? "opened" : "";
  const number = opened.kind === "capstone" ? "★" : opened.number;
  return html`
    <li class=${kind}>
      <button type="button" @click=${() => actions.exercises.open(opened)}>
        <span class="exercises-number" aria-hidden="true">${task.solved ? "✓" : number}</span>
        <span>${title}</span><span class="vh">, </span>
        <small>${task.started ? statusText(task) : html`<span class="vh">not opened</span>`}</small>
      </button>
    </li>
  `;
}

/** @param {Actions} actions */
function menu(actions) {
  const choose = () => /** @type {HTMLElement | null} */ (document.querySelector("#progress-file"))?.click();
  const take = (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    actions.exercises.importProgress(input.files?.[0]);
    input.value = ""; // the same file can be chosen again
  };
  const items = () => [
    { label: "Export progress", act: actions.exercises.exportProgress },
    { label: "Import progress …", act: choose },
    { label: "Reset progress …", danger: true, act: () => actions.exercises.ask("reset") },
  ];
  return html`
    ${menuButton({ label: "Progress", items, align: "end", focus: "progress" })}
    <input id="progress-file" type="file" hidden @change=${take} />
  `;
}

/** @param {State} state @param {Actions} actions */
function question({ exercises: { asking } }, actions) {
  if (asking !== "reset" && asking !== "import") return nothing;
  const isReset = asking === "reset";
  const text = isReset
    ? "Delete all progress, with your solutions? This cannot be undone."
    : "Replace all progress here, with your solutions, by the file?";
  return html`
    <div class="exercises-question" role="group" aria-label="Question">
      <p>${text}</p>
      <button type="button" class="solid" data-focus="question" @click=${isReset ? actions.exercises.resetProgress : actions.exercises.replaceProgress}>${isReset ? "Delete" : "Replace"}</button>
      <button type="button" @click=${() => actions.exercises.ask("")}>Cancel</button>
    </div>
  `;
}
