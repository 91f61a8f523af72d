/** The runs of a sweep from best to worst, with the values that differ. */

import { percent, short } from "../ui/format.js";
import { count } from "../ui/number.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { settingAt, valueAt } from "./settings.js";
import { taskWords } from "./text.js";
import { valueWords } from "./values.js";

/** @import { RunSummary } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { State } from "../page/store.js" */
/** @import { Ranking, Result } from "./state.js" */

/**
 * @param {Result[]} results
 * @param {{fields: string[], ranking: Ranking}} about
 * @param {State} state
 * @param {Actions} actions
 */
export function list(results, { fields, ranking }, state, actions) {
  return html`
    <div class="sweep-list" role="group" aria-label="Runs of the sweep" tabindex="0" translate="no">
      <table>
        <thead>
          <tr>
            <th scope="col"><span class="vh">Place</span></th>
            <th scope="col" class="number" aria-sort=${ranking.isShare ? "descending" : "ascending"}>${ranking.label}</th>
            ${ranking.isShare ? nothing : html`<th scope="col" class="number">Accuracy</th>`}
            ${fields.map((field) => html`<th scope="col" title=${settingAt(field)?.label ?? nothing}>${settingAt(field)?.short ?? field}</th>`)}
            <th scope="col" class="number">Steps</th>
          </tr>
        </thead>
        <tbody @pointerleave=${() => actions.runs.hover(null)}>
          ${repeat(
            results,
            ({ key }) => key,
            (result, i) => row(result, i, { fields, ranking }, { state, actions }),
          )}
        </tbody>
      </table>
    </div>
  `;
}

/**
 * @param {Result} result
 * @param {number} place
 * @param {{fields: string[], ranking: Ranking}} about
 * @param {{state: State, actions: Actions}} page
 */
function row({ task, run, config }, place, { fields, ranking }, { state, actions }) {
  const values = fields.map((field) => {
    const setting = settingAt(field);
    return html`<td>${setting ? valueWords(setting, valueAt(config, field)) : ""}</td>`;
  });
  if (!run)
    return html`
      <tr class="sweep-open" title=${task.name}>
        <th scope="row"><span class="vh">${task.name}</span></th>
        <td colspan=${ranking.isShare ? 1 : 2}>${taskWords(task)}</td>
        ${values}
        <td></td>
      </tr>
    `;
  const hover = () => actions.runs.hover(run.id);
  return html`
    <tr class=${state.runs.hovered === run.id ? "hovered" : ""} aria-current=${run.active ? "true" : "false"}
      @pointerenter=${hover} @focusin=${hover} @click=${() => actions.runs.activate(run.id)}>
      <th scope="row">
        <button type="button" class="ghost" aria-label="Activate ${run.name}" title="Activate ${run.name}" ?disabled=${state.page.boot !== "ready"}>${place + 1}</button>
      </th>
      <td class="number">${metric(ranking, run)}</td>
      ${ranking.isShare ? nothing : html`<td class="number">${percent(accuracy(ranking, run))}</td>`}
      ${values}
      <td class="number">${count(run.step)}</td>
    </tr>
  `;
}

/** @param {Ranking} ranking @param {RunSummary} run */
const metric = ({ of, isShare }, run) => (isShare ? percent(of(run)) : short(of(run)));

/** Accuracy on the samples of the loss. @param {Ranking} ranking @param {RunSummary} run */
const accuracy = ({ label }, { metrics }) =>
  label.startsWith("Held-out") ? metrics?.held_out_accuracy : metrics?.accuracy;
