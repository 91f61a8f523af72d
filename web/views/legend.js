/** The legend of a column: its colours from end to end, with min, p25, p50, p75 and max where they fall, in numbers, and zero. */

import { FIRST, LAST } from "../draw/color.js";
import { significant } from "../draw/number.js";
import { norm, place } from "../draw/scale.js";
import { html, nothing, svg } from "../vendor/lit-html/lit-html.js";
import { heatmap } from "./heatmap.js";

/** @typedef {import("../api.d.ts").Scale} Scale */
/** @typedef {import("../draw/scale.js").Norm} Norm */

/** @type {(keyof Scale)[]} */
const MARKS = ["min", "p25", "p50", "p75", "max"];

/** Every entry of the ramp once, in order. */
const RAMP = {
  shape: [LAST - FIRST + 1],
  data: Float32Array.from({ length: LAST - FIRST + 1 }, (_, i) => FIRST + i),
};
const ITSELF = norm({ min: FIRST, max: LAST }, false);

/**
 * @param {string} name of the column, for those who do not see it: "Forward pass"
 * @param {Scale} scale @param {Norm} norm @param {Uint32Array} table
 */
export function legend(name, scale, norm, table) {
  return html`
    <div class="legend" role="group" aria-label="Colour scale, ${name.toLowerCase()}">
      ${zero(norm)}
      <canvas class="ramp" aria-hidden="true" width=${RAMP.data.length} height="1" ${heatmap(RAMP, table, ITSELF)}></canvas>
      <svg class="ticks" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        ${MARKS.map((mark) => svg`<line x1=${x(norm, scale[mark])} x2=${x(norm, scale[mark])} y1="0" y2="10" />`)}
      </svg>
      <svg class="leaders" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        ${MARKS.map((mark, i) => svg`<line x1=${x(norm, scale[mark])} y1="0" x2=${10 + 20 * i} y2="10" />`)}
      </svg>
      <dl class="marks">
        ${MARKS.map((mark) => html`<div><dt>${mark}</dt><dd>${significant(scale[mark], 3)}</dd></div>`)}
      </dl>
      <p class="not-finite">
        <canvas class="swatch" aria-hidden="true" width="1" height="1" ${heatmap(NOTHING, table, ITSELF)}></canvas>
        NaN or ∞
      </p>
    </div>
  `;
}

/** One cell that is no number. */
const NOTHING = { shape: [1], data: Float32Array.of(Number.NaN) };

/** @param {Norm} norm @param {number} value @returns {string} hundredths of the bar */
function x(norm, value) {
  return (100 * place(norm, value)).toFixed(2);
}

/** Where the colour of zero is, if it is on the scale at all. @param {Norm} norm */
function zero(norm) {
  if (!(norm.low <= 0 && norm.high >= 0)) return html`<span class="zero">${nothing}</span>`;
  return html`<span class="zero" .style=${`--x: ${x(norm, 0)}%`}>0</span>`;
}
