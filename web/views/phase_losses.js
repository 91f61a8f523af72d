/** The loss, sample by sample: its logits, the probabilities that softmax makes of them, and what the right class got. */

import { count, shown } from "../draw/number.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { question } from "./operand.js";

/** @typedef {import("../api.d.ts").Phases} Phases */
/** @typedef {import("../api.d.ts").SampleLoss} SampleLoss */
/** @typedef {import("../api.d.ts").DatasetView} DatasetView */

const DIGITS = 3;
const LOSS_DIGITS = 4;

/** What asks about a number of the table. @typedef {(tensor: string, row: number, col: number, text: string) => unknown} Ask */

/** @param {Phases} answer @param {DatasetView | null} dataset @param {number} layers @param {import("../actions.js").Actions} actions */
export function losses({ losses, loss, batch }, dataset, layers, actions) {
  /** @type {Ask} */
  const ask = (tensor, row, col, text) => question({ tensor, row, col }, layers, text, actions);
  const probable = losses.some(({ scores }) => scores.some(({ probability }) => probability !== null));
  const name = (/** @type {number} */ index) => dataset?.output_labels[index] ?? String(index);
  return html`
    <table class="losses">
      <caption>${probable ? "Logits, softmax beneath, and minus the logarithm of the right class’s" : "Logits, and the mean square of logit less target"}</caption>
      <thead>
        <tr><th scope="col">sample</th><th scope="col">classes</th><th scope="col" class="loss">loss</th></tr>
      </thead>
      <tbody>${losses.map((row, n) => sample(row, n, layers, name, ask))}</tbody>
      <tfoot>
        <tr>
          <th scope="row" colspan="2">${rest(batch.length, losses.length)}</th>
          <td class="loss"><data value=${String(loss)}>${ask("loss", 0, 0, shown(loss, LOSS_DIGITS))}</data></td>
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

/** @param {SampleLoss} row @param {number} n @param {number} layers @param {(index: number) => string} name @param {Ask} ask */
function sample({ name: title, target, scores, loss }, n, layers, name, ask) {
  return html`
    <tr>
      <th scope="row">${title}</th>
      <td>
        <ul class="scores">
          ${scores.map(
            ({ index, logit, probability }) => html`
              <li class=${index === target ? "right" : ""}>
                <b>${name(index)}${index === target ? html`<span class="sr-only">, the right one</span>` : nothing}</b>
                <span>${ask(`layers/${layers - 1}/pre_activations`, n, index, shown(logit, DIGITS))}</span>
                ${probability === null ? nothing : html`<span class="probability" .style=${`--p: ${percent(probability)}%`}>${ask("probabilities", n, index, shown(probability, DIGITS))}</span>`}
              </li>
            `,
          )}
        </ul>
      </td>
      <td class="loss"><data value=${String(loss)}>${ask("sample_losses", n, 0, shown(loss, LOSS_DIGITS))}</data></td>
    </tr>
  `;
}

/** @param {number} share */
const percent = (share) => (Number.isFinite(share) ? (100 * share).toFixed(2) : "0");
