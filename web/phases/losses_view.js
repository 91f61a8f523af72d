/** The loss of each sample: logits, probabilities, and the probability of the right class. */

import { question } from "../explain/cell_link.js";
import { count, formatNumber } from "../ui/number.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

/** @import { DatasetView, Phases, SampleLoss } from "../api.d.ts" */
/** @import { Actions } from "../page/actions.js" */

const DIGITS = 3;
const LOSS_DIGITS = 4;

/** Creates the link that explains a number of the table. @typedef {(tensor: string, row: number, col: number, text: string) => unknown} Ask */

/**
 * @param {Phases} answer
 * @param {DatasetView | null} dataset
 * @param {number} layers
 * @param {Actions} actions
 */
export function losses({ losses, loss, batch }, dataset, layers, actions) {
  /** @type {Ask} */
  const ask = (tensor, row, col, text) => question({ tensor, row, col }, layers, text, actions);
  const probable = losses.some(({ scores }) => scores.some(({ probability }) => probability !== null));
  const name = (/** @type {number} */ index) => dataset?.output_labels[index] ?? String(index + 1);
  return html`
    <table class="losses">
      <caption>${probable ? "Logits, with softmax probabilities beneath; loss = −log(probability of the right class)" : "Logits; loss = mean of (logit − target)²"}</caption>
      <thead>
        <tr><th scope="col">sample</th><th scope="col">classes</th><th scope="col" class="loss">loss</th></tr>
      </thead>
      <tbody>${losses.map((row, n) => sample(row, layers, name, (tensor, col, text) => ask(tensor, n, col, text)))}</tbody>
      <tfoot>
        <tr>
          <th scope="row" colspan="2">${rest(batch.length, losses.length)}</th>
          <td class="loss"><data value=${String(loss)}>${ask("loss", 0, 0, formatNumber(loss, LOSS_DIGITS))}</data></td>
        </tr>
      </tfoot>
    </table>
  `;
}

/** @param {number} all @param {number} listed */
function rest(all, listed) {
  const more = all > listed ? ` (${count(all - listed)} not listed)` : "";
  return `Mean over ${count(all)} ${all === 1 ? "sample" : "samples"}${more}`;
}

/**
 * @param {SampleLoss} row
 * @param {number} layers
 * @param {(index: number) => string} name
 * @param {(tensor: string, col: number, text: string) => unknown} ask  about a number of this sample
 */
function sample({ name: title, target, scores, loss }, layers, name, ask) {
  return html`
    <tr>
      <th scope="row">${title}</th>
      <td>
        <ul class="scores">
          ${scores.map(
            ({ index, logit, probability }) => html`
              <li class=${index === target ? "right" : ""}>
                <b>${name(index)}${index === target ? html`<span class="vh">, the right one</span>` : nothing}</b>
                <span>${ask(`layers/${layers - 1}/pre_activations`, index, formatNumber(logit, DIGITS))}</span>
                ${probability === null ? nothing : html`<span class="probability" .style=${`--p: ${percent(probability)}%`}>${ask("probabilities", index, formatNumber(probability, DIGITS))}</span>`}
              </li>
            `,
          )}
        </ul>
      </td>
      <td class="loss"><data value=${String(loss)}>${ask("sample_losses", 0, formatNumber(loss, LOSS_DIGITS))}</data></td>
    </tr>
  `;
}

/** @param {number} share */
const percent = (share) => (Number.isFinite(share) ? (100 * share).toFixed(2) : "0");
