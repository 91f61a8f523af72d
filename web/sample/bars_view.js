/** A class with its bar and its number. */

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { lengthsOf, output, share } from "./bars.js";

/** @import { Numbers } from "../api.d.ts" */
/** @import { Bars, Row } from "./bars.js" */
/** @typedef {{bars: Bars, isShares: boolean, length: (value: number) => number}} Drawn */

/** How values are drawn: probabilities as they are, outputs beside the largest. @param {Bars} bars @param {Numbers} values @param {boolean} isShares @returns {Drawn} */
export const drawnBars = (bars, values, isShares) => ({
  bars,
  isShares,
  length: isShares ? (value) => value : lengthsOf(values),
});

/** @param {Drawn} drawn */
export function barList({ bars: { rows, others }, isShares, length }) {
  return html`
    ${rows.map((row) => bar(row, isShares, length))}
    ${
      others && isShares
        ? html`<div class="sample-bar sample-others"><span>${others.count} ${others.count === 1 ? "other" : "others"}</span><span>${share(others.value)}</span></div>`
        : nothing
    }
  `;
}

/** @param {Row} row @param {boolean} isShares @param {(value: number) => number} length */
function bar({ name, value, isRight }, isShares, length) {
  return html`
    <div class=${isRight ? "sample-bar sample-right" : "sample-bar"}>
      <span class="sample-class">${name}</span>
      ${track(value, length(value))}
      <span class="sample-number" translate="no">${isShares ? share(value) : output(value)}</span>
    </div>
  `;
}

/** @param {number} value @param {number} length  0 … 1 */
export function track(value, length) {
  return html`<span class="sample-track"><i class=${value < 0 ? "sample-negative" : ""} .style=${`--length: ${length}`}></i></span>`;
}
