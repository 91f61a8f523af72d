/** A legend: colours from end to end, with zero, minimum, quartiles and maximum. */

import { FIRST, LAST } from "../color/palettes.js";
import { norm, place } from "../color/scale.js";
import { heatmap } from "../heatmap/heatmap.js";
import { formatNumber, significant, trimmed } from "../ui/number.js";
import { html, nothing, svg } from "../vendor/lit-html/lit-html.js";

/** @import { Scale } from "../api.d.ts" */
/** @import { ColorScale, Part } from "../color/column_scale.js" */
/** @import { Norm } from "../color/scale.js" */
/**
 * @typedef {object} About
 * @property {Scale} scale quantiles of all values
 * @property {Uint32Array} table
 * @property {Part} part the shared scale; of any layer or matrix where each has its own
 */

/** @type {(keyof Scale)[]} */
const MARKS = ["min", "p25", "p50", "p75", "max"];
/** @type {Record<"layer" | "tensor", string>} */
const OWN = {
  layer: "Each layer has its own scale; its range is shown with its title.",
  tensor: "Each matrix and each row of biases has its own scale; its range is shown above it.",
};

/** Every entry of the ramp once, in order. */
const RAMP = {
  shape: [LAST - FIRST + 1],
  data: Float32Array.from({ length: LAST - FIRST + 1 }, (_, i) => FIRST + i),
};
const ITSELF = norm({ min: FIRST, max: LAST }, false);
/** One NaN cell. */
const NOTHING = { shape: [1], data: Float32Array.of(Number.NaN) };

/**
 * @param {string} name accessible name of its subject: "forward pass"
 * @param {About & ColorScale} about
 * @param {unknown} [more] content below it
 */
export function legend(name, about, more = nothing) {
  const { table, scope, transform } = about;
  return html`
    <div class="legend" role="group" aria-label="Colour scale, ${name}">
      ${ends(about)}
      <canvas class="ramp" aria-hidden="true" width=${RAMP.data.length} height="1" ${heatmap(RAMP, table, ITSELF)}></canvas>
      <div class="figures">${scope === "column" ? marks(about) : html`<p>${OWN[scope]}</p>`}</div>
      <p class="not-finite">
        <canvas class="swatch" aria-hidden="true" width="1" height="1" ${heatmap(NOTHING, table, ITSELF)}></canvas>
        NaN or ∞ ${transform === "symlog" ? bend(about) : nothing}
      </p>
      ${more}
    </div>
  `;
}

/** Labels above the bar: zero, if on the scale, and the ends of a clipped scale. @param {About & ColorScale} about */
function ends({ scope, part: { norm, clipped } }) {
  const isShared = scope === "column";
  const isCentred = norm.low === -norm.high;
  const isZeroOn = isCentred || (isShared && norm.low <= 0 && norm.high >= 0);
  return html`
    <p class="ends">
      ${isZeroOn ? html`<span class="zero" .style=${`--x: ${isCentred ? 50 : x(norm, 0)}%`}>0</span>` : nothing}
      ${isShared && clipped ? html`<span class="low">≤ ${formatNumber(norm.low, 3)}</span> <span class="high">≥ ${formatNumber(norm.high, 3)}</span>` : nothing}
    </p>
  `;
}

/** Note on the linear part of a symlog scale. @param {About & ColorScale} about */
function bend({ scope, part: { norm } }) {
  const most = scope === "column" ? `±${trimmed(norm.threshold, 3)}` : "a quartile";
  return html`<span class="bend">Nearly linear up to ${most}, logarithmic beyond.</span>`;
}

/** @param {About} about */
function marks({ scale, part: { norm } }) {
  return html`
    <svg class="ticks" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      ${MARKS.map((mark) => svg`<line x1=${x(norm, scale[mark])} x2=${x(norm, scale[mark])} y1="0" y2="10" />`)}
    </svg>
    <svg class="leaders" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      ${MARKS.map((mark, i) => svg`<line x1=${x(norm, scale[mark])} y1="0" x2=${10 + 20 * i} y2="10" />`)}
    </svg>
    <dl class="marks">
      ${MARKS.map((mark) => html`<div><dt>${mark}</dt><dd>${significant(scale[mark], 3)}</dd></div>`)}
    </dl>
  `;
}

/** @param {Norm} norm @param {number} value @returns {string} hundredths of the bar */
function x(norm, value) {
  return (100 * place(norm, value)).toFixed(2);
}
