/** A legend: colours from end to end, and on one scale for all that it is about min, p25, p50, p75 and max where they fall, in numbers, and zero. */

import { FIRST, LAST } from "../draw/color.js";
import { shown, significant } from "../draw/number.js";
import { norm, place } from "../draw/scale.js";
import { html, nothing, svg } from "../vendor/lit-html/lit-html.js";
import { heatmap } from "./heatmap.js";

/** @typedef {import("../api.d.ts").Scale} Scale */
/** @typedef {import("../draw/scale.js").Norm} Norm */
/** @typedef {import("../draw/color_scale.js").ColorScale} ColorScale */
/** @typedef {import("../draw/color_scale.js").Part} Part */
/**
 * @typedef {object} About
 * @property {Scale} scale quantiles of all that it is about
 * @property {Uint32Array} table
 * @property {Part} part the scale of all of it; of any layer or matrix where each has its own
 */

/** @type {(keyof Scale)[]} */
const MARKS = ["min", "p25", "p50", "p75", "max"];
/** @type {Record<"layer" | "tensor", string>} */
const OWN = {
  layer: "Each layer has a scale of its own: its range stands with it.",
  tensor: "Each matrix and each row of biases has a scale of its own: its range stands over it.",
};

/** Every entry of the ramp once, in order. */
const RAMP = {
  shape: [LAST - FIRST + 1],
  data: Float32Array.from({ length: LAST - FIRST + 1 }, (_, i) => FIRST + i),
};
const ITSELF = norm({ min: FIRST, max: LAST }, false);
/** One cell that is no number. */
const NOTHING = { shape: [1], data: Float32Array.of(Number.NaN) };

/**
 * @param {string} name of what it belongs to, for those who do not see it: "forward pass"
 * @param {About & ColorScale} about
 * @param {unknown} [more] what stands beneath it
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

/** Over the bar: where zero is, if it is on the scale at all, and at clipped ends from where on all is one colour. @param {About & ColorScale} about */
function ends({ scope, part: { norm, clipped } }) {
  const isShared = scope === "column";
  const isCentred = norm.low === -norm.high;
  const isZeroOn = isCentred || (isShared && norm.low <= 0 && norm.high >= 0);
  return html`
    <p class="ends">
      ${isZeroOn ? html`<span class="zero" .style=${`--x: ${isCentred ? 50 : x(norm, 0)}%`}>0</span>` : nothing}
      ${isShared && clipped ? html`<span class="low">≤ ${shown(norm.low, 3)}</span> <span class="high">≥ ${shown(norm.high, 3)}</span>` : nothing}
    </p>
  `;
}

/** Up to where a symlog scale is nearly linear. @param {About & ColorScale} about */
function bend({ scope, part: { norm } }) {
  const most = scope === "column" ? `±${shown(norm.threshold, 2)}` : "a quartile";
  return html`<span class="bend">Symlog: in proportion up to ${most}, then by magnitude.</span>`;
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
