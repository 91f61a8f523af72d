/** The end of the course: the default run, trained by the learner's solutions. */

import { brief } from "../ui/number.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { solutionsOf } from "./state.js";

/** @import { CapstoneReport, Course } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */

/** @param {State} state @param {Actions} actions */
export function capstone(state, actions) {
  const { exercises } = state;
  const { steps, exercises: all } = /** @type {Course} */ (exercises.course);
  const solutions = solutionsOf(exercises);
  const used = all.filter(({ name }) => name in solutions);
  const isTraining = exercises.capstoneRun !== null;
  return html`
    <p>
      Your functions train the default network, in float64. At step ${steps} its loss must be that of our code, within 1e-9: same weights, same
      samples, same order.
    </p>
    <p>${used.length ? html`Your solutions: ${used.map(({ title }) => title).join(", ")}.` : "Solve an exercise first: its solution is used here."}</p>
    <p>
      <button type="button" class="solid" ?disabled=${!used.length} @click=${actions.exercises.trainCapstone}>Train with my solutions</button>
    </p>
    ${isTraining ? html`<p role="status">It trains, in a run of its own. Your loss is compared at step ${steps}.</p>` : nothing}
    ${exercises.capstone ? compared(exercises.capstone) : nothing}
  `;
}

/** @param {CapstoneReport} report */
function compared({ yours, ours, right, step }) {
  return html`
    <section class=${right ? "exercises-results right" : "exercises-results wrong"} aria-label="Result">
      <p class="exercises-verdict">
        <b>${right ? "Right." : "Not equal."}</b>
        Loss at step ${step}: yours <span translate="no">${brief(yours)}</span>, ours <span translate="no">${brief(ours)}</span>,
        relative difference <span translate="no">${Math.abs(yours / ours - 1).toExponential(1)}</span>.
      </p>
    </section>
  `;
}
