/** The confusion matrices as tables. */

import { count } from "../ui/number.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { setsIn, shareWords } from "./text.js";

/** @import { Confusion } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */
/** @import { ClassCounts } from "./text.js" */

/**
 * @param {Confusion} answer
 * @param {boolean} open
 * @param {Actions} actions
 */
export function confusionTable(answer, open, actions) {
  const toggle = (/** @type {Event} */ event) => {
    event.stopPropagation();
    const table = /** @type {HTMLDetailsElement} */ (event.currentTarget).open;
    if (table !== open) actions.metrics.arrangeConfusion({ table });
  };
  return html`
    <details class="as-table" ?open=${open} @toggle=${toggle}>
      <summary>As tables</summary>
      ${open ? html`<div class="tables">${setsIn(answer).map((set) => table(set, answer))}</div>` : nothing}
    </details>
  `;
}

/** @param {ClassCounts} set @param {Confusion} answer */
function table({ title, counts }, answer) {
  const { labels } = answer;
  return html`
    <div class="scroll" role="group" aria-label="Table of ${title.toLowerCase()} by class" tabindex="0">
      <table>
        <caption>${title}</caption>
        <thead>
          <tr><th scope="col">true, predicted:</th>${labels.map((label) => html`<th scope="col"><bdi translate="no"><code translate="no">${label}</code></bdi></th>`)}</tr>
        </thead>
        <tbody>
          ${labels.map(
            (label, row) => html`
              <tr>
                <th scope="row"><bdi translate="no"><code translate="no">${label}</code></bdi></th>
                ${labels.map((_, col) => html`<td>${count(counts[row * labels.length + col])} <small>${shareWords(answer, counts, row, col)}</small></td>`)}
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
  `;
}
