/** Loss, perplexity and accuracy of whole sets of samples, as a table and a sentence. */

import { percent, positive, short } from "../ui/format.js";
import { count } from "../ui/number.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { gapWords, setsOf } from "./gap_text.js";

/** @import { RunSummary } from "../api.d.ts" */

/**
 * Loss and accuracy of both sets of samples, with the best possible values.
 * @param {RunSummary} run
 */
export function measured(run) {
  const { metrics } = run;
  const rows = setsOf(run);
  return html`
    <table class="measured">
      <caption class="vh">Measured over whole sets of samples</caption>
      <thead>
        <tr><th scope="col">Set</th><th scope="col">Loss</th><th scope="col">Perplexity</th><th scope="col">Accuracy</th></tr>
      </thead>
      <tbody translate="no">
        ${rows.map(
          ({ name, loss, perplexity, accuracy, best }) => html`
            <tr>
              <th scope="row">${name}</th>
              <td data-metric="loss">${short(loss)}</td>
              <td data-metric="perplexity">${perplexity === null ? "–" : short(perplexity)}</td>
              <td data-metric="accuracy">${percent(accuracy)} <small>of ${percent(best)}</small></td>
            </tr>
          `,
        )}
      </tbody>
    </table>
    <p class="gap" translate="no">${metrics ? `After step ${count(metrics.step)}. ` : ""}${gapWords(rows)} Batch loss and accuracy are those before the update.
      ${run.epoch_ms === null ? nothing : html`<span>Last epoch: ${positive(run.epoch_ms, 1)} ms</span>`}</p>
  `;
}
