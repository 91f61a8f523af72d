/** Which classes the network takes for which: a matrix for each set of samples, as the weights are now. */

import { count } from "../draw/number.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { percent } from "../words.js";

/** @typedef {import("../store.js").State} State */
/** @typedef {import("../actions.js").Actions} Actions */

/** @param {State} state @param {Actions} actions */
export function metrics({ metrics_open, confusion }, actions) {
  const toggle = (/** @type {Event} */ event) =>
    actions.show_metrics(/** @type {HTMLDetailsElement} */ (event.currentTarget).open);
  return html`
    <details class="confusion" ?open=${metrics_open} @toggle=${toggle}>
      <summary>Confusion matrix</summary>
      ${metrics_open && confusion ? matrices(confusion) : nothing}
    </details>
  `;
}

/** @param {import("../api.d.ts").Confusion} confusion */
function matrices({ labels, train, held_out, step }) {
  return html`
    <p class="hint">
      At step ${count(step)}. Rows are true classes, columns what the network takes them for; the darker a cell, the larger its share of its row. What is
      right stands on the diagonal.
    </p>
    <div class="matrices">
      ${matrix("Training samples", labels, train)} ${held_out ? matrix("Held-out samples", labels, held_out) : nothing}
    </div>
  `;
}

/** @param {string} name @param {string[]} labels @param {Int32Array} counts  row by row */
function matrix(name, labels, counts) {
  const size = labels.length;
  const rows = labels.map((_, i) => counts.subarray(i * size, (i + 1) * size));
  return html`
    <div class="scroll" role="group" aria-label="${name}, confusion matrix" tabindex="0">
      <table class="heat">
        <caption>${name}</caption>
        <thead>
          <tr><th scope="col"><span class="sr-only">true class, predicted:</span></th>${labels.map((label) => html`<th scope="col"><code>${label}</code></th>`)}</tr>
        </thead>
        <tbody>
          ${labels.map((label, i) => row(label, rows[i], i))}
        </tbody>
      </table>
    </div>
  `;
}

/** @param {string} label @param {Int32Array} counts @param {number} right  the column that is right */
function row(label, counts, right) {
  const all = counts.reduce((sum, number) => sum + number, 0);
  return html`
    <tr>
      <th scope="row"><code>${label}</code></th>
      ${Array.from(counts, (number, j) => {
        const share = all > 0 ? number / all : 0;
        return html`<td class=${j === right ? "right" : ""} .style=${`--share: ${share.toFixed(3)}`}><span>${count(number)} <small>${percent(share)}</small></span></td>`;
      })}
    </tr>
  `;
}
