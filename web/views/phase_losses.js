/** The loss, sample by sample: its logits, the probabilities that softmax makes of them, and what the right class got. */

import { count, shown } from "../draw/number.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

/** @typedef {import("../api.d.ts").Phases} Phases */
/** @typedef {import("../api.d.ts").SampleLoss} SampleLoss */
/** @typedef {import("../api.d.ts").DatasetView} DatasetView */

const DIGITS = 3;
const LOSS_DIGITS = 4;

/** @param {Phases} answer @param {DatasetView | null} dataset */
export function losses({ losses, loss, batch }, dataset) {
  const probable = losses.some(({ scores }) => scores.some(({ probability }) => probability !== null));
  const name = (/** @type {number} */ index) => dataset?.output_labels[index] ?? String(index);
  return html`
    <table class="losses">
      <caption>${probable ? "Logits, softmax beneath, and minus the logarithm of the right class’s" : "Logits, and the mean square of logit less target"}</caption>
      <thead>
        <tr><th scope="col">sample</th><th scope="col">classes</th><th scope="col" class="loss">loss</th></tr>
      </thead>
      <tbody>${losses.map((row) => sample(row, name))}</tbody>
      <tfoot>
        <tr>
          <th scope="row" colspan="2">${rest(batch.length, losses.length)}</th>
          <td class="loss"><data value=${String(loss)}>${shown(loss, LOSS_DIGITS)}</data></td>
        </tr>
      </tfoot>
    </table>
  `;
}

/** @param {number} all @param {number} listed */
function rest(all, listed) {
  const more = all > listed ? ` (${count(all - listed)} are not listed)` : "";
  return `The mean over ${count(all)} ${all === 1 ? "sample" : "samples"}${more}`;
}

/** @param {SampleLoss} row @param {(index: number) => string} name */
function sample({ name: title, target, scores, loss }, name) {
  return html`
    <tr>
      <th scope="row">${title}</th>
      <td>
        <ul class="scores">
          ${scores.map(
            ({ index, logit, probability }) => html`
              <li class=${index === target ? "right" : ""}>
                <b>${name(index)}${index === target ? html`<span class="sr-only">, the right one</span>` : nothing}</b>
                <span>${shown(logit, DIGITS)}</span>
                ${probability === null ? nothing : html`<span class="probability" .style=${`--p: ${percent(probability)}%`}>${shown(probability, DIGITS)}</span>`}
              </li>
            `,
          )}
        </ul>
      </td>
      <td class="loss"><data value=${String(loss)}>${shown(loss, LOSS_DIGITS)}</data></td>
    </tr>
  `;
}

/** @param {number} share */
const percent = (share) => (Number.isFinite(share) ? (100 * share).toFixed(2) : "0");
