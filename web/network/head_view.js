/** Heads of the columns: title, subtitle and legend; and the columns before anything is known. */

import { fresh } from "../ui/fields.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

/** @import { Side } from "../color/column_scale.js" */

/** @type {Record<Side, string>} */
const HEADINGS = { forward: "Forward pass", backward: "Backward pass" };
/** @type {Record<Side, string>} */
const SUBTITLES = { forward: "weights and activations", backward: "their gradients" };
/** @type {Record<Side, string>} */
const RECORDED = { forward: "recording of a first run", backward: "until Python is ready" };

/** @param {Side} side */
export function waiting(side) {
  return html`
    <section class="pass ${side}" aria-labelledby="${side}-pass">
      ${heading(side)}
      <p class="waiting" translate="yes">The matrices appear here when Python has started.</p>
    </section>
  `;
}

/** @param {Side} side @param {unknown} [scale] the legend @param {boolean} [recorded] whether a recording plays */
export function heading(side, scale = nothing, recorded = false) {
  return html`
    <header class="network-head">
      <div class="network-title">
        <h2 id="${side}-pass" translate="yes">${HEADINGS[side]}</h2>
        <p class="subtitle" translate="yes">${fresh((recorded ? RECORDED : SUBTITLES)[side])}</p>
      </div>
      ${scale}
    </header>
  `;
}
