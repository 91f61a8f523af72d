/** One case of the bug clinic at the left: how it goes, and the diagnosis. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { help } from "./exercise_view.js";
import { tensorName } from "./text.js";

/** @import { ClinicCase, Diagnosis } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */

/** @param {State} state @param {Actions} actions */
export function clinicCase(state, actions) {
  const { case: chosen, diagnosis } = state.exercises;
  const { file, tensors } = /** @type {ClinicCase} */ (chosen);
  return html`
    <p>
      One or two lines of <code translate="no">${file}</code> are wrong. A network of three layers trains with it all the same, or nearly: press
      <i>Train it</i> and watch. Then name the mistake, mend it, and check. Until then
      the panel Code does not compare this file with ours.
    </p>
    <fieldset class="exercises-diagnosis">
      <legend>Which gradients are wrong?</legend>
      <div class="exercises-tensors">
        ${tensors.map(
          (tensor) => html`
            <label>
              <input type="checkbox" .checked=${diagnosis.tensors.includes(tensor)}
                @change=${(/** @type {Event} */ event) => actions.exercises.nameTensor(tensor, /** @type {HTMLInputElement} */ (event.target).checked)} />
              <span>${tensorName(tensor)}</span>
            </label>
          `,
        )}
      </div>
      <label class="exercises-line">
        In line
        <input type="text" inputmode="numeric" maxlength="4" size="4" .value=${diagnosis.line}
          @input=${(/** @type {Event} */ event) => actions.exercises.nameLine(/** @type {HTMLInputElement} */ (event.target).value)} />
        of <code translate="no">${file}</code>
      </label>
      <button type="button" ?disabled=${!diagnosis.tensors.length || !diagnosis.line} @click=${actions.exercises.diagnose}>Compare</button>
      ${diagnosis.answer ? answer(diagnosis.answer) : nothing}
    </fieldset>
    ${help(state, actions)}
  `;
}

/** @param {Diagnosis} diagnosis */
function answer({ tensors, line }) {
  return html`
    <p role="status">
      ${tensors ? "These are the wrong gradients." : "These are not exactly the wrong gradients."}
      ${line ? "The line is right." : "The mistake is in another line."}
    </p>
  `;
}
