/** Heads of the columns: title, subtitle and legend; and the columns before anything is known. */

import { fresh } from "../ui/fields.js";
import { html, nothing } from "../vendor/lit-html/lit-html.js";

/** @import { Side } from "../color/column_scale.js" */

/** @type {Record<Side, string>} */
const HEADINGS = { forward: "Forward pass", backward: "Backward pass" };
/** @type {Record<Side, string>} */
export const SUBTITLES = { forward: "weights and activations", backward: "their gradients" };
/** @type {Record<Side, string>} */
export const RECORDED = { forward: "recording of a first run", backward: "until Python is ready" };
/** @type {Record<Side, string>} */
export const DIFFERENCES = { forward: SUBTITLES.forward, backward: "|yours − by differences|" };

/** @param {Side} side @param {unknown} [scale] the legend @param {Record<Side, string>} [subtitles] */
export function heading(side, scale = nothing, subtitles = SUBTITLES) {
  return html`
    <header class="network-head">
      <div class="network-title">
        <h2 id="${side}-pass" translate="yes">${HEADINGS[side]}</h2>
        <p class="subtitle" translate="yes">${fresh(subtitles[side])}</p>
      </div>
      ${scale}
    </header>
  `;
}

/** @param {Side} side */
export function waiting(side) {
  return html`
    <section class="pass ${side}" aria-labelledby="${side}-pass">
      ${heading(side)}
      <p class="waiting" translate="yes">The matrices appear here when Python has started.</p>
    </section>
  `;
}
